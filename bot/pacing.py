"""Keeping to Telegram's flood limits without letting one chat stall the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import Any
from weakref import WeakValueDictionary

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter

log = logging.getLogger(__name__)

ATTEMPTS = 4
# What Telegram counts a chat's messages by.
SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto", "editMessageText"})


class PatientRateLimiter(AIORateLimiter):
    """Wait out a flood limit in the call that met it, and let what else is sent to the same chat wait behind it.

    python-telegram-bot's own limiter holds back every other call meanwhile, so that one busy group would silence the
    bot everywhere; retrying here, outside of it, leaves other chats alone. In the chat itself messages go out in the
    order they came: were each to try by itself, they would take the room from one another and use up their attempts.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lines: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a call when it is its turn in its chat, again after each ``RetryAfter``, at most four times."""
        # Whoever waits in a line keeps it; it goes with the last of them.
        line = self._lines.setdefault(data["chat_id"], asyncio.Lock()) if endpoint in SENDING else nullcontext()
        async with line:
            return await self._patiently(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _patiently(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
            except RetryAfter as error:
                if attempt == ATTEMPTS:
                    raise
                seconds = error.retry_after
                wait = seconds if isinstance(seconds, int | float) else seconds.total_seconds()
                log.info("flood limit met in %s; trying again in %.0f s", endpoint, wait)
                await asyncio.sleep(wait + 0.1)
        raise AssertionError("the loop above returns or raises")


def passes(error: BaseException | None) -> bool:
    """Tell an outage, which passes, from a refusal, which does not: Telegram was not reached, or gave no reply."""
    # python-telegram-bot calls a BadRequest a NetworkError, and a reply that is no JSON a plain TelegramError.
    lost = isinstance(error, RetryAfter | NetworkError) and not isinstance(error, BadRequest)
    return lost or type(error) is TelegramError
