"""Who was let in or turned away by administrators, one-time codes, and the record of administrative acts."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.store.database import Database

Granted = Literal["administrator", "admitted", "denied"]

# No letters and digits that are taken for one another: 8 of them are 40 bits.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
CODE_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Act:
    """Hold one administrative act: when, by whom, what, and what it was about."""

    at: float
    who: int
    act: str
    about: str


class Admissions:
    """Keep standings, codes and acts; every method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standings(self) -> Mapping[int, Granted]:
        """Read what was said of people and groups, by numeric id."""
        return {row[0]: row[1] for row in await self._database.rows("SELECT id, standing FROM admissions ORDER BY id")}

    async def grant(self, number: int, standing: Granted, *, by: int) -> None:
        """Give a person or a group a standing in the place of an earlier one, and record who did."""
        async with self._database.transaction() as transaction:
            now = time.time()
            transaction.execute("INSERT OR REPLACE INTO admissions VALUES (?, ?, ?)", (number, standing, now))
            act = "deny" if standing == "denied" else "allow"
            transaction.execute("INSERT INTO acts VALUES (NULL, ?, ?, ?, ?)", (now, by, act, str(number)))

    async def make_code(self, standing: Granted, *, seconds: float = CODE_SECONDS) -> str:
        """Make a code that gives whoever sends it first a standing; it holds for *seconds*."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
        async with self._database.transaction() as transaction:
            now = time.time()
            transaction.execute("DELETE FROM pairing_codes WHERE expires < ?", (now,))
            transaction.execute("INSERT INTO pairing_codes VALUES (?, ?, ?)", (_digest(code), standing, now + seconds))
        return code

    async def redeem(self, code: str, *, person: int) -> Granted | None:
        """Take a code from somebody: give them what it promises, once; None for a wrong or expired code."""
        async with self._database.transaction() as transaction:
            now = time.time()
            rows = await transaction.rows(
                "DELETE FROM pairing_codes WHERE digest = ? RETURNING standing, expires", (_digest(code),)
            )
            if not rows or rows[0][1] < now:
                return None
            standing: Granted = rows[0][0]
            transaction.execute("INSERT OR REPLACE INTO admissions VALUES (?, ?, ?)", (person, standing, now))
            transaction.execute("INSERT INTO acts VALUES (NULL, ?, ?, 'pair', ?)", (now, person, standing))
        return standing

    async def record(self, act: str, *, who: int, about: object) -> None:
        """Record an administrative act."""
        new = (time.time(), who, act, str(about))
        await self._database.write("INSERT INTO acts VALUES (NULL, ?, ?, ?, ?)", new)

    async def acts(self, *, latest: int = 100) -> list[Act]:
        """Read the latest acts, newest first."""
        rows = await self._database.rows("SELECT at, who, act, about FROM acts ORDER BY n DESC LIMIT ?", (latest,))
        return [Act(*row) for row in rows]


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().upper().replace("-", "").encode()).hexdigest()
