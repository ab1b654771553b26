"""Words that people watch for, and which reports were looked over for them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from corpus.model import ReportId
from corpus.store.database import Database


@dataclass(frozen=True, slots=True)
class Watch:
    """Hold what a person watches for, since a moment in seconds since 1970."""

    person: int
    words: str
    at: float


class Watches:
    """Keep watches. A report is new to them until it was looked over, whichever process took it in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, person: int, words: str) -> bool:
        """Keep a watch; False where this person watches for these words already."""
        new = (person, words, time.time())
        return await self._database.write("INSERT OR IGNORE INTO watches VALUES (?, ?, ?)", new) == 1

    async def remove(self, person: int, words: str | None = None) -> int:
        """Delete a person's watch, or without *words* all of them; return how many there were."""
        return await self._database.write(
            "DELETE FROM watches WHERE person = ?1 AND (?2 IS NULL OR words = ?2)", (person, words)
        )

    async def of(self, person: int) -> list[Watch]:
        """Read what a person watches for, oldest first."""
        rows = await self._database.rows(
            "SELECT person, words, at FROM watches WHERE person = ? ORDER BY at, words", (person,)
        )
        return [Watch(*row) for row in rows]

    async def for_report(self, report_id: ReportId) -> list[Watch]:
        """Read the watches that were set before a report came in, of people who can be written to."""
        rows = await self._database.rows(
            "SELECT w.person, w.words, w.at FROM watches w JOIN reports r ON r.id = ? AND w.at <= r.added_at"
            " WHERE w.person NOT IN (SELECT chat FROM inactive_chats) ORDER BY w.person, w.at, w.words",
            (report_id,),
        )
        return [Watch(*row) for row in rows]

    async def new_reports(self) -> list[ReportId]:
        """Name the reports that were not looked over yet, oldest first."""
        rows = await self._database.rows(
            "SELECT id FROM reports WHERE id NOT IN (SELECT report FROM watched) ORDER BY added_at, id"
        )
        return [ReportId(row[0]) for row in rows]

    async def looked_over(self, report_id: ReportId) -> None:
        """Say that a report was looked over, and forget those that are gone."""
        async with self._database.transaction() as transaction:
            transaction.execute("INSERT OR IGNORE INTO watched VALUES (?)", (report_id,))
            transaction.execute("DELETE FROM watched WHERE report NOT IN (SELECT id FROM reports)")
