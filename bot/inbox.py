"""Updates on their way in: written down before Telegram is told that they arrived, crossed off once dealt with."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application

from bot import logs
from bot.turns import Turns
from corpus.errors import StoreError
from corpus.store import Conversations

log = logging.getLogger(__name__)

# What could not be sent is worked on again after so many seconds, twice as many the next time, for about an hour.
FIRST_PAUSE, LONGEST_PAUSE, MOST_TRIES = 2.0, 60.0, 70
# How long a bot that is told to stop goes on answering; what is left then is answered by the next run.
GRACE_SECONDS = 20.0


class Inbox(asyncio.Queue[object]):
    """Pass each update on once, also across restarts.

    python-telegram-bot acknowledges an update as soon as it stands in this queue; so ``put`` keeps it in the store
    first, and drops one that was received before. While the store cannot be written to (a full disk), nothing is
    acknowledged and Telegram keeps what is to come.
    """

    def __init__(self, conversations: Conversations) -> None:
        super().__init__()
        self._conversations = conversations
        self.is_stuck = False

    async def put(self, item: object) -> None:
        """Keep an update and pass it on; anything else is passed on as it is."""
        if isinstance(item, Update):
            # In ASCII: half of a surrogate pair, which JSON can hold and SQLite cannot, would end the polling.
            body = json.dumps(item.to_dict())
            if not await self._receive(item.update_id, body):
                return
        await super().put(item)

    async def take_up(self, update: Update) -> None:
        """Pass on an update that is kept already."""
        await super().put(update)

    async def _receive(self, update_id: int, body: str) -> bool:
        pause = FIRST_PAUSE
        while True:
            try:
                received = await self._conversations.receive(update_id, body)
            except StoreError as error:
                self.is_stuck = True
                # An error would end the library's polling for good.
                log.error("no update can be received: %s", error)  # noqa: TRY400 - it is a sentence, without a trace
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self.is_stuck = False
                return received

    async def take_up_unfinished(self, bot: Bot) -> int:
        """Pass on what was received before a crash and not dealt with; return how many they are."""
        bodies = await self._conversations.unfinished()
        for body in bodies:
            await super().put(Update.de_json(json.loads(body), bot))
        return len(bodies)


class CrossingOff(Application[Any, Any, Any, Any, Any, Any]):
    """An application that crosses an update off the inbox once it was dealt with, well or badly.

    One whose answer could not be found or sent (``put_off``) stays in the inbox and is worked on again; should the
    program end meanwhile, the next one takes it up.
    """

    inbox_of: Conversations
    turns: Turns

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._tries: dict[int, int] = {}
        self._put_off: set[int] = set()
        self._waiting: set[asyncio.Task[None]] = set()
        self._said = 0.0

    @property
    def waiting(self) -> int:
        """Count the updates that are put off."""
        return len(self._waiting)

    @property
    def is_stuck(self) -> bool:
        """Tell whether nothing can be received just now, since the store takes nothing."""
        return isinstance(self.update_queue, Inbox) and self.update_queue.is_stuck

    def tries(self, update: Update) -> int:
        """Count how often *update* was put off so far."""
        return self._tries.get(update.update_id, 0)

    def put_off(self, update: Update, *, why: str, most: float = MOST_TRIES) -> None:
        """Work on *update*, which is being worked on, again later; said in the log once a minute at most."""
        tries = self._tries[update.update_id] = self.tries(update) + 1
        if tries < most:
            self._put_off.add(update.update_id)
        now = asyncio.get_running_loop().time()
        if not self._said or now - self._said > LONGEST_PAUSE:
            self._said = now
            log.warning("an answer could not be given (%s); trying again", why)

    async def process_update(self, update: object) -> None:
        """Work on one update, then cross it off; what is logged meanwhile bears its number."""
        if not isinstance(update, Update):
            await super().process_update(update)
            return
        with logs.about(update=update.update_id):
            await super().process_update(update)
            if update.update_id in self._put_off:
                self._put_off.discard(update.update_id)
                task = asyncio.create_task(self._take_up_later(update))
                self._waiting.add(task)
                task.add_done_callback(self._waiting.discard)
            else:
                self._tries.pop(update.update_id, None)
                await self.inbox_of.done(update.update_id)

    async def stop(self) -> None:
        """Stop once all that was received is dealt with, or after a while; leave the rest, and what is put off."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        stopping = asyncio.ensure_future(super().stop())
        await asyncio.wait({stopping}, timeout=GRACE_SECONDS)
        if not stopping.done():
            log.warning("stopping with %d updates unanswered; the next run answers them", self.turns.send_home())
        await stopping

    async def _take_up_later(self, update: Update) -> None:
        doubled = min(self.tries(update) - 1, 20)
        await asyncio.sleep(min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE))
        if isinstance(self.update_queue, Inbox):
            await self.update_queue.take_up(update)
