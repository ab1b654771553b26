"""Taking turns with other programs: a lock on a file that goes with its process, however that ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from corpus.errors import EngineBusy

_LOOK_SECONDS = 0.02


@asynccontextmanager
async def turn(path: Path, *, seconds: float) -> AsyncIterator[None]:
    """Hold the lock on the file at *path*; wait for it at most so many *seconds*. Raises EngineBusy."""
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        until = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if asyncio.get_running_loop().time() >= until:
                    raise EngineBusy("another program is filling the index from this data directory") from None
                await asyncio.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(file)
