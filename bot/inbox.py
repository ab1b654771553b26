"""Updates on their way in: written down before Telegram is told that they arrived, crossed off once dealt with."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application

from bot import logs
from corpus.store import Conversations


class Inbox(asyncio.Queue[object]):
    """Pass each update on once, also across restarts.

    python-telegram-bot acknowledges an update as soon as it stands in this queue; so ``put`` keeps it in the store
    first, and drops one that was received before.
    """

    def __init__(self, conversations: Conversations) -> None:
        super().__init__()
        self._conversations = conversations

    async def put(self, item: object) -> None:
        """Keep an update and pass it on; anything else is passed on as it is."""
        if isinstance(item, Update):
            body = json.dumps(item.to_dict(), ensure_ascii=False)
            if not await self._conversations.receive(item.update_id, body):
                return
        await super().put(item)

    async def take_up_unfinished(self, bot: Bot) -> int:
        """Pass on what was received before a crash and not dealt with; return how many they are."""
        bodies = await self._conversations.unfinished()
        for body in bodies:
            await super().put(Update.de_json(json.loads(body), bot))
        return len(bodies)


class CrossingOff(Application[Any, Any, Any, Any, Any, Any]):
    """An application that crosses an update off the inbox once it was dealt with, well or badly."""

    inbox_of: Conversations

    async def process_update(self, update: object) -> None:
        """Work on one update, then cross it off; what is logged meanwhile bears its number."""
        if not isinstance(update, Update):
            await super().process_update(update)
            return
        with logs.about(update=update.update_id):
            await super().process_update(update)
            await self.inbox_of.done(update.update_id)
