"""From one file to reports ready to be stored: the part that takes time, and knows neither store nor event loop."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from corpus import readers
from corpus.analysis import Analyzer
from corpus.cleaning import Edges, NoiseRule, clean, edges, furniture_rule
from corpus.duplicates import worded
from corpus.errors import CorpusError, ReadError, Why
from corpus.model import Corrections, Parsed, Reading, Source, Wordings
from corpus.readers import ReadLimits
from corpus.readers.limits import shown
from corpus.structure import correct, parse

STATE = 2
"""Counts changes of how files are read: raise it with one, and held files are read anew when they are given again."""
SAMPLE = 40
"""So many files of a folder, or of an archive, tell what most of them print at their edges."""


@dataclass(frozen=True, slots=True)
class Job:
    """Name a file to prepare: its *path*, or its *content* where it was sent; *name* is what it is recorded by.

    *corrections* stood beside it (the files of an archive bring their own), *furniture* was learned from its folder.
    With *glance* nothing but the edges of its text are wanted, of an archive those of the first files.
    """

    name: str
    path: Path | None = None
    content: bytes | None = None
    corrections: Corrections | None = None
    furniture: tuple[str, ...] = ()
    glance: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold a report that was read and tokenized: its *terms* are one text a passage, with blanks between them."""

    parsed: Parsed
    terms: tuple[str, ...]
    digest: str
    reading: Reading
    wordings: Wordings
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Say that a file, or one file of an archive, could not be read: why, and what to do.

    *lasting*: it would be the same another time.
    """

    name: str
    error: str
    seconds: float = 0.0
    lasting: bool = False
    why: Why = "unreadable"


Outcome = Prepared | Failed


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say how files are prepared; goes to other processes, so it holds values and what makes an analyzer."""

    open_analyzer: Callable[[], Analyzer]
    rules: Sequence[NoiseRule]
    limits: ReadLimits

    @property
    def fingerprint(self) -> str:
        """Name how files are read by this program with these rules."""
        rules = [(each.name, each.pattern.pattern, each.scope, each.raw) for each in self.rules]
        return hashlib.sha256(repr((STATE, rules)).encode()).hexdigest()[:16]


def analyzer_with(cache_dir: Path) -> Analyzer:
    """Open the analyzer that keeps its dictionary in *cache_dir*; a function, so that other processes know its name."""
    return Analyzer(cache_dir=cache_dir)


class Preparer:
    """Prepare files by one recipe, with an analyzer that stays open."""

    def __init__(self, recipe: Recipe, *, analyzer: Analyzer | None = None) -> None:
        self._recipe = recipe
        self._fingerprint = recipe.fingerprint
        self.analyzer = analyzer or recipe.open_analyzer()

    def outcomes(self, job: Job) -> Iterator[Outcome]:
        """Prepare a file, or every file of an archive; at least one outcome comes, and nothing is raised."""
        started = time.monotonic()
        came = False
        try:
            for source in self._sources(job):
                came = True
                if isinstance(source, ReadError):
                    yield Failed(job.name, str(source), time.monotonic() - started, lasting=True, why=source.why)
                else:
                    corrections = source.corrections or job.corrections
                    yield self._outcome(source, Reading(self._fingerprint, corrections, job.furniture), started)
                started = time.monotonic()
        except Exception as error:  # whatever a file does to a reader, it is that file's failure
            yield _unexpected(job.name, error, time.monotonic() - started)
            return
        if not came:
            nothing = f"{shown(job.name)}: there is no file in it that could be read."
            yield Failed(job.name, nothing, lasting=True, why="empty")

    def glances(self, job: Job) -> Iterator[Edges]:
        """Take the edges of a file, or of the first files of an archive; what cannot be read has none."""
        with suppress(Exception):
            for source in islice(self._sources(job), SAMPLE):
                if isinstance(source, Source):
                    yield edges(source)

    def _sources(self, job: Job) -> Iterator[Source | ReadError]:
        if PurePath(job.name).suffix.lower() not in readers.suffixes():
            # Nothing is read of a file that no reader takes, however large it is.
            return readers.parse_all(b"", name=job.name, limits=self._recipe.limits)
        if job.path is not None:
            return readers.read_all(job.path, name=job.name, limits=self._recipe.limits)
        return readers.parse_all(job.content or b"", name=job.name, limits=self._recipe.limits)

    def _outcome(self, source: Source, reading: Reading, started: float) -> Outcome:
        # What was learned is looked for first: it was learned from lines that no rule had touched.
        learned = (furniture_rule(reading.furniture),) if reading.furniture else ()
        try:
            parsed = parse(clean(source, (*learned, *self._recipe.rules)))
            if reading.corrections:
                parsed = correct(parsed, reading.corrections.text, name=reading.corrections.name)
            if not parsed.passages:
                error = f"{shown(source.name)}: there is no paragraph of text in it; nothing could be quoted."
                return Failed(source.name, error, time.monotonic() - started, lasting=True, why="empty")
            terms = tuple(bag.text for bag in self.analyzer.report_terms(parsed.passages))
            wordings = worded([one.text for one in parsed.passages], fold=lambda text: self.analyzer.fold(text).text)
        except CorpusError as error:
            why = error.why if isinstance(error, ReadError) else "unreadable"
            return Failed(source.name, str(error), time.monotonic() - started, lasting=True, why=why)
        except Exception as error:  # as above: the other files of an archive go on
            return _unexpected(source.name, error, time.monotonic() - started)
        return Prepared(parsed, terms, source.digest, reading, wordings, time.monotonic() - started)


def _unexpected(name: str, error: Exception, seconds: float) -> Failed:
    if isinstance(error, MemoryError):
        said = "reading it takes more memory than ingest.memory_bytes allows; split the file or raise the limit."
    else:
        said = f"reading it went wrong in a way nobody foresaw ({type(error).__name__}); save it in another format."
    return Failed(name, f"{shown(name)}: {said}", seconds)
