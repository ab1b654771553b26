"""What conversations need across restarts: updates received, answers given, chats that are closed to us."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.store.database import Database


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """Hold an answer that was given: who may turn its pages, what was asked, and *body*, what shows it again."""

    id: str
    chat: int
    owner: int
    message: int | None
    asked_in: int | None
    question: str
    context: tuple[str, ...]
    verdict: str
    body: Mapping[str, Any]
    at: float


_ANSWER = "SELECT id, chat, owner, message, asked_in, question, context, verdict, body, at FROM answers"


class Conversations:
    """Keep updates, answers and closed chats; every method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── updates ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def receive(self, update_id: int, body: str) -> bool:
        """Keep an update until it is dealt with; False where this one was received before."""
        new = (update_id, body, time.time())
        return await self._database.write("INSERT OR IGNORE INTO updates VALUES (?, ?, ?)", new) == 1

    async def done(self, update_id: int) -> None:
        """Say that an update was dealt with: its number stays, its content goes."""
        await self._database.write("UPDATE updates SET body = NULL WHERE id = ?", (update_id,))

    async def unfinished(self) -> list[str]:
        """Read the updates that were received and not dealt with, oldest first.

        A question whose answer is known to be shown was dealt with: only crossing it off was left.
        """
        await self._database.write(
            "UPDATE updates SET body = NULL WHERE updates.body IS NOT NULL AND EXISTS (SELECT 1 FROM answers"
            " WHERE chat = json_extract(updates.body, '$.message.chat.id') AND message IS NOT NULL"
            " AND asked_in = json_extract(updates.body, '$.message.message_id'))"
        )
        return [
            row[0] for row in await self._database.rows("SELECT body FROM updates WHERE body IS NOT NULL ORDER BY id")
        ]

    # ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep an answer, in the place of an earlier one with its id."""
        await self._database.write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (answer.id, answer.chat, answer.owner, answer.message, answer.asked_in, answer.question,
             json.dumps(answer.context, ensure_ascii=False), answer.verdict,
             json.dumps(answer.body, ensure_ascii=False), answer.at),
        )  # fmt: skip

    async def shown(self, answer_id: str, *, message: int) -> None:
        """Say which message shows an answer."""
        await self._database.write("UPDATE answers SET message = ? WHERE id = ?", (message, answer_id))

    async def answer(self, answer_id: str) -> KeptAnswer | None:
        """Read an answer by its id."""
        return _answer(await self._database.row(f"{_ANSWER} WHERE id = ?", (answer_id,)))

    async def answer_in(self, *, chat: int, message: int) -> KeptAnswer | None:
        """Read the answer that a message of the bot shows."""
        return _answer(await self._database.row(f"{_ANSWER} WHERE chat = ? AND message = ?", (chat, message)))

    async def answer_to(self, *, chat: int, asked_in: int) -> KeptAnswer | None:
        """Read the latest answer to the question in a message."""
        return _answer(
            await self._database.row(f"{_ANSWER} WHERE chat = ? AND asked_in = ? ORDER BY at DESC", (chat, asked_in))
        )

    async def last_answer(self, *, chat: int, owner: int, now: float) -> KeptAnswer | None:
        """Read the latest answer given to a person in a chat; none from after *now*, when the clock was wrong."""
        where = "WHERE chat = ? AND owner = ? AND at <= ? ORDER BY at DESC LIMIT 1"
        return _answer(await self._database.row(f"{_ANSWER} {where}", (chat, owner, now)))

    async def history(self, *, owner: int, limit: int) -> list[KeptAnswer]:
        """Read the latest answer to each question of a person, newest first."""
        rows = await self._database.rows(
            f"{_ANSWER} a WHERE owner = ?1 AND at = (SELECT max(b.at) FROM answers b WHERE b.owner = ?1"
            " AND b.question = a.question) ORDER BY at DESC LIMIT ?2",
            (owner, limit),
        )
        return [kept for kept in map(_answer, rows) if kept]

    async def forget_before(self, at: float) -> None:
        """Delete answers and finished updates from before a moment, in seconds since 1970."""
        async with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM answers WHERE at < ?", (at,))
            # The number of the newest update is what tells old ones from new, so the last few thousand stay.
            transaction.execute(
                "DELETE FROM updates WHERE body IS NULL AND at < ? AND id < (SELECT max(id) FROM updates) - 5000", (at,)
            )

    # ── chats ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def close(self, chat: int, *, why: str) -> None:
        """Remember that a chat cannot be written to."""
        await self._database.write("INSERT OR REPLACE INTO inactive_chats VALUES (?, ?, ?)", (chat, why, time.time()))

    async def reopen(self, chat: int) -> None:
        """Remember that a chat can be written to again."""
        await self._database.write("DELETE FROM inactive_chats WHERE chat = ?", (chat,))


def _answer(row: Sequence[Any] | None) -> KeptAnswer | None:
    if row is None:
        return None
    answer_id, chat, owner, message, asked_in, question, context, verdict, body, at = row
    return KeptAnswer(
        answer_id, chat, owner, message, asked_in, question, tuple(json.loads(context)), verdict, json.loads(body), at
    )
