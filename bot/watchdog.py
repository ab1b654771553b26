"""Notice when something holds the event loop, while it does: then it can be said what."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

_DEEPEST = 6
"""How many calls are named, the innermost last."""


@asynccontextmanager
async def watched(*, stall_seconds: float) -> AsyncIterator[None]:
    """Log every time the running event loop is held for more than *stall_seconds*, and what ran; 0 does not look."""
    if not stall_seconds:
        yield
        return
    watch = _Watch(asyncio.get_running_loop(), stall_seconds)
    watch.beat()
    thread = threading.Thread(target=watch.look, args=(threading.get_ident(),), name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watch.stop()
        await asyncio.to_thread(thread.join)


class _Watch:
    """Share the time of the last beat between the loop, which beats, and a thread, which looks."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stall_seconds: float) -> None:
        self._loop = loop
        self._stall = stall_seconds
        self._pause = stall_seconds / 4
        self._due = 0.0
        self._stopped = threading.Event()
        self._beating: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        """Come again soon; that the loop comes late is how it is known to be held."""
        self._due = time.monotonic() + self._pause
        self._beating = self._loop.call_later(self._pause, self.beat)

    def stop(self) -> None:
        """Beat and look no more."""
        self._stopped.set()
        if self._beating is not None:
            self._beating.cancel()

    def look(self, thread: int) -> None:
        """Look at the beats of a *thread* until ``stop``."""
        while not self._stopped.wait(self._pause):
            due = self._due
            if time.monotonic() - due < self._stall:
                continue
            ran = _ran(thread)
            while self._due == due and not self._stopped.wait(self._pause):
                pass
            log.warning("the event loop was held for %.0f ms by %s", (time.monotonic() - due) * 1000, ran)


def _ran(thread: int) -> str:
    """Name the calls that a thread is in, the innermost last."""
    frame = sys._current_frames().get(thread)
    calls = traceback.extract_stack(frame)[-_DEEPEST:] if frame else []
    return " > ".join(f"{call.name} ({call.filename.rpartition('/')[2]}:{call.lineno})" for call in calls)
