"""Learn what the files of a folder, or of an archive, print at their edges, before they are read."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from corpus import readers
from corpus.cleaning import FEWEST, learn
from corpus.ingest.finding import Found, digest_of
from corpus.ingest.preparing import SAMPLE, STATE, Job
from corpus.ingest.workers import Workers
from corpus.store import Readings


class Learning:
    """Learn furniture, once for each state of a folder.

    What is learned depends on the files alone: on a sample of them, chosen by their names. So it is the same however
    often an ingest was interrupted; where a folder grows and other lines come up, its files are read anew with these.
    """

    def __init__(self, readings: Readings, *, most_bytes: int) -> None:
        self._readings = readings
        self._most_bytes = most_bytes
        self._samples: dict[Path, list[Found]] = {}
        self._known: dict[Path, tuple[str, ...]] = {}
        self._learning = asyncio.Lock()

    def expect(self, found: Iterable[Found]) -> None:
        """Take note of the files of a run; a folder of which only a few are given stays as it is known."""
        folders: defaultdict[Path, list[Found]] = defaultdict(list)
        for each in found:
            suffix = each.path.suffix.lower()
            if not each.refusal and suffix in readers.suffixes() and suffix not in readers.ARCHIVES:
                folders[each.path.parent].append(each)
        for folder, files in folders.items():
            if len(files) >= FEWEST:
                step = max(1.0, len(files) / SAMPLE)
                self._samples[folder] = [files[int(n * step)] for n in range(min(len(files), SAMPLE))]
                self._known.pop(folder, None)

    async def of_folder(self, folder: Path, workers: Workers, *, keep: bool) -> tuple[str, ...] | None:
        """Tell the furniture of a folder; None where too few of its files were given to learn any."""
        async with self._learning:
            if folder not in self._known and (sample := self._samples.get(folder)):
                looked = [await asyncio.to_thread(digest_of, each.path, self._most_bytes) for each in sample]
                present = [(each, size, digest) for each, (size, digest) in zip(sample, looked, strict=True) if digest]
                jobs = [(Job(each.name, path=each.path, glance=True), size) for each, size, _ in present]
                self._known[folder] = await self._learn([digest for *_, digest in present], jobs, workers, keep=keep)
            return self._known.get(folder)

    async def of_archive(self, job: Job, digest: str, size: int, workers: Workers, *, keep: bool) -> tuple[str, ...]:
        """Tell the furniture of the files of an archive."""
        return await self._learn([digest], [(job, size)], workers, keep=keep)

    async def _learn(
        self, digests: list[str], jobs: list[tuple[Job, int]], workers: Workers, *, keep: bool
    ) -> tuple[str, ...]:
        sample = hashlib.sha256(repr((STATE, digests)).encode()).hexdigest()
        known = await self._readings.learned(sample)
        if known is not None:
            return known
        glances = await asyncio.gather(*(workers.glances(job, size=size) for job, size in jobs))
        learned = learn([each for glance in glances for each in glance])
        if keep:
            await self._readings.keep_learned(sample, learned)
        return learned
