"""Logs that never hold the bot's token."""

from __future__ import annotations

import logging
import re

# What a bot's token looks like, in a URL or alone; it is caught by its form so that no log set-up needs to know it.
_TOKEN = re.compile(r"\b\d{5,12}:[A-Za-z0-9_-]{30,60}")


class RedactingFormatter(logging.Formatter):
    """Format a record and take tokens out of the result: message, arguments, traceback and all."""

    def __init__(self, secret: str | None = None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """Format *record* without any token."""
        line = super().format(record)
        if self._secret:
            line = line.replace(self._secret, "[token]")
        return _TOKEN.sub("[token]", line)


def set_up(*, secret: str | None = None, debug: bool = False, quiet: bool = False) -> None:
    """Log to stderr, with the token taken out; httpx, which logs every URL, only when something is wrong.

    *quiet* logs nothing but errors, for a terminal that a person is talking in.
    """
    level = logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secret))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiosqlite", "jieba", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
