"""Locks between programs: each on a file, and gone with the process that holds it, however that ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from corpus.errors import EngineBusy

_LOOK_SECONDS = 0.02


class Taken(Exception):
    """Say that another holds the lock in a way that does not go with this one."""


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock on the file at *path*, alone or *shared* with others that share it. Raises Taken, and OSError."""
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(path) from None
        yield
    finally:
        os.close(file)


@asynccontextmanager
async def turn(path: Path, *, seconds: float) -> AsyncIterator[None]:
    """Hold the lock on the file at *path* alone; wait for it at most *seconds*. Raises EngineBusy, and OSError."""
    until = asyncio.get_running_loop().time() + seconds
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(path))
                break
            except Taken:
                if asyncio.get_running_loop().time() >= until:
                    raise EngineBusy("another program is filling the index from this data directory") from None
            await asyncio.sleep(_LOOK_SECONDS)
        yield
