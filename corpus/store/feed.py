"""What an index is fed: which reports have come and gone, and the entries of each, made from its stored terms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.bags import Bag, written
from corpus.entries import entry
from corpus.model import Entry, PassageId, ReportId
from corpus.store.database import Database
from corpus.store.passage_ids import number, report_of

ENTRIES = (
    "SELECT p.n, p.terms, r.published, a.unit, r.publisher, r.place FROM passages p"
    " JOIN articles a ON a.report = p.report AND a.number = p.article"
    " JOIN reports r ON r.id = p.report WHERE p.report = ? ORDER BY p.n"
)
"""The rows of a report, given by its id, in reading order, from which ``entries`` makes what engines are given."""


def entries(report_id: ReportId, rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Make the entries of a report's passages from the rows of ENTRIES."""
    return [
        entry(PassageId(f"{report_id}-{n}"), Bag(terms), published=published, units=units)
        for n, terms, published, *units in rows
    ]


class Feed:
    """Tell an index what it has to follow, and give it what it holds of a report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self) -> str:
        """Tell the mark of what is held now; it is another whenever a report comes or goes, or an engine loses any."""
        (row,) = await self._database.rows("SELECT mark FROM state")
        return str(row[0])

    async def latest_change(self) -> int:
        """Tell the number of the latest change, for ``changes``."""
        (row,) = await self._database.rows("SELECT coalesce(max(n), 0) FROM touched")
        return int(row[0])

    async def changes(self, since: int) -> tuple[int, dict[ReportId, float | None]]:
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

    async def entries(self, report_id: ReportId) -> list[Entry]:
        """Read what engines are given of a report's passages, their stored terms among it, in reading order."""
        rows = await self._database.rows(ENTRIES, (report_id,))
        return await asyncio.to_thread(entries, report_id, rows)  # a long report's terms take a while to part

    async def analyzer(self) -> str | None:
        """Tell the fingerprint of the analyzer that made the stored terms; None where nothing is stored."""
        row = await self._database.row("SELECT value FROM meta WHERE key = 'analyzer'")
        return str(row[0]) if row else None

    async def replace_terms(
        self, terms: Iterable[tuple[PassageId, Sequence[str]]], *, analyzer: str | None = None
    ) -> None:
        """Store the terms of passages anew, and, with the last of them, the *analyzer* that made them all."""
        async with self._database.transaction() as transaction:
            transaction.executemany(
                "UPDATE passages SET terms = ? WHERE report = ? AND n = ?",
                [(written(bag), report_of(passage_id), number(passage_id)) for passage_id, bag in terms],
            )
            if analyzer is not None:
                transaction.execute("INSERT OR REPLACE INTO meta VALUES ('analyzer', ?)", (analyzer,))
