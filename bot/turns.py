"""Whose turn it is: so many updates of a chat at a time, and no more waiting than can be answered."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

log = logging.getLogger(__name__)

# Of the updates that may be in the house, a single chat may have this share.
SHARE = 0.1


class Turns(BaseUpdateProcessor):
    """Deal with *per_chat* updates of a chat at a time, others wait; chats do not wait for one another.

    At most *most* updates are in the house. One that comes when it is full, or when its chat has its share of it, is
    ``turned_away``: dealt with at once, for a handler to say so.
    """

    def __init__(self, *, per_chat: int, most: int) -> None:
        super().__init__(2 * most)
        self._per_chat = per_chat
        self._most = most
        self._chats: dict[int, asyncio.Semaphore] = {}
        self._in_the_house: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.turned_away: set[int] = set()

    @property
    def waiting(self) -> int:
        """Count the updates in the house."""
        return self._in_the_house.total()

    @property
    def is_full(self) -> bool:
        """Tell whether the next update is turned away, whichever chat it comes from."""
        return self.waiting >= self._most

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Deal with an update when it is its turn."""
        chat = _chat(update)
        if isinstance(update, Update) and (self.is_full or self._in_the_house[chat] >= max(1, self._most * SHARE)):
            self.turned_away.add(update.update_id)
            try:
                await coroutine
            finally:
                self.turned_away.discard(update.update_id)
            return
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._in_the_house[chat] += 1
        place = self._chats.setdefault(chat, asyncio.Semaphore(self._per_chat))
        try:
            async with place:
                await coroutine
        finally:
            self._in_the_house[chat] -= 1
            if not self._in_the_house[chat]:
                del self._in_the_house[chat], self._chats[chat]

    def send_home(self) -> int:
        """Give up on all that are in the house, and tell how many they are; the inbox keeps them for the next run."""
        for task in self._tasks:
            task.cancel()
        return len(self._tasks)


def _chat(update: object) -> int:
    if not isinstance(update, Update):
        return 0
    chat, user = update.effective_chat, update.effective_user
    return chat.id if chat else user.id if user else 0
