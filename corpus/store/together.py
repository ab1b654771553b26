"""Write together what waits for its turn: the disk is waited for once, and each statement does or fails by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """Hold one statement that waits to be written, and what becomes of it: how many rows it touches, or an error."""

    sql: str
    values: tuple[Any, ...]
    touched: asyncio.Future[int]

    def settle(self, outcome: int | BaseException) -> None:
        """Tell whoever waits, if they still do."""
        if self.touched.done():
            return
        if isinstance(outcome, BaseException):
            self.touched.set_exception(outcome)
        else:
            self.touched.set_result(outcome)


def together(writes: Sequence[Write], connection: sqlite3.Connection) -> list[int | sqlite3.Error]:
    """Carry out *writes* in one transaction; give for each the rows it touched, or why it alone was not done.

    Raises sqlite3.Error where none of them was done.
    """
    outcomes: list[int | sqlite3.Error] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for write in writes:
            try:
                outcomes.append(connection.execute(write.sql, write.values).rowcount)
            except sqlite3.Error as error:
                # SQLite undoes a statement that fails, and nothing else, unless it gives up the whole (a full disk).
                if not connection.in_transaction:
                    raise
                outcomes.append(error)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes
