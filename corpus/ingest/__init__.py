"""From files to passages that can be found: the way of one document, and of thousands.

Files are read ahead, several at a time, and stored one after the other in the order they were found: what is in the
store at the end, and what is said of each file, does not depend on how many processes read. A report is stored in one
transaction, so an ingest may end at any moment; the next one passes over what is there by its digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from corpus.analysis import Analyzer
from corpus.cleaning import NoiseRule
from corpus.ingest.comparing import Comparer, Likeness
from corpus.ingest.finding import Found, find_files
from corpus.ingest.preparing import Failed, Job, Outcome, Prepared, Preparer, Recipe, analyzer_with
from corpus.ingest.watching import Watch
from corpus.ingest.worker import Orders
from corpus.ingest.workers import Workers, opened
from corpus.model import Noise, ReportId
from corpus.readers import ReadLimits
from corpus.store import OutOfDate, Reports, WordingStore

__all__ = ["Found", "IngestResult", "Ingester", "Watch", "analyzer_with", "find_files"]

Status = Literal["added", "unchanged", "replaced", "failed"]


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Tell what became of one file, or of one file of an archive.

    *duplicates* counts its passages that say what passages of other reports say. *noise_sample* are the
    longest pieces taken out. *warnings* are for people; *error*
    says why a file failed, and what to do.
    """

    file: str
    status: Status
    report: ReportId | None = None
    title: str | None = None
    articles: int = 0
    passages: int = 0
    characters: int = 0
    noise_characters: int = 0
    noise_sample: tuple[Noise, ...] = ()
    duplicates: int = 0
    seconds: float = 0.0
    error: str | None = None
    warnings: tuple[str, ...] = ()


Read = IngestResult | list[Outcome | bytes]
"""What came of reading a file: a result where there is nothing left to do, or reports to be stored."""


