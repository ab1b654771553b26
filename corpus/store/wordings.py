"""What passages say, and which say the same: wordings, each held once, and the pairs among them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.model import ReportId, Wordings
from corpus.store.database import Database
from corpus.store.transaction import Transaction

_AT_ONCE = 500  # values in one statement


class OutOfDate(Exception):
    """Say that somebody stored wordings since a report was compared with those that are held."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Hold a report's wordings and what they were found to be like.

    *alike* are pairs of digests whose wordings differ and say the same. *seen* is the last wording the report was
    compared with, of those the store had numbered until then.
    """

    wordings: Wordings
    alike: tuple[tuple[bytes, bytes], ...]
    seen: int


async def write(transaction: Transaction, report: ReportId, numbers: Sequence[int], compared: Compared) -> None:
    """Store what a report's passages say, within a transaction of the caller's. Raises OutOfDate."""
    rows = await transaction.rows("SELECT seq FROM sqlite_sequence WHERE name = 'wordings'")
    if compared.seen < max((row[0] for row in rows), default=0):
        raise OutOfDate
    said = compared.wordings.passages
    transaction.executemany(
        "INSERT INTO wordings (digest, bands) SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM wordings WHERE digest = ?1)",
        [(one.digest, one.bands) for one in said],
    )
    transaction.executemany(
        "INSERT INTO said SELECT ?, ?, id FROM wordings WHERE digest = ?",
        [(report, n, one.digest) for n, one in zip(numbers, said, strict=True)],
    )
    # One of a pair may have gone with a report that this one replaces.
    transaction.executemany(
        "INSERT OR IGNORE INTO alike SELECT a.id, b.id FROM wordings a, wordings b WHERE a.digest = ? AND b.digest = ?",
        [pair for one, other in compared.alike for pair in ((one, other), (other, one))],
    )
    transaction.execute("INSERT INTO sketches (report, signature) VALUES (?, ?)", (report, compared.wordings.signature))


class WordingStore:
    """Read what is needed to compare a report with those that are held."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> int:
        """Tell the highest number a wording ever had, 0 where there was none."""
        row = await self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'wordings'")
        return int(row[0]) if row else 0

    async def since(self, seen: int) -> list[tuple[int, bytes]]:
        """Read the wordings numbered after *seen*, each with its bands, in order."""
        rows = await self._database.rows("SELECT id, bands FROM wordings WHERE id > ? ORDER BY id", (seen,))
        return [(row[0], row[1]) for row in rows]

    async def texts(self, ids: Iterable[int]) -> dict[int, tuple[bytes, str]]:
        """Read, for each of *ids* that is still held, its digest and the text of one passage that has this wording."""
        rows = await self._database.rows(
            "SELECT w.id, w.digest, (SELECT p.text FROM said s JOIN passages p ON p.report = s.report AND p.n = s.n"
            " WHERE s.wording = w.id LIMIT 1) FROM json_each(?) j JOIN wordings w ON w.id = j.value",
            (json.dumps(list(ids)),),
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    async def held(self, digests: Sequence[bytes], *, besides: Sequence[ReportId]) -> frozenset[bytes]:
        """Name those of the wordings that stand in any report but those *besides*."""
        found: set[bytes] = set()
        for start in range(0, len(digests), _AT_ONCE):
            some = digests[start : start + _AT_ONCE]
            rows = await self._database.rows(
                f"SELECT w.digest FROM wordings w WHERE w.digest IN ({', '.join('?' * len(some))}) AND EXISTS (SELECT 1"
                " FROM said s WHERE s.wording = w.id AND s.report NOT IN (SELECT value FROM json_each(?)))",
                (*some, json.dumps(list(besides))),
            )
            found.update(row[0] for row in rows)
        return frozenset(found)

    async def sketches_since(self, seen: int) -> list[tuple[int, bytes]]:
        """Read the reports' signatures numbered after *seen*, in order."""
        rows = await self._database.rows("SELECT id, signature FROM sketches WHERE id > ? ORDER BY id", (seen,))
        return [(row[0], row[1]) for row in rows]

    async def sketched(self, ids: Iterable[int]) -> list[tuple[ReportId, str, bytes]]:
        """Read the signatures that have these numbers and are still held, each with its report and file."""
        rows = await self._database.rows(
            "SELECT s.report, r.file, s.signature FROM json_each(?) j JOIN sketches s ON s.id = j.value"
            " JOIN reports r ON r.id = s.report ORDER BY r.file",
            (json.dumps(list(ids)),),
        )
        return [(ReportId(row[0]), row[1], row[2]) for row in rows]

    async def without(self, recipe: str) -> list[ReportId]:
        """Name the reports that have no wordings made by *recipe* yet; those made by another are forgotten first."""
        row = await self._database.row("SELECT value FROM meta WHERE key = 'wordings'")
        if row is None or row[0] != recipe:
            async with self._database.transaction() as transaction:
                transaction.execute("DELETE FROM said")
                transaction.execute("DELETE FROM sketches")
                transaction.execute("INSERT OR REPLACE INTO meta VALUES ('wordings', ?)", (recipe,))
        rows = await self._database.rows(
            "SELECT id FROM reports WHERE id NOT IN (SELECT report FROM sketches) ORDER BY id"
        )
        return [ReportId(row[0]) for row in rows]

    async def add(self, report: ReportId, numbers: Sequence[int], compared: Compared) -> None:
        """Store what the passages with these *numbers* of a report that is held say. Raises OutOfDate."""
        async with self._database.transaction() as transaction:
            await write(transaction, report, numbers, compared)
