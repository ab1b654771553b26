"""What waits for the bot: numbered, repeated until confirmed, handed to one listener at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(slots=True)
class _Waiting:
    update: Json
    since: float
    repeated: bool = False
    handed_out: bool = False


class Updates:
    """Keep the updates that the bot has not confirmed; *bell* rings whenever that changes."""

    def __init__(self, clock: Callable[[], float], bell: Bell, *, first_id: int = 1) -> None:
        self._clock = clock
        self._bell = bell
        self._waiting: list[_Waiting] = []
        self.history: list[Json] = []
        self._next_id = first_id
        self._allowed: frozenset[str] | None = None
        self._poller: object | None = None
        self.webhook: Json | None = None

    @property
    def pending(self) -> list[Json]:
        """List what the bot has not confirmed, oldest first."""
        oldest = self._clock() - KEPT_SECONDS
        self._waiting = [one for one in self._waiting if one.since >= oldest]
        return [one.update for one in self._waiting]

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
        self.history.append({"update_id": update_id, kind: content})
        self._waiting.append(_Waiting(self.history[-1], self._clock()))
        self._bell.ring()
        return update_id

    def confirm(self, below: int) -> None:
        """Forget every update with an id *below* this one."""
        before = len(self._waiting)
        self._waiting = [
            one for one in self._waiting if not (one.handed_out if one.repeated else one.update["update_id"] < below)
        ]
        if len(self._waiting) != before:
            self._bell.ring()

    def hand_out(self, most: int) -> list[Json]:
        """Return the *most* oldest pending updates, which stay pending until they are confirmed."""
        pending = self.pending[:most]
        for one in self._waiting[:most]:
            one.handed_out = True
        return pending

    def repeat(self, update: Json) -> None:
        """Deliver an *update* of the history once more under the same id, confirmed or not, as now and then happens."""
        self._waiting.insert(0, _Waiting(update, self._clock(), repeated=True))
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
                if self.pending or waits <= 0:
                    return self.hand_out(max(1, min(limit, 100)))
                await self._bell.wait(waits)
        finally:
            if self._poller is me:
                self._poller = None
