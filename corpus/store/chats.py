"""What a chat wishes (a private chat has its person's number), and chats that get another number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.store.database import Database

Askers = Literal["everyone", "administrators"]

# Where a chat's number stands in the store. Messages do not come along, so answers stay with the old number.
NUMBERED = (("preferences", "chat"), ("admissions", "id"), ("scopes", "chat"))


@dataclass(frozen=True, slots=True)
class Preferences:
    """Hold what a chat wishes; None: as the settings, or the person's own programs, say."""

    language: str | None = None
    quotes: int | None = None
    askers: Askers = "everyone"
    notices: bool = True


class Chats:
    """Keep what chats wish; every method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferences(self) -> Mapping[int, Preferences]:
        """Read what chats wish, by their numbers; those that wish nothing of their own are left out."""
        rows = await self._database.rows("SELECT chat, language, quotes, askers, notices FROM preferences")
        return {row[0]: Preferences(row[1], row[2], row[3], bool(row[4])) for row in rows}

    async def prefer(self, chat: int, wishes: Preferences) -> None:
        """Keep what a chat wishes, in the place of what it wished."""
        await self._database.write(
            "INSERT OR REPLACE INTO preferences VALUES (?, ?, ?, ?, ?)",
            (chat, wishes.language, wishes.quotes, wishes.askers, wishes.notices),
        )

    async def renumber(self, old: int, new: int) -> None:
        """Carry all that is kept of a chat over to its new number."""
        async with self._database.transaction() as transaction:
            for table, column in NUMBERED:
                transaction.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?", (new, old))

    async def inactive(self) -> Mapping[int, str]:
        """Read which chats cannot be written to, and why."""
        return {row[0]: row[1] for row in await self._database.rows("SELECT chat, why FROM inactive_chats")}
