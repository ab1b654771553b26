"""From files to passages that can be found: the way of one document."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus import readers
from corpus.analysis import Analyzer
from corpus.cleaning import NoiseRule, clean
from corpus.errors import CorpusError, ReadError
from corpus.model import Noise, Parsed, ReportId, Source
from corpus.readers import ReadLimits
from corpus.store import Reports
from corpus.structure import parse

Status = Literal["added", "unchanged", "replaced", "failed"]


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Tell what became of one file.

    *noise_sample* are the longest pieces taken out. *warnings* are for people; *error* says why a file failed, and
    what to do.
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold a report that was read and tokenized, ready to be stored."""

    parsed: Parsed
    terms: tuple[tuple[str, ...], ...]
    digest: str


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Walk files and folders, in order; yield each file with the name to record: its path below the folder given.

    Hidden files are passed over. A path that is not there is yielded as it is; reading it will say so.
    """
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    file = Path(folder, name)
                    yield file, file.relative_to(path).as_posix()


class Ingester:
    """Take files into the store, one transaction each."""

    def __init__(
        self,
        *,
        reports: Reports,
        analyzer: Analyzer,
        rules: Sequence[NoiseRule],
        limits: ReadLimits,
        noise_share: float,
    ) -> None:
        self._reports = reports
        self._analyzer = analyzer
        self._rules = tuple(rules)
        self._limits = limits
        self._noise_share = noise_share

    async def ingest(self, paths: Iterable[Path], *, dry_run: bool = False) -> AsyncIterator[IngestResult]:
        """Take in files and folders; yield a result a file, in order. A file that fails stops nothing."""
        for path, name in await asyncio.to_thread(lambda: list(find_files(paths))):
            yield await self._one(path, name, dry_run=dry_run)

    async def ingest_bytes(self, content: bytes, *, name: str, dry_run: bool = False) -> IngestResult:
        """Take in a file that was sent."""
        started = time.monotonic()
        try:
            source = await asyncio.to_thread(readers.parse_bytes, content, name=name, limits=self._limits)
            return await self._take(source, started, dry_run=dry_run)
        except CorpusError as error:
            return IngestResult(name, "failed", error=str(error), seconds=time.monotonic() - started)

    async def _one(self, path: Path, name: str, *, dry_run: bool) -> IngestResult:
        started = time.monotonic()
        try:
            digest = await asyncio.to_thread(_digest, path)
            status, held = await self._reports.status(file=name, digest=digest) if digest else ("added", None)
            if status == "unchanged" and held:
                return await self._unchanged(name, held, started)
            source = await asyncio.to_thread(readers.read, path, name=name, limits=self._limits)
            return await self._take(source, started, dry_run=dry_run)
        except CorpusError as error:
            return IngestResult(name, "failed", error=str(error), seconds=time.monotonic() - started)

    async def _take(self, source: Source, started: float, *, dry_run: bool) -> IngestResult:
        status, held = await self._reports.status(file=source.name, digest=source.digest)
        if status == "unchanged" and held:
            return await self._unchanged(source.name, held, started)
        prepared = await asyncio.to_thread(self.prepare, source)
        if not dry_run:
            status = await self._reports.add(
                prepared.parsed, prepared.terms, digest=prepared.digest, analyzer=self._analyzer.fingerprint
            )
        parsed = prepared.parsed
        noise = sum(len(piece.text) for piece in parsed.noise)
        return IngestResult(
            file=source.name,
            status=status,
            report=parsed.report.id,
            title=parsed.report.title,
            articles=len(parsed.articles),
            passages=len(parsed.passages),
            characters=len(parsed.text),
            noise_characters=noise,
            noise_sample=_sample(parsed.noise),
            seconds=time.monotonic() - started,
            warnings=self._warnings(parsed, noise),
        )

    def prepare(self, source: Source) -> Prepared:
        """Clean, parse and tokenize a source; pure, and the part that takes time. Raises ReadError."""
        parsed = parse(clean(source, self._rules))
        if not parsed.passages:
            raise ReadError(f"{source.name}: holds no paragraph of text; nothing in it could be quoted")
        terms = tuple(map(tuple, self._analyzer.report_terms(parsed.passages)))
        return Prepared(parsed, terms, source.digest)

    async def _unchanged(self, name: str, report_id: ReportId, started: float) -> IngestResult:
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
            seconds=time.monotonic() - started,
        )

    def _warnings(self, parsed: Parsed, noise: int) -> tuple[str, ...]:
        share = noise / max(1, len(parsed.text))
        if share <= self._noise_share:
            return ()
        return (f"{share:.0%} of the file was taken out as noise; see `yinju audit {parsed.report.id}`",)


def _sample(noise: Sequence[Noise]) -> tuple[Noise, ...]:
    """Choose the three longest pieces, in reading order: what somebody would want to see before they agree."""
    words = (n for n, piece in enumerate(noise) if len(piece.text) > 3)  # not the marks of a heading
    longest = sorted(words, key=lambda n: len(noise[n].text), reverse=True)[:3]
    return tuple(noise[n] for n in sorted(longest))


def _digest(path: Path) -> str | None:
    """Hash a file's bytes; None where it cannot be read, which the reader will say better."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
