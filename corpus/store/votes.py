"""What people say of answers: useful or not, once each."""

from __future__ import annotations

import time
from dataclasses import dataclass

from corpus.store.database import Database


@dataclass(frozen=True, slots=True)
class Votes:
    """Count what was said of an answer, or of all."""

    useful: int = 0
    useless: int = 0


class Ballots:
    """Keep what each person says of an answer; saying something else changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cast(self, answer_id: str, *, person: int, useful: bool) -> bool:
        """Keep what a person says of an answer; False where they said the same before, or the answer is gone."""
        changed = await self._database.write(
            "INSERT INTO votes SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM answers WHERE id = ?)"
            " ON CONFLICT (answer, person)"
            " DO UPDATE SET useful = excluded.useful, at = excluded.at WHERE useful <> excluded.useful",
            (answer_id, person, int(useful), time.time(), answer_id),
        )
        return changed > 0

    async def count(self, answer_id: str) -> Votes:
        """Count what was said of one answer."""
        return await self._counted("WHERE answer = ?", (answer_id,))

    async def total(self) -> Votes:
        """Count what was said of all answers."""
        return await self._counted("", ())

    async def withdraw(self, answer_id: str) -> None:
        """Forget what was said of an answer, which now reads otherwise."""
        await self._database.write("DELETE FROM votes WHERE answer = ?", (answer_id,))

    async def forget(self, person: int) -> None:
        """Forget what a person said."""
        await self._database.write("DELETE FROM votes WHERE person = ?", (person,))

    async def _counted(self, where: str, values: tuple[str, ...]) -> Votes:
        row = await self._database.row(
            f"SELECT coalesce(sum(useful), 0), coalesce(sum(1 - useful), 0) FROM votes {where}", values
        )
        return Votes(int(row[0]), int(row[1])) if row else Votes()
