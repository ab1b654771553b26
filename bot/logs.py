"""Logs: lines or JSON, what belongs to one update under one number, and never the bot's token."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Literal

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import Processor

Form = Literal["text", "json"]

# What a bot's token looks like, in a URL ("/bot123:…") or alone; it is caught by its form so that no log set-up needs
# to know it.
_TOKEN = re.compile(r"(?<!\d)\d{5,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,60}")


class RedactingFormatter(ProcessorFormatter):
    """Format a record and take tokens and secrets out of the result: message, arguments, traceback and all."""

    def __init__(self, *secrets: str, form: Form = "text") -> None:
        before: list[Processor] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso"),
        ]
        shown: list[Processor] = [ProcessorFormatter.remove_processors_meta]
        if form == "json":
            shown += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        else:
            # Not rich's tracebacks, which show the values of variables: questions, tokens.
            plain = structlog.dev.plain_traceback
            shown.append(structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain))
        super().__init__(processors=shown, foreign_pre_chain=before)
        self._secrets = [one for one in secrets if one]

    def format(self, record: logging.LogRecord) -> str:
        """Format *record* without any secret."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[token]")
        return _TOKEN.sub("[token]", line)


def _without_data(record: logging.LogRecord) -> bool:
    """Let a record pass without what somebody wrote: python-telegram-bot adds the updates that it cannot read."""
    if isinstance(record.msg, str) and " Received data was: " in record.msg:
        record.msg, record.args = record.msg.partition(" Received data was: ")[0], ()
    return True


def set_up(*secrets: str, form: Form = "text", debug: bool = False, quiet: bool = False) -> None:
    """Log to stderr, with tokens and *secrets* taken out; httpx, which logs every URL, only when something is wrong.

    *quiet* logs nothing but errors, for a terminal that a person is talking in.
    """
    level = logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(*secrets, form=form))
    handler.addFilter(_without_data)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiosqlite", "jieba", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It logs a traceback for each flood limit; what we do about one is logged anyway.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    sys.excepthook = _uncaught


def about(**numbers: int | str) -> AbstractContextManager[None]:
    """Put *numbers* on every line that is logged in this context, and in the tasks it starts.

    Numbers and ids only: nothing that anybody wrote.
    """
    return structlog.contextvars.bound_contextvars(**numbers)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    # What Python itself would print goes the way of all logs, past the redaction.
    logging.getLogger("yinju").critical("ended by an error", exc_info=(kind, error, trace))
