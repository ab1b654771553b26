"""Files that were sent and wait for a word: a row each, and their bytes in a folder nobody else can read."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.store.database import Database

FOLDER = "uploads"
KEPT_SECONDS = 24 * 60 * 60
_NAME = re.compile(r"[\w-]{8,16}")


@dataclass(frozen=True, slots=True)
class Upload:
    """Hold what is known of a file that was sent."""

    id: str
    owner: int
    chat: int
    message: int | None
    name: str
    at: float


class Uploads:
    """Keep files until somebody says what to do with them; every method that writes is one transaction."""

    def __init__(self, database: Database, *, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def keep(self, upload: Upload, content: bytes) -> None:
        """Keep a file: its bytes first, so that a row always has them."""
        await asyncio.to_thread(self._write, upload.id, content)
        await self._database.write(
            "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?)",
            (upload.id, upload.owner, upload.chat, upload.message, upload.name, upload.at),
        )

    async def find(self, upload_id: str) -> Upload | None:
        """Read what is known of a file that waits; None where it does not, or not any longer."""
        row = await self._database.row(
            "SELECT id, owner, chat, message, name, at FROM uploads WHERE id = ? AND at >= ?",
            (upload_id, time.time() - KEPT_SECONDS),
        )
        return _upload(row)

    async def content(self, upload: Upload) -> bytes | None:
        """Read a file's bytes; None where they are gone."""
        try:
            return await asyncio.to_thread(self._path(upload.id).read_bytes)
        except OSError:
            return None

    async def drop(self, upload_id: str) -> bool:
        """Delete a file that waits; False where somebody else just did."""
        dropped = await self._database.write("DELETE FROM uploads WHERE id = ?", (upload_id,)) == 1
        await asyncio.to_thread(self._path(upload_id).unlink, missing_ok=True)
        return dropped

    async def forget(self, owner: int) -> None:
        """Delete the files that somebody sent."""
        for row in await self._database.rows("SELECT id FROM uploads WHERE owner = ?", (owner,)):
            await self.drop(row[0])

    async def expire(self) -> None:
        """Delete files that have waited too long, and bytes that no row knows."""
        old = await self._database.rows("SELECT id FROM uploads WHERE at < ?", (time.time() - KEPT_SECONDS,))
        for row in old:
            await self.drop(row[0])
        known = {row[0] for row in await self._database.rows("SELECT id FROM uploads")}
        await asyncio.to_thread(self._sweep, known)

    def _path(self, upload_id: str) -> Path:
        if not _NAME.fullmatch(upload_id):
            raise ValueError(f"{upload_id!r} is no upload's id")
        return self._folder / upload_id

    def _write(self, upload_id: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(self._path(upload_id), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)

    def _sweep(self, known: set[str]) -> None:
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            # A file that is just being kept has no row yet.
            if path.name not in known and path.stat().st_mtime < time.time() - 60:
                path.unlink(missing_ok=True)


def _upload(row: Sequence[Any] | None) -> Upload | None:
    return Upload(*row) if row else None
