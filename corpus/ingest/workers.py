"""Reading processes: as many as are allowed and needed, each killed and replaced when a file is too much for it."""

from __future__ import annotations

import asyncio
import io
import pickle
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import is_dataclass
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, Self

from corpus import readers
from corpus.children import environment
from corpus.cleaning import Edges
from corpus.errors import CorpusError
from corpus.ingest.preparing import Failed, Job, Outcome, Preparer
from corpus.ingest.worker import HEADER, Orders
from corpus.readers.limits import shown

FEW = 8
"""So many light files are read in this process before others are started, which takes a second."""
LIGHT = frozenset({".txt", ".text", ".md", ".markdown"})
LIGHT_BYTES = 512 * 1024
START_SECONDS = 120.0
STREAM_BYTES = 4 * 1024 * 1024


class Workers:
    """Read files in other processes, at most *most* at a time; open it with ``async with``.

    A few small files of plain text are read right here. Everything else is read in a process that is limited in
    memory and, for each file (or file of an archive), in time: whatever happens to it is that file's failure.
    """

    def __init__(self, orders: Orders, preparer: Preparer, *, most: int) -> None:
        self._orders = orders
        self._preparer = preparer
        self._most = asyncio.Semaphore(most)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._here = 0
        self._reading_here = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(worker.end() for worker in self._all))

    async def outcomes(self, job: Job, *, size: int) -> list[Outcome | bytes]:
        """Prepare a file of *size* bytes; an outcome may come as it was sent, for ``opened`` to unpack when needed."""
        suffix = PurePath(job.name).suffix.lower()
        if suffix not in readers.suffixes():  # it is refused without being read
            return list(self._preparer.outcomes(job))
        light = suffix in LIGHT and size <= LIGHT_BYTES
        if light and self._here < FEW and not self._all:
            self._here += 1
            async with self._reading_here:
                return list(await asyncio.to_thread(lambda: list(self._preparer.outcomes(job))))
        async with self._most:
            return await self._elsewhere(job)

    async def glances(self, job: Job, *, size: int) -> list[Edges]:
        """Take the edges of a file of *size* bytes, or of the first files of an archive; none of what fails."""
        if PurePath(job.name).suffix.lower() in LIGHT and size <= LIGHT_BYTES:
            return await asyncio.to_thread(lambda: list(self._preparer.glances(job)))
        async with self._most:
            came = await self._elsewhere(job)
        unpacked: list[object] = [_unpacked(each) for each in came if isinstance(each, bytes)]
        return [each for each in unpacked if isinstance(each, Edges)]

    async def _elsewhere(self, job: Job) -> list[Outcome | bytes]:
        came: list[Outcome | bytes] = []
        worker = self._idle.pop() if self._idle else self._another()
        try:
            async for outcome in worker.outcomes(job):
                came.append(outcome)
        except _Ended as ended:
            came.append(Failed(job.name, f"{shown(job.name)}: {ended}", ended.seconds))
        except BaseException:
            await self._drop(worker)
            raise
        if worker.is_alive:
            self._idle.append(worker)
        else:
            await self._drop(worker)
        return came

    def _another(self) -> _Worker:
        worker = _Worker(self._orders, expected=self._preparer.analyzer.fingerprint)
        self._all.add(worker)
        return worker

    async def _drop(self, worker: _Worker) -> None:
        await worker.end()
        self._all.discard(worker)


def opened(outcome: Outcome | bytes) -> Outcome:
    """Unpack what a reading process sent. Raises CorpusError where it is nothing of ours."""
    if not isinstance(outcome, bytes):
        return outcome
    unpacked: Outcome = _unpacked(outcome)
    return unpacked


def _unpacked(sent: bytes) -> Any:
    try:
        return _Nouns(io.BytesIO(sent)).load()
    except pickle.UnpicklingError as error:
        raise CorpusError("a reading process was taken over by what it read; find out which file it was") from error


class _Nouns(pickle.Unpickler):
    """Unpack our own nouns and nothing else: a file that takes its reading process over gets no further."""

    def find_class(self, module: str, name: str) -> Any:
        found = getattr(sys.modules.get(module), name, None) if module.split(".", maxsplit=1)[0] == "corpus" else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no noun of ours")


class _Ended(Exception):
    """Say, in words for people, that a reading process is no more, and after how many *seconds* of work."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class _Worker:
    """Keep one reading process."""

    def __init__(self, orders: Orders, *, expected: str) -> None:
        self._orders = orders
        self._expected = expected
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _start(self) -> None:
        """Start it and wait until its dictionaries are in. Raises _Ended."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # or a file beside the reports that is named like a library would be run
            "-c",
            "from corpus.ingest.worker import main; main()",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            limit=STREAM_BYTES,
        )
        said = await self._next(pickle.dumps(self._orders), START_SECONDS)
        if said.decode() != self._expected:
            raise CorpusError("the reading processes tokenize otherwise than this one; is an upgrade under way?")

    async def outcomes(self, job: Job) -> AsyncIterator[bytes]:
        """Have a file prepared. Raises _Ended where it, or one file of an archive, is too much for the process."""
        if self._process is None:
            await self._start()
        sent: bytes | None = pickle.dumps(job)
        limit = self._orders.seconds or None
        while outcome := await self._next(sent, limit):
            yield outcome
            sent = None

    async def end(self) -> None:
        """End it, whatever it is doing."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        # To the end of the pipe: the transport is closed when both ends are.
        if self._process.stdout:
            await self._process.stdout.read()
        await self._process.wait()

    async def _next(self, sent: bytes | None, seconds: float | None) -> bytes:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise _Ended("the reading process did not start.")
        try:
            async with asyncio.timeout(seconds):
                if sent is not None:
                    process.stdin.write(HEADER.pack(len(sent)) + sent)
                    await process.stdin.drain()
                size = HEADER.unpack(await process.stdout.readexactly(HEADER.size))[0]
                return await process.stdout.readexactly(size)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise _Ended(
                f"reading it took longer than {seconds:g} seconds; split the file or raise ingest.file_seconds.",
                seconds or 0.0,
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await process.wait()
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            raise _Ended(
                f"the process that read it ended ({how}); the file may be damaged, or need more than"
                " ingest.memory_bytes: open it and save it anew."
            ) from None
