"""One instance a bot: a lock that goes with its process, however that ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.locking import Taken, locked


class AlreadyServing(Exception):
    """Say that another process serves this bot from this data directory."""


@contextmanager
def alone(data_dir: Path, *, token: str) -> Iterator[None]:
    """Hold the lock of the bot that *token* belongs to. Raises AlreadyServing.

    The lock's name is made of the bot's public number, never of the token.
    """
    number = token.partition(":")[0]
    name = f"serving-{hashlib.sha256(number.encode()).hexdigest()[:12]}.lock"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with locked(data_dir / name):
            yield
    except Taken:
        raise AlreadyServing("another `yinju run` serves this bot from this data directory; stop it first") from None
