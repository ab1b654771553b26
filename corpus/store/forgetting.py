"""Deleting what is kept of a person, and what is older than it may be kept."""

from __future__ import annotations

from corpus.store.database import Database

# Every table that holds something of a person, and the column with their number.
PERSONAL = (
    ("answers", "owner"),
    ("preferences", "chat"),
    ("uploads", "owner"),
    ("inactive_chats", "chat"),
    ("scopes", "chat"),
    ("votes", "person"),
    ("watches", "person"),
)
# What stays, and why: who may use the bot, and who administered what, are the operator's records.
KEPT = (("admissions", "id"), ("acts", "who"))

_VOTES_ON_NOTHING = "DELETE FROM votes WHERE answer NOT IN (SELECT id FROM answers)"


class Forgetting:
    """Delete for good: nothing is left in free pages of the file or in its log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, person: int) -> None:
        """Delete all that is kept of a person, in whatever chat they asked."""
        async with self._database.transaction() as transaction:
            for table, column in PERSONAL:
                transaction.execute(f"DELETE FROM {table} WHERE {column} = ?", (person,))
            transaction.execute("DELETE FROM answers WHERE chat = ?", (person,))
            transaction.execute(_VOTES_ON_NOTHING)
        await self._database.wipe()

    async def sweep(self) -> None:
        """Delete votes on answers that are gone, and what deleting left behind in the log."""
        async with self._database.transaction() as transaction:
            transaction.execute(_VOTES_ON_NOTHING)
        await self._database.wipe()
