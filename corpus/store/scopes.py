"""Which reports a chat has chosen to ask."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import ReportId, Scope
from corpus.store.database import Database


@dataclass(frozen=True, slots=True)
class Chosen:
    """Hold what a chat has chosen: the reports and their titles; none means all of them."""

    reports: tuple[ReportId, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope | None:
        return Scope(frozenset(self.reports)) if self.reports else None


class Scopes:
    """Keep the choice of each chat by file name, so that it follows a report that is replaced by a newer version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, chat: int) -> Chosen:
        """Read what a chat has chosen; reports that are no longer held are passed over."""
        rows = await self._database.rows(
            "SELECT r.id, r.title FROM scopes s JOIN reports r ON r.file = s.file WHERE s.chat = ? ORDER BY r.file",
            (chat,),
        )
        return Chosen(tuple(ReportId(row[0]) for row in rows), tuple(str(row[1]) for row in rows))

    async def toggle(self, chat: int, report_id: ReportId) -> None:
        """Put a report into a chat's choice, or take it out."""
        async with self._database.transaction() as transaction:
            chosen = await transaction.rows(
                "DELETE FROM scopes WHERE chat = ? AND file = (SELECT file FROM reports WHERE id = ?) RETURNING file",
                (chat, report_id),
            )
            if not chosen:
                transaction.execute("INSERT INTO scopes SELECT ?, file FROM reports WHERE id = ?", (chat, report_id))

    async def clear(self, chat: int) -> None:
        """Let a chat ask all reports again."""
        await self._database.write("DELETE FROM scopes WHERE chat = ?", (chat,))

    async def move(self, chat: int, *, to: int) -> None:
        """Carry a group's choice over to the supergroup it became."""
        async with self._database.transaction() as transaction:
            transaction.execute("UPDATE OR IGNORE scopes SET chat = ? WHERE chat = ?", (to, chat))
