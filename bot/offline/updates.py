"""What waits for the bot: numbered, repeated until confirmed, handed to one listener at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.offline.nouns import Json, Refusal

KEPT_SECONDS = 24 * 60 * 60
# Telegram sends these only to a bot that asks for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Bell:
    """Wake everybody who waits; unlike asyncio.Event it may outlive an event loop, so a bot can be started anew."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done() and not future.get_loop().is_closed():
                future.set_result(None)

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait for the next ring, at most *seconds*; return whether it rang."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True


class Updates:
    """Keep the updates that the bot has not confirmed; *bell* rings whenever that changes."""

    def __init__(self, clock: Callable[[], float], bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._pending: list[tuple[float, Json]] = []
        self._next_id = 1_000_001
        self._allowed: frozenset[str] | None = None
        self._poller: object | None = None
        self.webhook: Json | None = None

    @property
    def pending(self) -> list[Json]:
        """List what the bot has not confirmed, oldest first."""
        oldest = self._clock() - KEPT_SECONDS
        self._pending = [(at, update) for at, update in self._pending if at >= oldest]
        return [update for _, update in self._pending]

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants: an empty list is the default set, None leaves things as they were."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    def add(self, kind: str, content: Json) -> int | None:
        """Add an update and return its id, or None where the bot did not ask for this kind."""
        wanted = kind in self._allowed if self._allowed else kind not in ON_REQUEST
        if not wanted:
            return None
        update_id = self._next_id
        self._next_id += 1
        self._pending.append((self._clock(), {"update_id": update_id, kind: content}))
        self._bell.ring()
        return update_id

    def confirm(self, below: int) -> None:
        """Forget every update with an id *below* this one."""
        before = len(self._pending)
        self._pending = [(at, update) for at, update in self._pending if update["update_id"] >= below]
        if len(self._pending) != before:
            self._bell.ring()

    def repeat(self, update: Json) -> None:
        """Put *update* in the queue once more under the same id, as Telegram now and then does."""
        self._pending.append((self._clock(), update))
        self._bell.ring()

    def drop(self) -> None:
        """Forget every update."""
        self.confirm(self._next_id)

    async def poll(self, *, offset: int = 0, limit: int = 100, seconds: float = 0) -> list[Json]:
        """Answer ``getUpdates``: what is pending, or what comes within so many *seconds*.

        A second poll ends the first with 409 Conflict, and an active webhook forbids polling.
        """
        if self.webhook:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        if self._poller:
            self._bell.ring()
        me = self._poller = object()
        if offset < 0:
            pending = self.pending[offset:]
            offset = pending[0]["update_id"] if pending else 0
        self.confirm(offset)
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            while True:
                if self._poller is not me:
                    raise Refusal(
                        409,
                        "Conflict: terminated by other getUpdates request; make sure that only one bot instance "
                        "is running",
                    )
                waits = deadline - asyncio.get_running_loop().time()
                if (pending := self.pending) or waits <= 0:
                    return pending[: max(1, min(limit, 100))]
                await self._bell.wait(waits)
        finally:
            if self._poller is me:
                self._poller = None