class Ingester:
    """Take files into the store, one transaction each.

    *open_analyzer* makes, in another process, an analyzer equal to *analyzer*. *processes* read at most (0: as many
    as there are cores), each with *memory_bytes* to spare and *file_seconds* a file (0: no limit).
    """

    def __init__(
        self,
        *,
        reports: Reports,
        wordings: WordingStore,
        analyzer: Analyzer,
        open_analyzer: Callable[[], Analyzer],
        rules: Sequence[NoiseRule],
        limits: ReadLimits,
        noise_share: float,
        processes: int = 0,
        file_seconds: float = 0,
        memory_bytes: int = 0,
    ) -> None:
        self._reports = reports
        self._analyzer = analyzer
        self._limits = limits
        self._noise_share = noise_share
        recipe = Recipe(open_analyzer, tuple(rules), limits)
        self._preparer = Preparer(recipe, analyzer=analyzer)
        self._orders = Orders(recipe, memory_bytes, file_seconds)
        self._processes = processes or _cores()
        self._comparer = Comparer(wordings=wordings, reports=reports, analyzer=analyzer)
        self._storing = asyncio.Lock()

    @cached_property
    def _fingerprint(self) -> str:
        # It names the versions of libraries, which takes seven milliseconds to find out.
        return self._analyzer.fingerprint

    async def ingest(self, paths: Iterable[Path], *, dry_run: bool = False) -> AsyncGenerator[IngestResult]:
        """Take in files and folders; yield a result a file, in order. A file that fails stops nothing."""
        found = await asyncio.to_thread(lambda: list(find_files(paths)))
        # Closed here and now when nobody listens any more, and not when the garbage is collected.
        async with aclosing(self._ingest(found, dry_run=dry_run)) as results:
            async for result in results:
                yield result

    async def ingest_bytes(self, content: bytes, *, name: str, dry_run: bool = False) -> IngestResult:
        """Take in a file that was sent; of an archive's files the last one is told, or the first that failed."""
        if not dry_run:
            await self._comparer.catch_up()
        async with Workers(self._orders, self._preparer, most=1) as workers:
            outcomes = await workers.outcomes(Job(name, content=content), size=len(content))
        results = [await self._take(opened(outcome), dry_run=dry_run) for outcome in outcomes]
        return next((result for result in results if result.status == "failed"), results[-1])

    async def watch(self, folder: Path, stop: asyncio.Event) -> AsyncGenerator[IngestResult]:
        """Take in a folder, then whatever comes into it or changes in it, until *stop* is set.

        A file that is still being written is waited for. A file that goes leaves its report in place.
        """
        async with aclosing(Watch(folder).batches(stop)) as batches:
            async for found in batches:
                async with aclosing(self._ingest(found, dry_run=False)) as results:
                    async for result in results:
                        yield result

    async def _ingest(self, found: Iterable[Found], *, dry_run: bool) -> AsyncGenerator[IngestResult]:
        if not dry_run:
            await self._comparer.catch_up()
        ahead: deque[asyncio.Task[Read]] = deque()
        async with Workers(self._orders, self._preparer, most=self._processes) as workers:
            try:
                for file in found:
                    ahead.append(asyncio.create_task(self._read(file, workers)))
                    if len(ahead) > 8 * self._processes:
                        async for result in self._stored(await ahead.popleft(), dry_run=dry_run):
                            yield result
                while ahead:
                    async for result in self._stored(await ahead.popleft(), dry_run=dry_run):
                        yield result
            finally:
                for task in ahead:
                    task.cancel()
                await asyncio.gather(*ahead, return_exceptions=True)

    async def _read(self, file: Found, workers: Workers) -> Read:
        """Read a file, unless it is refused or held already."""
        if file.refusal:
            return IngestResult(file.name, "failed", error=file.refusal)
        started = time.monotonic()
        size, digest = await asyncio.to_thread(_digest, file.path, self._limits.bytes)
        if digest:
            status, held = await self._reports.status(file=file.name, digest=digest)
            if status == "unchanged" and held:
                return await self._unchanged(file.name, held, time.monotonic() - started)
        return await workers.outcomes(Job(file.name, path=file.path), size=size)

    async def _stored(self, read: Read, *, dry_run: bool) -> AsyncGenerator[IngestResult]:
        if isinstance(read, IngestResult):
            yield read
            return
        for n, outcome in enumerate(read):
            read[n] = b""  # an archive's reports need not all be held until the last is stored
            yield await self._take(opened(outcome), dry_run=dry_run)

    async def _take(self, outcome: Outcome, *, dry_run: bool) -> IngestResult:
        """Store what was prepared. Writing waits for nobody: what is read ahead is read meanwhile."""
        started = time.monotonic()
        if isinstance(outcome, Failed):
            return IngestResult(outcome.name, "failed", error=outcome.error, seconds=outcome.seconds)
        parsed = outcome.parsed
        async with self._storing:
            status, held = await self._reports.status(file=parsed.report.file, digest=outcome.digest)
            if status == "unchanged" and held:
                return await self._unchanged(parsed.report.file, held, outcome.seconds)
            besides = (parsed.report.id, *([held] if held else ()))
            while True:
                likeness = await self._comparer.compare(parsed.passages, outcome.wordings, besides=besides)
                if dry_run:
                    break
                try:
                    status = await self._reports.add(
                        parsed,
                        outcome.terms,
                        digest=outcome.digest,
                        analyzer=self._fingerprint,
                        compared=likeness.compared,
                    )
                except OutOfDate:  # another program stored a report meanwhile
                    continue
                break
        noise = sum(len(piece.text) for piece in parsed.noise)
        return IngestResult(
            file=parsed.report.file,
            status=status,
            report=parsed.report.id,
            title=parsed.report.title,
            articles=len(parsed.articles),
            passages=len(parsed.passages),
            characters=len(parsed.text),
            noise_characters=noise,
            noise_sample=_sample(parsed.noise),
            duplicates=likeness.repeated,
            seconds=outcome.seconds + time.monotonic() - started,
            warnings=tuple(self._warnings(outcome, noise, likeness)),
        )

    async def _unchanged(self, name: str, report_id: ReportId, seconds: float) -> IngestResult:
        held = await self._reports.holding(report_id)
        return IngestResult(
            file=name,
            status="unchanged",
            report=report_id,
            title=held.report.title,
            articles=held.articles,
            passages=held.passages,
            characters=held.characters,
            noise_characters=held.noise_characters,
            seconds=seconds,
        )

    def _warnings(self, prepared: Prepared, noise: int, likeness: Likeness) -> Iterable[str]:
        share = noise / max(1, len(prepared.parsed.text))
        if share > self._noise_share:
            yield f"{share:.0%} of the file was taken out as noise; see `yinju audit {prepared.parsed.report.id}`"
        if likeness.nearly:
            file, share = likeness.nearly
            yield f"this is nearly {file}: about {share:.0%} of the two is the same; keep both only if you mean to"


def _cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _digest(path: Path, limit: int) -> tuple[int, str | None]:
    """Tell a file's size and digest; no digest where it is no file or cannot be read, which the reader says better."""
    try:
        status = path.stat()
        # A pipe or a device would be waited for, and a file over the limit is refused without reading it.
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return status.st_size, None
        with path.open("rb") as file:
            return status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return 0, None


def _sample(noise: Sequence[Noise]) -> tuple[Noise, ...]:
    """Choose the three longest pieces, in reading order: what somebody would want to see before they agree."""
    words = (n for n, piece in enumerate(noise) if len(piece.text) > 3)  # not the marks of a heading
    longest = sorted(words, key=lambda n: len(noise[n].text), reverse=True)[:3]
    return tuple(noise[n] for n in sorted(longest))
