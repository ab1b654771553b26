"""Reports and their passages: in whole or not at all, out by id."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus.bags import written
from corpus.errors import UnknownPassage, UnknownReport
from corpus.model import (
    Article,
    Entry,
    Heading,
    HeadingKind,
    Noise,
    Parsed,
    Passage,
    PassageId,
    Reading,
    Report,
    ReportId,
    Scope,
    Span,
)
from corpus.store import adding, readings, wordings
from corpus.store.adding import pieces_of
from corpus.store.database import Database
from corpus.store.entries import ENTRIES, entries
from corpus.store.passage_ids import number, report_of, well_formed
from corpus.store.readings import Readings
from corpus.store.wordings import Compared

Added = Literal["added", "unchanged", "replaced"]

# Constants of this module are put together into SQL; values never are, they go in by `?`.
_REPORT = "r.id, r.file, r.title, r.publisher, r.published, r.year, r.number, r.place"
_PASSAGE = (
    f"SELECT p.n, p.section, p.paragraph, p.text, p.pieces, p.page, p.part, a.number, a.title, a.unit, {_REPORT} "
    "FROM passages p JOIN articles a ON a.report = p.report AND a.number = p.article JOIN reports r ON r.id = p.report"
)
_HOLDING = (
    f"SELECT {_REPORT}, (SELECT count(*) FROM articles a WHERE a.report = r.id),"
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

    # ── in and out ───────────────────────────────────────────────────────────────────────────────────────────────────

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
        async with self._database.transaction() as connection:
            rows = await connection.execute_fetchall(
                "SELECT id, file, digest FROM reports WHERE file = ? OR (id = ? AND digest = ?)",
                (report.file, digest[:12], digest),
            )
            named = next((row for row in rows if row[1] == report.file), None)
            same = next((row for row in rows if row[2] == digest), None)
            if same and (named is None or (named[0] == same[0] and await self._read_so(report.file, reading))):
                return "unchanged"
            if named:
                await connection.execute("DELETE FROM reports WHERE id = ?", (named[0],))
                await connection.execute("INSERT OR REPLACE INTO gone VALUES (?, ?, ?)", (named[0], report.file, now))
            if same and same != named:  # these bytes are held under another name, which stays
                return "replaced"
            await connection.execute("DELETE FROM gone WHERE report = ?", (report.id,))
            await adding.write(connection, parsed, terms, digest=digest, at=now)
            await readings.write(connection, report.id, parsed.facts, reading)
            await connection.execute("INSERT OR IGNORE INTO meta VALUES ('analyzer', ?)", (analyzer,))
            if compared is not None:
                await wordings.write(connection, report.id, [number(p.id) for p in parsed.passages], compared)
        return "replaced" if named else "added"

    async def _read_so(self, file: str, reading: Reading | None) -> bool:
        return reading is None or reading == await self._readings.of_file(file)

    async def remove(self, report_id: ReportId) -> None:
        """Take a report out; what is not held is passed over."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT OR REPLACE INTO gone SELECT id, file, ? FROM reports WHERE id = ?", (time.time(), report_id)
            )
            await connection.execute("DELETE FROM reports WHERE id = ?", (report_id,))

    # ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def ids(self) -> frozenset[ReportId]:
        """Name every report that is held."""
        return frozenset(await self.moments())

    async def any(self) -> bool:
        """Tell whether a report is held."""
        return await self._database.row("SELECT 1 FROM reports LIMIT 1") is not None

    async def mark(self) -> str:
        """Tell the mark of what is held now; it is another whenever a report comes or goes, or an engine loses any."""
        (row,) = await self._database.rows("SELECT mark FROM state")
        return str(row[0])

    async def newest_touch(self) -> int:
        """Tell the number of the latest change, for ``touched``."""
        (row,) = await self._database.rows("SELECT coalesce(max(n), 0) FROM touched")
        return int(row[0])

    async def touched(self, since: int) -> tuple[int, dict[ReportId, float | None]]:
        """Tell which reports have come or gone *since* a change: when each was added, None where it is not held.

        With them comes the number of the latest change.
        """
        rows = await self._database.rows(
            "SELECT t.n, t.report, r.added_at FROM touched t LEFT JOIN reports r ON r.id = t.report"
            " WHERE t.n > ? ORDER BY t.n",
            (since,),
        )
        return (rows[-1][0] if rows else since), {ReportId(row[1]): row[2] for row in rows}

    async def moments(self) -> dict[ReportId, float]:
        """Tell for every report that is held when it was added or read anew, in seconds since 1970."""
        return {ReportId(row[0]): row[1] for row in await self._database.rows("SELECT id, added_at FROM reports")}

    async def holdings(self) -> list[Holding]:
        """Sum up every report that is held, in the order of their file names."""
        return [Holding(_report(row[:8]), *row[8:]) for row in await self._database.rows(f"{_HOLDING} ORDER BY r.file")]

    async def holding(self, report_id: ReportId) -> Holding:
        """Sum up one report. Raises UnknownReport."""
        row = await self._database.row(f"{_HOLDING} WHERE r.id = ?", (report_id,))
        if row is None:
            raise UnknownReport(f"no report is called {report_id!r}; `yinju reports` lists what is held")
        return Holding(_report(row[:8]), *row[8:])

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

    async def headings(self, report_id: ReportId) -> list[Heading]:
        """Read a report's headings in reading order: its outline."""
        rows = await self._database.rows(
            "SELECT text, kind, level, article, paragraph, pieces FROM headings WHERE report = ? ORDER BY n",
            (report_id,),
        )
        return [Heading(row[0], _kind(row[1]), row[2], row[3], row[4], pieces_of(row[5])) for row in rows]

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

    # ── passages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def passages(self, ids: Sequence[PassageId]) -> list[Passage]:
        """Read passages in the order of *ids*; those that are not held (any more) are passed over."""
        wanted = [(report_of(passage_id), number(passage_id)) for passage_id in ids if well_formed(passage_id)]
        if not wanted:
            return []
        rows = await self._database.rows(
            f"{_PASSAGE} JOIN json_each(?) w ON p.report = json_extract(w.value, '$[0]')"
            " AND p.n = json_extract(w.value, '$[1]') ORDER BY w.key",
            (json.dumps(wanted),),
        )
        return [_passage(row) for row in rows]

    async def passage(self, passage_id: PassageId) -> Passage:
        """Read one passage. Raises UnknownPassage."""
        found = await self.passages([passage_id])
        if not found:
            raise UnknownPassage(f"no passage is called {passage_id!r}")
        return found[0]

    async def article(self, passage: Passage) -> list[Passage]:
        """Read all passages of the article that *passage* stands in, in reading order."""
        rows = await self._database.rows(
            f"{_PASSAGE} WHERE p.report = ? AND p.article = ? ORDER BY p.n", (passage.report.id, passage.article.number)
        )
        return [_passage(row) for row in rows]

    async def of_report(self, report_id: ReportId) -> list[Passage]:
        """Read all passages of a report, in reading order."""
        return [
            _passage(row)
            for row in await self._database.rows(f"{_PASSAGE} WHERE p.report = ? ORDER BY p.n", (report_id,))
        ]

    async def twins(self, ids: Sequence[PassageId]) -> dict[PassageId, list[PassageId]]:
        """Tell for each of *ids* which other passages say the same, by file and place; nothing for those without."""
        return await wordings.twins(self._database, ids)

    # ── terms ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def entries(self, report_id: ReportId) -> list[Entry]:
        """Read what engines are given of a report's passages, their stored terms among it, in reading order."""
        rows = await self._database.rows(ENTRIES, (report_id,))
        return await asyncio.to_thread(entries, report_id, rows)  # a long report's terms take a while to part

    async def units(self) -> frozenset[str]:
        """Name every unit, publisher and place that a search can be narrowed to, as printed."""
        rows = await self._database.rows(
            "SELECT unit FROM articles UNION SELECT publisher FROM reports UNION SELECT place FROM reports"
        )
        return frozenset(row[0] for row in rows if row[0])

    async def analyzer(self) -> str | None:
        """Tell the fingerprint of the analyzer that made the stored terms; None where nothing is stored."""
        row = await self._database.row("SELECT value FROM meta WHERE key = 'analyzer'")
        return str(row[0]) if row else None

    async def replace_terms(
        self, terms: Iterable[tuple[PassageId, Sequence[str]]], *, analyzer: str | None = None
    ) -> None:
        """Store the terms of passages anew, and, with the last of them, the *analyzer* that made them all."""
        async with self._database.transaction() as connection:
            await connection.executemany(
                "UPDATE passages SET terms = ? WHERE report = ? AND n = ?",
                [(written(bag), report_of(passage_id), number(passage_id)) for passage_id, bag in terms],
            )
            if analyzer is not None:
                await connection.execute("INSERT OR REPLACE INTO meta VALUES ('analyzer', ?)", (analyzer,))


def _kind(stored: HeadingKind) -> HeadingKind:
    return stored


def _report(row: Sequence[Any]) -> Report:
    return Report(ReportId(row[0]), *row[1:])


def _passage(row: Sequence[Any]) -> Passage:
    n, section, paragraph, text, pieces, page, part = row[:7]
    report = _report(row[10:18])
    return Passage(
        id=PassageId(f"{report.id}-{n}"),
        report=report,
        article=Article(*row[7:10]),
        section=tuple(json.loads(section)),
        paragraph=paragraph,
        text=text,
        pieces=pieces_of(pieces),
        page=page,
        part=tuple(json.loads(part)) if part else None,
    )
