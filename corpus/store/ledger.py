"""What an engine outside this process holds, to the report, and the statistics of that: its ledger.

An engine has no transactions. So every version of a report gets a stamp of its own, which stands on each of its
passages over there, and only the ledger says which stamps count: one is written down as *coming* before the first
passage goes out, becomes *held* when the last has arrived, and is *going* until the engine has forgotten it. Whoever
is killed in between leaves a stamp behind that is not held, and the next writer sweeps it up.
"""

from __future__ import annotations

import json
import time
import uuid
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.bags import Bag
from corpus.model import Coming, Entry, PassageId, Picture, ReportId, Statistics, Version
from corpus.store.database import Database
from corpus.store.feed import ENTRIES, entries
from corpus.store.transaction import Transaction

STAMP_EPOCH = 1_735_689_600
"""The first second of 2025. Stamps count milliseconds from there, so that a restored backup gives none out twice."""

# By the index on moments: what stands behind the text of a report is read through all of the text.
_CURRENT = (
    "e.analyzer IS (SELECT value FROM meta WHERE key = 'analyzer')"
    " AND EXISTS (SELECT 1 FROM reports r WHERE r.added_at = e.added_at AND r.id = e.report)"
)
_UNSETTLED = "state IN ('coming', 'going')"


class Ledger:
    """Keep the books of one engine; every method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────────────

    async def name(self) -> str:
        """Tell the name under which this ledger's passages are held; the engine keeps it beside them."""
        (row,) = await self._database.rows("SELECT name FROM engine")
        return str(row[0])

    async def reports(self) -> frozenset[ReportId]:
        """Name the reports that are held whole, less those that the store has in another state by now."""
        return frozenset(
            ReportId(row[0])
            for row in await self._database.rows(
                "SELECT e.report FROM engine_reports e WHERE e.state = 'held'"
                f" AND ({_CURRENT} OR e.report NOT IN (SELECT id FROM reports))"
            )
        )

    async def picture(self, terms: Iterable[str]) -> Picture:
        """Read in one look what a search needs to know."""
        (row,) = await self._database.rows(
            "SELECT passages, length, newest, departures,"
            " (SELECT min(average) FROM engine_reports WHERE state = 'held'),"
            f" (SELECT json_group_array(stamp) FROM engine_reports WHERE {_UNSETTLED}),"
            " (SELECT json_group_array(json_array(t.term, t.id, t.passages)) FROM json_each(?) w"
            "   JOIN engine_terms t ON t.term = w.value), name FROM engine",
            (json.dumps(list(terms)),),
        )
        passages, length, newest, departures, least, unsettled, counted, name = row
        numbers = {term: (number, count) for term, number, count in json.loads(counted)}
        return Picture(
            Statistics(passages, length / passages if passages else 0.0, {t: n for t, (_, n) in numbers.items()}),
            {term: number for term, (number, _) in numbers.items()},
            newest,
            departures,
            least or 1.0,
            frozenset(json.loads(unsettled)),
            name,
        )

    async def stamps(self, reports: Iterable[ReportId]) -> list[int]:
        """Read the stamps under which *reports* are held; none for those that are not."""
        rows = await self._database.rows(
            "SELECT stamp FROM json_each(?) w JOIN engine_reports ON report = w.value AND state = 'held'",
            (json.dumps(sorted(reports)),),
        )
        return [row[0] for row in rows]

    async def held(self, stamps: Iterable[int]) -> tuple[int, dict[int, ReportId]]:
        """Tell how many reports have departed so far, and which of *stamps* are held as which report."""
        rows = await self._database.rows(
            "SELECT e.departures, r.stamp, r.report FROM engine e LEFT JOIN"
            " (SELECT stamp, report FROM json_each(?) w JOIN engine_reports ON stamp = w.value AND state = 'held') r",
            (json.dumps(list(stamps)),),
        )
        return rows[0][0], {row[1]: ReportId(row[2]) for row in rows if row[1] is not None}

    async def bags(self, ids: Sequence[PassageId]) -> dict[PassageId, Bag]:
        """Read the stored terms of passages; those that the store does not hold (any more) are left out."""
        wanted = [one.rpartition("-") for one in ids]
        rows = await self._database.rows(
            "SELECT report, n, terms FROM json_each(?) w JOIN passages ON report = json_extract(w.value, '$[0]')"
            " AND n = json_extract(w.value, '$[1]')",
            (json.dumps([(report, int(n)) for report, _, n in wanted]),),
        )
        return {PassageId(f"{row[0]}-{row[1]}"): Bag(row[2]) for row in rows}

    async def entries(self, report_id: ReportId) -> list[Entry]:
        """Read what engines are given of a report's passages, in reading order."""
        return entries(report_id, await self._database.rows(ENTRIES, (report_id,)))

    async def drifted(self, share: float) -> list[ReportId]:
        """Name the reports whose weights were made with a mean length that is off by more than *share* by now."""
        rows = await self._database.rows(
            "SELECT report FROM engine_reports, (SELECT length * 1.0 / passages AS now FROM engine WHERE passages)"
            " WHERE state = 'held' AND passages > 0 AND abs(average / now - 1) > ?"
            " AND report IN (SELECT id FROM reports) ORDER BY report",
            (share,),
        )
        return [ReportId(row[0]) for row in rows]

    async def unsettled(self) -> list[int]:
        """Read the stamps that are coming or going."""
        return [row[0] for row in await self._database.rows(f"SELECT stamp FROM engine_reports WHERE {_UNSETTLED}")]

    async def versions(self) -> list[Version]:
        """List the versions that are held, in the order in which they came."""
        rows = await self._database.rows(
            "SELECT stamp, report, rows, average FROM engine_reports WHERE state = 'held' ORDER BY stamp"
        )
        return [Version(row[0], ReportId(row[1]), row[2], row[3]) for row in rows]

    # ── what changes ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def start_anew(self) -> str:
        """Forget everything: the engine has nothing, or nothing that counts. Return a new name."""
        name = uuid.uuid4().hex
        async with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM engine_reports")
            transaction.execute("UPDATE engine_terms SET passages = 0")
            transaction.execute(
                "UPDATE engine SET name = ?, passages = 0, length = 0, departures = departures + 1", (name,)
            )
        return name

    async def begin(self, report_id: ReportId, passages: Sequence[Entry]) -> Coming:
        """Write down that a version of a report is coming, with the terms of each of its passages."""
        counts = [Counter(one.terms) for one in passages]
        frequencies = Counter(term for passage in counts for term in passage)
        length = sum(sum(passage.values()) for passage in counts)
        async with self._database.transaction() as transaction:
            transaction.executemany(
                "INSERT OR IGNORE INTO engine_terms (term, passages) VALUES (?, 0)", [(term,) for term in frequencies]
            )
            rows = await transaction.rows(
                "SELECT t.term, t.id FROM json_each(?) w JOIN engine_terms t ON t.term = w.value",
                (json.dumps(list(frequencies)),),
            )
            numbers = {row[0]: int(row[1]) for row in rows}
            # The store may have gone on since these entries were read from it; then they are no state of it.
            same = entries(report_id, await transaction.rows(ENTRIES, (report_id,))) == list(passages)
            (totals,) = await transaction.rows(
                "SELECT e.passages - coalesce(sum(r.passages), 0), e.length - coalesce(sum(r.length), 0), e.newest"
                " FROM engine e LEFT JOIN engine_reports r ON r.report = ? AND r.state = 'held'",
                (report_id,),
            )
            number = totals[0] + len(counts)
            average = (totals[1] + length) / number if number else 0.0
            stamp = max(totals[2] + 1, int((time.time() - STAMP_EPOCH) * 1000))
            transaction.execute("UPDATE engine SET newest = ?", (stamp,))
            transaction.execute(
                "INSERT INTO engine_reports SELECT ?, ?, 'coming', ?, ?, ?, ?, ?,"
                " (SELECT value FROM meta WHERE key = 'analyzer'), (SELECT added_at FROM reports WHERE id = ? AND ?)",
                (stamp, report_id, len(counts), sum(1 for one in counts if one), length, average or 1.0,
                 _packed(numbers[term] for term in frequencies) + _packed(frequencies.values()), report_id, same),
            )  # fmt: skip
        return Coming(stamp, numbers, average or 1.0)

    async def hold(self, stamp: int) -> bool:
        """Say that a version has arrived whole: it counts from now on, and an earlier one of its report does not.

        False where the ledger was started anew meanwhile, and with it the engine.
        """
        async with self._database.transaction() as transaction:
            if not await transaction.rows("SELECT 1 FROM engine_reports WHERE stamp = ?", (stamp,)):
                return False
            rows = await transaction.rows(
                "SELECT stamp FROM engine_reports WHERE state = 'held'"
                " AND report = (SELECT report FROM engine_reports WHERE stamp = ?)",
                (stamp,),
            )
            for row in rows:
                await _count(transaction, row[0], -1, "going")
            await _count(transaction, stamp, 1, "held")
        return True

    async def dismiss(self, report_id: ReportId) -> None:
        """Say that a report does not count any more."""
        async with self._database.transaction() as transaction:
            rows = await transaction.rows(
                "SELECT stamp FROM engine_reports WHERE report = ? AND state = 'held'", (report_id,)
            )
            for row in rows:
                await _count(transaction, row[0], -1, "going")

    async def disown(self, stamps: Iterable[int]) -> None:
        """Note stamps that the engine has and this ledger does not know, to be swept up."""
        async with self._database.transaction() as transaction:
            transaction.executemany(
                "INSERT OR IGNORE INTO engine_reports VALUES (?, '', 'going', 0, 0, 0, 1.0, x'', NULL, NULL)",
                [(stamp,) for stamp in stamps],
            )

    async def drop(self, stamp: int) -> None:
        """Say that the engine has forgotten a version that did not count."""
        async with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM engine_reports WHERE stamp = ? AND state <> 'held'", (stamp,))


async def _count(transaction: Transaction, stamp: int, sign: int, state: str) -> None:
    """Add a version to the statistics, or take it out, and give it its new state."""
    (row,) = await transaction.rows(
        "SELECT passages, length, frequencies FROM engine_reports WHERE stamp = ?", (stamp,)
    )
    numbers = array("I", row[2])
    half = len(numbers) // 2
    transaction.executemany(
        "UPDATE engine_terms SET passages = passages + ? WHERE id = ?",
        [(sign * count, number) for number, count in zip(numbers[:half], numbers[half:], strict=True)],
    )
    transaction.execute(
        "UPDATE engine SET passages = passages + ?, length = length + ?, departures = departures + ?",
        (sign * row[0], sign * row[1], int(sign < 0)),
    )
    transaction.execute("UPDATE engine_reports SET state = ? WHERE stamp = ?", (state, stamp))


def _packed(numbers: Iterable[int]) -> bytes:
    return array("I", numbers).tobytes()
