"""One transaction: what it writes goes to SQLite's thread in one errand, with what it reads next or with the commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from operator import methodcaller
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")


class Transaction:
    """Write and read, whole or not at all; ``Database.transaction`` begins and ends it.

    What is written waits for the next read or the end, and fails there: a turn of the thread that SQLite works in
    takes longer than most statements.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._waiting = [methodcaller("execute", "BEGIN IMMEDIATE")]

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Carry out a statement."""
        self._waiting.append(methodcaller("execute", sql, values))

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Carry out a statement for each of *rows*."""
        if rows:
            self._waiting.append(methodcaller("executemany", sql, rows))

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Carry out a statement and give the rows it selects or returns."""
        self.execute(sql, values)
        waiting, self._waiting = self._waiting, []
        return await errand(self._connection, partial(_carried_out, waiting))

    async def commit(self) -> None:
        """Carry out what waits, and keep it all."""
        await self.rows("COMMIT")

    async def rollback(self) -> None:
        """Undo it all."""
        await errand(self._connection, _undo)


async def errand(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do some work on a connection in its thread, in one turn; aiosqlite has no public way to."""
    done: T = await connection._execute(work, connection._conn)  # type: ignore[no-untyped-call]
    return done


def _carried_out(statements: Sequence[methodcaller], connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Carry out statements one after the other; give the rows of the last."""
    for statement in statements:
        cursor = statement(connection)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _undo(connection: sqlite3.Connection) -> None:
    # Asked in its thread: of a statement that nobody waits for any more, nobody else knows whether it is done.
    if connection.in_transaction:
        connection.execute("ROLLBACK")
