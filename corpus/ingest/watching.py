"""Keep up with a folder: tell which files came or changed, once nobody is writing to them any more."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from watchfiles import awatch

from corpus.ingest.finding import Found, find_files, found_in
from corpus.readers.beside import ENDING, described, sidecar

Look = tuple[int, ...]
"""The size and the time of the last change (nanoseconds) of a file, and of the corrections beside it."""


class Watch:
    """Watch one *folder*; a file is told of when it has not changed for *quiet* seconds, and again when corrections
    come, change or go beside it. *gone* is called with the name of a file that is no longer there."""

    def __init__(self, folder: Path, *, quiet: float = 1.0, gone: Callable[[str], None] = lambda _: None) -> None:
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link to the folder
        self._quiet = quiet
        self._gone = gone
        self._told: dict[Path, Look] = {}
        self._waiting: dict[Path, tuple[Look | None, float]] = {}

    async def batches(self, stop: asyncio.Event) -> AsyncGenerator[list[Found]]:
        """Give the files of the folder, then those that come or change, until *stop* is set."""
        every = await asyncio.to_thread(lambda: list(find_files([self._folder])))
        self._told = {found.path: look for found in every if (look := _look(found.path))}
        yield every
        first = True
        # Twice in the time a file must be quiet the watch returns without news, to look at what is waited for.
        async for changes in awatch(
            self._folder,
            watch_filter=None,
            stop_event=stop,
            step=50,
            debounce=200,
            rust_timeout=max(50, int(self._quiet * 500)),
            yield_on_timeout=True,
            recursive=True,
        ):
            changed = [Path(name) for _, name in changes]
            if first:  # what changed before the watch began to look
                changed.append(self._folder)
                first = False
            for path in changed:
                await asyncio.to_thread(self._notice, path)
            ready = await asyncio.to_thread(self._ready)
            if ready:
                yield ready

    def _notice(self, path: Path) -> None:
        """Wait for a file that is not as it was told; of a folder (moved here, say) for every file in it."""
        if path.is_dir() and not path.is_symlink():
            for found in find_files([path]):
                self._notice(found.path)
            return
        if path.suffix == ENDING:
            for file in described(path):
                self._notice(file)
        look = _look(path)
        if look != self._told.get(path) and path not in self._waiting:
            self._waiting[path] = (look, time.monotonic())

    def _ready(self) -> list[Found]:
        ready = []
        for path, (seen, since) in sorted(self._waiting.items()):
            look = _look(path)
            if look != seen:
                self._waiting[path] = (look, time.monotonic())
            elif time.monotonic() - since >= self._quiet:
                del self._waiting[path]
                found = found_in(self._folder, path)
                if look:
                    self._told[path] = look
                    ready += [found] if found else []
                elif self._told.pop(path, None) and found:
                    self._gone(found.name)
        return ready


def _look(path: Path) -> Look | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    try:
        beside = found.lstat() if (found := sidecar(path)) else None
    except OSError:  # it went that very moment
        beside = None
    corrected = (beside.st_size, beside.st_mtime_ns) if beside else ()
    return status.st_size, status.st_mtime_ns, *corrected
