"""One SQLite file: opened, migrated, written to by one task at a time."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiosqlite

from corpus.errors import StoreError
from corpus.store import lock
from corpus.store.together import Write, together
from corpus.store.transaction import Transaction, errand

BUSY_SECONDS = 10.0
_AGAIN_SECONDS = 0.05
# Mistakes of the program, which no sentence to an operator mends.
_OURS = (
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_TOOBIG,
)


def steps() -> list[str]:
    """Read the steps of the schema; a store's ``user_version`` says how many of them it has taken."""
    script = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
    return re.split(r"^-- step \d+:.*$", script, flags=re.MULTILINE)[1:]


def _statements(script: str) -> Iterator[str]:
    """Part a script into its statements; executescript() would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class Database:
    """Keep one SQLite file open: a connection that writes, one transaction at a time, and one that reads.

    The reader sees what was committed and nothing else, while a long write goes on. Open it with ``async with``.
    *path* is created if it is not there, with rights for its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = asyncio.Lock()
        self._waiting: list[Write] = []
        self._lock = ExitStack()

    async def __aenter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._lock.enter_context(lock.held(self.path))
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be opened: {error.strerror}") from error
        try:
            await self._open()
        except BaseException:
            self._lock.close()
            raise
        return self

    async def _open(self) -> None:
        with sentences(self.path):
            self._writer = await self._connect()
            try:
                await self._log_ahead()
                # What is deleted is overwritten: /forgetme promises that nothing is left of it.
                await self._writer.execute("PRAGMA secure_delete = ON")
                await self._migrate()
                self._reader = await self._connect()
                await self._reader.execute("PRAGMA query_only = ON")
            except BaseException:
                await self._writer.close()
                raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.close()
        async with self._writing:
            await self._writer.close()
        self._lock.close()

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self.path, isolation_level=None, timeout=BUSY_SECONDS)
        try:
            await connection.execute("PRAGMA foreign_keys = ON")
            # FULL: what was acknowledged to Telegram or to a person survives a power cut, not only a killed process.
            await connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            await connection.close()  # its thread would keep the process from ending
            raise
        return connection

    async def _log_ahead(self) -> None:
        """Switch to a write-ahead log. SQLite does not wait for others that do so at the same moment; this does."""
        for left in range(int(BUSY_SECONDS / _AGAIN_SECONDS), -1, -1):
            try:
                await self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _migrate(self) -> None:
        taken = steps()
        while (version := await self._schema()) < len(taken):
            async with self.transaction() as transaction:
                if await transaction.rows("PRAGMA user_version") != [(version,)]:
                    continue  # another program, started at the same moment, took this step
                for statement in _statements(taken[version]):
                    transaction.execute(statement)
                transaction.execute(f"PRAGMA user_version = {version + 1}")
        if version > len(taken):
            raise StoreError(f"{self.path}: was written by a newer Yinju (schema {version}); update this one")

    async def _schema(self) -> int:
        row = await (await self._writer.execute("PRAGMA user_version")).fetchone()
        return int(row[0]) if row else 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Write: whole or not at all. Others that write wait their turn."""
        async with self._writing:
            with sentences(self.path):
                transaction = Transaction(self._writer)
                try:
                    yield transaction
                    await transaction.commit()
                except BaseException:
                    await transaction.rollback()
                    raise

    async def write(self, sql: str, values: Iterable[Any] = ()) -> int:
        """Carry out one statement, whole or not at all; return how many rows it touched.

        What waits for its turn is written in one transaction: every commit waits for the disk, and a crowd would wait
        for one another's commits. It comes back when it is committed.
        """
        mine = Write(sql, tuple(values), asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            async with self._writing:
                if mine in self._waiting:
                    some, self._waiting = self._waiting, []
                    # Who waits for it is not to lose it because the first of them gives up.
                    await asyncio.shield(asyncio.create_task(self._write(some)))
                with sentences(self.path):
                    return await mine.touched
        except asyncio.CancelledError:
            mine.touched.cancel()
            if mine in self._waiting:
                self._waiting.remove(mine)
            raise

    async def _write(self, some: Sequence[Write]) -> None:
        """Carry out statements and tell each of those who wait; raises nothing."""
        outcomes: Sequence[int | BaseException]
        try:
            if len(some) == 1:
                # SQLite begins and commits around a lone statement itself.
                outcomes = [(await self._writer.execute(some[0].sql, some[0].values)).rowcount]
            else:
                outcomes = await errand(self._writer, partial(together, some))
        except Exception as error:  # each of those who wait is told of it, and raises it in its own task
            outcomes = [error] * len(some)
        for write, outcome in zip(some, outcomes, strict=True):
            write.settle(outcome)

    async def wipe(self) -> None:
        """Put the log's content into the file and empty it, so that it holds nothing of what was deleted."""
        async with self._writing:
            for _ in range(20):
                row = await (await self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone()
                if row is None or not row[0]:
                    return
                await asyncio.sleep(0.05)  # somebody is reading; what they read is needed until they are done

    async def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Read all rows that *sql* selects, as of the last commit."""
        with sentences(self.path):
            return [tuple(row) for row in await self._reader.execute_fetchall(sql, tuple(values))]

    async def row(self, sql: str, values: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        """Read the first row that *sql* selects, or None."""
        found = await self.rows(sql, values)
        return found[0] if found else None

    async def check(self) -> list[str]:
        """Look the whole file over; return what is wrong with it, nothing where all is well."""
        found = [str(row[0]) for row in await self.rows("PRAGMA integrity_check")]
        astray = await self.rows("PRAGMA foreign_key_check")
        wrong = [] if found == ["ok"] else found
        return wrong + [f"a row of {table} belongs to no row of {parent}" for table, _, parent, _ in astray]


class sentences:  # noqa: N801 - a context manager that reads as a word in its `with`
    """Turn what SQLite says into a sentence that names the file and the remedy."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.Error) or isinstance(error, sqlite3.ProgrammingError):
            return
        said = str(error)
        if "locked" in said or "busy" in said:
            remedy = "another program is writing to it; try again when it is done"
        elif "full" in said:
            remedy = "the disk is full; nothing was half written, make room and try again"
        elif "readonly" in said or "read-only" in said:
            remedy = "it cannot be written to; check its rights and those of its folder"
        elif "malformed" in said or "not a database" in said:
            remedy = "it is damaged or not a store; run `yinju doctor`, or move it away and ingest again"
        elif "unable to open" in said or "disk I/O" in said:
            remedy = "it cannot be read or written; check the disk and the folder's rights"
        elif getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _OURS:
            return
        else:
            remedy = "it cannot be used now; check the disk, the memory and what else has it open"
        raise StoreError(f"{self.path}: {remedy} ({said})") from error
