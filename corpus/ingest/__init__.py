"""From files to passages that can be found: the way of one document, and of thousands.

Files are read ahead, several at a time, and stored one after the other in the order they were found: what is in the
store at the end, and what is said of each file, does not depend on how many processes read. A report is stored in one
transaction, so an ingest may end at any moment; the next one passes over what is there by its digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from corpus import readers
from corpus.analysis import Analyzer
from corpus.cleaning import NoiseRule
from corpus.errors import ReadError
from corpus.ingest import results
from corpus.ingest.comparing import Comparer
from corpus.ingest.finding import Found, digest_of, find_files
from corpus.ingest.learning import Learning
from corpus.ingest.preparing import Failed, Job, Outcome, Preparer, Recipe, analyzer_with
from corpus.ingest.results import IngestResult, Status
from corpus.ingest.watching import Watch
from corpus.ingest.worker import Orders
from corpus.ingest.workers import Workers, opened
from corpus.model import Reading, ReportId
from corpus.readers import ReadLimits
from corpus.store import Member, OutOfDate, Passages, Readings, Reports, WordingStore

__all__ = ["Found", "IngestResult", "Ingester", "Status", "Watch", "analyzer_with", "find_files"]


@dataclass(frozen=True, slots=True)
class _Read:
    """Hold what came of reading a file: what is said already, and reports to be stored. *archive* is its
    name, its digest and what it was read with, where it is an archive whose files are to be remembered."""

    told: Sequence[IngestResult] = ()
    outcomes: Sequence[Outcome | bytes] = ()
    archive: tuple[str, str, str] | None = None


class Ingester:
    """Take files into the store, one transaction each.

    *open_analyzer* makes, in another process, an analyzer equal to *analyzer*. *processes* read at most (0: as many
    as there are cores), each with *memory_bytes* to spare and *file_seconds* a file (0: no limit).
    """

    def __init__(
        self,
        *,
        reports: Reports,
        passages: Passages,
        readings: Readings,
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
        self._readings = readings
        self._learning = Learning(readings, most_bytes=limits.bytes)
        self._analyzer = analyzer
        self._limits = limits
        self._noise_share = noise_share
        recipe = Recipe(open_analyzer, tuple(rules), limits)
        self._rules = recipe.fingerprint
        self._preparer = Preparer(recipe, analyzer=analyzer)
        self._orders = Orders(recipe, memory_bytes, file_seconds)
        # An archive's files may fail for what the settings say.
        self._bounds = hashlib.sha256(repr((self._rules, limits)).encode()).hexdigest()[:16]
        self._processes = processes or _cores()
        self._comparer = Comparer(wordings=wordings, passages=passages, analyzer=analyzer)
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
        # What was beside it when it was taken in, or was learned from its folder, goes on to hold.
        known = await self._readings.of_file(name)
        job = Job(name, content=content)
        if known:
            job = replace(job, corrections=known.corrections, furniture=known.furniture)
        async with Workers(self._orders, self._preparer, most=1) as workers:
            if _is_archive(name):
                digest = hashlib.sha256(content).hexdigest()
                job = await self._with_furniture(job, digest, len(content), workers, keep=not dry_run)
            outcomes = await workers.outcomes(job, size=len(content))
        told = [await self._take(await asyncio.to_thread(opened, one), dry_run=dry_run) for one in outcomes]
        return next((result for result in told if result.status == "failed"), told[-1])

    async def watch(
        self, folder: Path, stop: asyncio.Event, *, gone: Callable[[str], None] = lambda _: None
    ) -> AsyncGenerator[IngestResult]:
        """Take in a folder, then whatever comes into it or changes in it, until *stop* is set.

        A file that is still being written is waited for. A file that goes leaves its report in place; *gone* is called
        with its name.
        """
        async with aclosing(Watch(folder, gone=gone).batches(stop)) as batches:
            async for found in batches:
                async with aclosing(self._ingest(found, dry_run=False)) as results:
                    async for result in results:
                        yield result

    async def _ingest(self, found: Iterable[Found], *, dry_run: bool) -> AsyncGenerator[IngestResult]:
        if not dry_run:
            await self._comparer.catch_up()
        found = list(found)
        self._learning.expect(found)
        ahead: deque[asyncio.Task[_Read]] = deque()
        async with Workers(self._orders, self._preparer, most=self._processes) as workers:
            try:
                for file in found:
                    ahead.append(asyncio.create_task(self._read(file, workers, keep=not dry_run)))
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

    async def _read(self, file: Found, workers: Workers, *, keep: bool) -> _Read:
        """Read a file, unless it is refused or held already, read with just what it would be read with now."""
        if file.refusal:
            return _Read([IngestResult(file.name, "failed", error=file.refusal)])
        started = time.monotonic()
        size, digest = await asyncio.to_thread(digest_of, file.path, self._limits.bytes)
        try:
            corrections = await asyncio.to_thread(readers.corrections, file.path, name=file.name)
        except ReadError as error:
            return _Read([IngestResult(file.name, "failed", error=str(error))])
        job = Job(file.name, path=file.path, corrections=corrections)
        if digest and _is_archive(file.name):
            # Corrections beside an archive go for all of its files that have none of their own.
            rules = hashlib.sha256(repr((self._bounds, corrections)).encode()).hexdigest()[:16]
            members = await self._readings.archive(file.name, digest=digest, rules=rules)
            if members is not None:
                return _Read([await self._again(member) for member in members])
            job = await self._with_furniture(job, digest, size, workers, keep=keep)
            return _Read(outcomes=await workers.outcomes(job, size=size), archive=(file.name, digest, rules))
        furniture = await self._learning.of_folder(file.path.parent, workers, keep=keep)
        if furniture is None:
            known = await self._readings.of_file(file.name)
            furniture = known.furniture if known else ()
        if digest:
            reading = Reading(self._rules, corrections, furniture)
            status, held = await self._reports.status(file=file.name, digest=digest, reading=reading)
            if status == "unchanged" and held:
                return _Read([await self._unchanged(file.name, held, time.monotonic() - started)])
        return _Read(outcomes=await workers.outcomes(replace(job, furniture=furniture), size=size))

    async def _with_furniture(self, job: Job, digest: str, size: int, workers: Workers, *, keep: bool) -> Job:
        glance = replace(job, glance=True)
        return replace(job, furniture=await self._learning.of_archive(glance, digest, size, workers, keep=keep))

    async def _again(self, member: Member) -> IngestResult:
        """Tell of a file of an archive that has not changed what became of it."""
        if member.report is None:
            return IngestResult(member.name, "failed", error=member.error)
        return await self._unchanged(member.name, member.report, 0.0)

    async def _stored(self, read: _Read, *, dry_run: bool) -> AsyncGenerator[IngestResult]:
        for result in read.told:
            yield result
        outcomes = list(read.outcomes)
        members, lasting = [], True
        for n in range(len(outcomes)):
            outcome = await asyncio.to_thread(opened, outcomes[n])
            outcomes[n] = b""  # an archive's reports need not all be held until the last is stored
            result = await self._take(outcome, dry_run=dry_run)
            members.append(Member(result.file, result.report, result.error))
            lasting = lasting and (not isinstance(outcome, Failed) or outcome.lasting)
            yield result
        if read.archive and lasting and not dry_run:
            file, digest, rules = read.archive
            await self._readings.keep_archive(file, members, digest=digest, rules=rules)

    async def _take(self, outcome: Outcome, *, dry_run: bool) -> IngestResult:
        """Store what was prepared. Writing waits for nobody: what is read ahead is read meanwhile."""
        started = time.monotonic()
        if isinstance(outcome, Failed):
            return results.failed(outcome)
        parsed = outcome.parsed
        async with self._storing:
            status, held = await self._reports.status(
                file=parsed.report.file, digest=outcome.digest, reading=outcome.reading
            )
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
                        reading=outcome.reading,
                    )
                except OutOfDate:  # another program stored a report meanwhile
                    continue
                break
        seconds = outcome.seconds + time.monotonic() - started
        return results.taken(outcome, status, likeness, seconds=seconds, noise_share=self._noise_share)

    async def _unchanged(self, name: str, report_id: ReportId, seconds: float) -> IngestResult:
        return results.unchanged(name, await self._reports.holding(report_id), seconds=seconds)


def _is_archive(name: str) -> bool:
    return PurePath(name).suffix.lower() in readers.ARCHIVES


def _cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
