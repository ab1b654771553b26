"""Keep up with a folder: tell which files came or changed, once nobody is writing to them any more."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from watchfiles import awatch

from corpus.ingest.finding import Found, find_files, found_in

Look = tuple[int, int]
"""The size and the time of the last change (nanoseconds) of a file."""


class Watch:
    """Watch one *folder*; a file is told of when it has not changed for *quiet* seconds."""

    def __init__(self, folder: Path, *, quiet: float = 1.0) -> None:
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link to the folder
        self._quiet = quiet
        self._told: dict[Path, Look] = {}
        self._waiting: dict[Path, tuple[Look, float]] = {}

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
        look = _look(path)
        if look and look != self._told.get(path) and path not in self._waiting:
            self._waiting[path] = (look, time.monotonic())

    def _ready(self) -> list[Found]:
        ready = []
        for path, (seen, since) in sorted(self._waiting.items()):
            look = _look(path)
            if look is None:  # gone before it was read
                del self._waiting[path]
            elif look != seen:
                self._waiting[path] = (look, time.monotonic())
            elif time.monotonic() - since >= self._quiet:
                del self._waiting[path]
                self._told[path] = look
                found = found_in(self._folder, path)
                if found:
                    ready.append(found)
        return ready


def _look(path: Path) -> Look | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
