"""From one file to reports ready to be stored: the part that takes time, and knows neither store nor event loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from corpus import readers
from corpus.analysis import Analyzer
from corpus.cleaning import NoiseRule, clean
from corpus.duplicates import worded
from corpus.errors import ReadError
from corpus.model import Parsed, Source, Wordings
from corpus.readers import ReadLimits
from corpus.readers.limits import shown
from corpus.structure import parse


@dataclass(frozen=True, slots=True)
class Job:
    """Name a file to prepare: its *path*, or its *content* where it was sent; *name* is what it is recorded by."""

    name: str
    path: Path | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold a report that was read and tokenized: its *terms* are one text a passage, with blanks between them."""

    parsed: Parsed
    terms: tuple[str, ...]
    digest: str
    wordings: Wordings
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Say that a file, or one file of an archive, could not be read: why, and what to do."""

    name: str
    error: str
    seconds: float = 0.0


Outcome = Prepared | Failed


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say how files are prepared; goes to other processes, so it holds values and what makes an analyzer."""

    open_analyzer: Callable[[], Analyzer]
    rules: Sequence[NoiseRule]
    limits: ReadLimits


def analyzer_with(cache_dir: Path) -> Analyzer:
    """Open the analyzer that keeps its dictionary in *cache_dir*; a function, so that other processes know its name."""
    return Analyzer(cache_dir=cache_dir)


class Preparer:
    """Prepare files by one recipe, with an analyzer that stays open."""

    def __init__(self, recipe: Recipe, *, analyzer: Analyzer | None = None) -> None:
        self._recipe = recipe
        self.analyzer = analyzer or recipe.open_analyzer()

    def outcomes(self, job: Job) -> Iterator[Outcome]:
        """Prepare a file, or every file of an archive; at least one outcome comes, and nothing is raised."""
        started = time.monotonic()
        came = False
        try:
            for source in self._sources(job):
                came = True
                if isinstance(source, ReadError):
                    yield Failed(job.name, str(source), time.monotonic() - started)
                else:
                    yield self._outcome(source, started)
                started = time.monotonic()
        except Exception as error:  # whatever a file does to a reader, it is that file's failure
            yield _unexpected(job.name, error, time.monotonic() - started)
            return
        if not came:
            yield Failed(job.name, f"{shown(job.name)}: there is no file in it that could be read.")

    def _sources(self, job: Job) -> Iterator[Source | ReadError]:
        if PurePath(job.name).suffix.lower() not in readers.suffixes():
            # Nothing is read of a file that no reader takes, however large it is.
            return readers.parse_all(b"", name=job.name, limits=self._recipe.limits)
        if job.path is not None:
            return readers.read_all(job.path, name=job.name, limits=self._recipe.limits)
        return readers.parse_all(job.content or b"", name=job.name, limits=self._recipe.limits)

    def _outcome(self, source: Source, started: float) -> Outcome:
        try:
            parsed = parse(clean(source, self._recipe.rules))
            if not parsed.passages:
                error = f"{shown(source.name)}: there is no paragraph of text in it; nothing could be quoted."
                return Failed(source.name, error, time.monotonic() - started)
            terms = tuple(" ".join(bag) for bag in self.analyzer.report_terms(parsed.passages))
            wordings = worded([one.text for one in parsed.passages], fold=lambda text: self.analyzer.fold(text).text)
        except ReadError as error:
            return Failed(source.name, str(error), time.monotonic() - started)
        except Exception as error:  # as above: the other files of an archive go on
            return _unexpected(source.name, error, time.monotonic() - started)
        return Prepared(parsed, terms, source.digest, wordings, time.monotonic() - started)


def _unexpected(name: str, error: Exception, seconds: float) -> Failed:
    if isinstance(error, MemoryError):
        said = "reading it takes more memory than ingest.memory_bytes allows; split the file or raise the limit."
    else:
        said = f"reading it went wrong in a way nobody foresaw ({type(error).__name__}); save it in another format."
    return Failed(name, f"{shown(name)}: {said}", seconds)
