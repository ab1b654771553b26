"""Reports: in whole or not at all, and what is known of those that are held."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus.errors import UnknownReport
from corpus.model import Noise, Parsed, Reading, Report, ReportId, Scope, Span
from corpus.store import adding, readings, wordings
from corpus.store.database import Database
from corpus.store.passage_ids import number
from corpus.store.readings import Readings
from corpus.store.wordings import Compared

Added = Literal["added", "unchanged", "replaced"]

# Constants of this package are put together into SQL; values never are, they go in by `?`.
COLUMNS = "r.id, r.file, r.title, r.publisher, r.published, r.year, r.number, r.place"
"""The columns of a report called r, from which ``report_from`` makes it."""
_HOLDING = (
    f"SELECT {COLUMNS}, (SELECT count(*) FROM articles a WHERE a.report = r.id),"
    " (SELECT count(*) FROM passages p WHERE p.report = r.id), length(r.text), r.noise_characters FROM reports r"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """Sum up one report that is held."""

    report: Report
    articles: int
    passages: int
    characters: int
    noise_characters: int


class Reports:
    """Keep reports; every method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readings = Readings(database)

    async def status(self, *, file: str, digest: str, reading: Reading | None = None) -> tuple[Added, ReportId | None]:
        """Tell what adding these bytes under this name would do, and which report it would leave alone or replace."""
        # By the id that begins the digest, which has an index; a scan would read every report's text.
        same = await self._database.row(
            "SELECT id, file FROM reports WHERE id = ? AND digest = ?", (digest[:12], digest)
        )
        named = await self._database.row("SELECT id FROM reports WHERE file = ?", (file,))
        if same and (named is None or (named[0] == same[0] and await self._read_so(file, reading))):
            return "unchanged", ReportId(same[0])
        return ("replaced", ReportId(named[0])) if named else ("added", None)

    async def add(
        self,
        parsed: Parsed,
        terms: Sequence[str | Sequence[str]],
        *,
        digest: str,
        analyzer: str,
        compared: Compared | None = None,
        reading: Reading | None = None,
    ) -> Added:
        """Add a report with the *terms* of each of its passages, made by the analyzer with this fingerprint.

        The terms of a passage are a list, or one text with blanks between them. A report that is held under the same
        name is replaced: readers see the old one until the new one is whole. *compared* is what its passages say and
        which others say the same; raises OutOfDate where wordings were stored that it does not know of. *reading* is
        what the file was read with; the same bytes read with something else replace what is held of them.
        """
        if len(terms) != len(parsed.passages):
            raise ValueError(f"{len(parsed.passages)} passages, but terms for {len(terms)}")
        report, now = parsed.report, time.time()
        async with self._database.transaction() as transaction:
            rows = await transaction.rows(
                "SELECT id, file, digest FROM reports WHERE file = ? OR (id = ? AND digest = ?)",
                (report.file, digest[:12], digest),
            )
            named = next((row for row in rows if row[1] == report.file), None)
            same = next((row for row in rows if row[2] == digest), None)
            if same and (named is None or (named[0] == same[0] and await self._read_so(report.file, reading))):
                return "unchanged"
            if named:
                transaction.execute("DELETE FROM reports WHERE id = ?", (named[0],))
                transaction.execute("INSERT OR REPLACE INTO gone VALUES (?, ?, ?)", (named[0], report.file, now))
            if same and same != named:  # these bytes are held under another name, which stays
                return "replaced"
            transaction.execute("DELETE FROM gone WHERE report = ?", (report.id,))
            adding.write(transaction, parsed, terms, digest=digest, at=now)
            readings.write(transaction, report.id, parsed.facts, reading)
            transaction.execute("INSERT OR IGNORE INTO meta VALUES ('analyzer', ?)", (analyzer,))
            if compared is not None:
                await wordings.write(transaction, report.id, [number(p.id) for p in parsed.passages], compared)
        return "replaced" if named else "added"

    async def _read_so(self, file: str, reading: Reading | None) -> bool:
        return reading is None or reading == await self._readings.of_file(file)

    async def remove(self, report_id: ReportId) -> None:
        """Take a report out; what is not held is passed over."""
        async with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT OR REPLACE INTO gone SELECT id, file, ? FROM reports WHERE id = ?", (time.time(), report_id)
            )
            transaction.execute("DELETE FROM reports WHERE id = ?", (report_id,))

    async def ids(self) -> frozenset[ReportId]:
        """Name every report that is held."""
        return frozenset(ReportId(row[0]) for row in await self._database.rows("SELECT id FROM reports"))

    async def any(self) -> bool:
        """Tell whether a report is held."""
        return await self._database.row("SELECT 1 FROM reports LIMIT 1") is not None

    async def holdings(self) -> list[Holding]:
        """Sum up every report that is held, in the order of their file names."""
        rows = await self._database.rows(f"{_HOLDING} ORDER BY r.file")
        return [Holding(report_from(row[:8]), *row[8:]) for row in rows]

    async def holding(self, report_id: ReportId) -> Holding:
        """Sum up one report. Raises UnknownReport."""
        row = await self._database.row(f"{_HOLDING} WHERE r.id = ?", (report_id,))
        if row is None:
            raise UnknownReport(f"no report is called {report_id!r}; `yinju reports` lists what is held")
        return Holding(report_from(row[:8]), *row[8:])

    async def newest_year(self, scope: Scope | None = None) -> int | None:
        """Give the year of the newest report within *scope*; None where none has a year."""
        if scope is None or scope.reports is None:
            (row,) = await self._database.rows("SELECT max(year) FROM reports")
        else:
            (row,) = await self._database.rows(
                "SELECT max(year) FROM reports WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(scope.reports)),),
            )
        return None if row[0] is None else int(row[0])

    async def units(self) -> frozenset[str]:
        """Name every unit, publisher and place that a search can be narrowed to, as printed."""
        rows = await self._database.rows(
            "SELECT unit FROM articles UNION SELECT publisher FROM reports UNION SELECT place FROM reports"
        )
        return frozenset(row[0] for row in rows if row[0])

    async def find(self, text: str) -> ReportId:
        """Find the one report whose id begins with *text*, or whose file or title is *text*. Raises UnknownReport."""
        rows = await self._database.rows(
            "SELECT id, file FROM reports WHERE id = ?1 OR file = ?1 OR title = ?1"
            " OR (length(?1) >= 4 AND substr(id, 1, length(?1)) = ?1) ORDER BY file",
            (text,),
        )
        if not rows:
            raise UnknownReport(f"no report is called {text!r}; `yinju reports` lists what is held")
        if len(rows) > 1:
            raise UnknownReport(f"{text!r} could be {', '.join(str(row[0]) for row in rows)}; give more of the id")
        return ReportId(rows[0][0])

    async def noise(self, report_id: ReportId) -> list[Noise]:
        """Read every piece that was taken out of a report, in reading order."""
        rows = await self._database.rows(
            "SELECT rule, start, end, line, text FROM noise WHERE report = ? ORDER BY n", (report_id,)
        )
        return [Noise(row[0], Span(row[1], row[2]), row[3], row[4]) for row in rows]

    async def source(self, report_id: ReportId) -> str:
        """Read the whole text of a report as it was decoded."""
        row = await self._database.row("SELECT text FROM reports WHERE id = ?", (report_id,))
        return str(row[0]) if row else ""

    async def gone(self, report_id: ReportId) -> str | None:
        """Tell the file name of a report that was replaced or removed, None for one that never was."""
        row = await self._database.row("SELECT file FROM gone WHERE report = ?", (report_id,))
        return str(row[0]) if row else None

    async def any_gone(self) -> bool:
        """Tell whether a report was ever removed or replaced."""
        return await self._database.row("SELECT 1 FROM gone LIMIT 1") is not None


def report_from(row: Sequence[Any]) -> Report:
    """Make a report from its COLUMNS."""
    return Report(ReportId(row[0]), *row[1:])
