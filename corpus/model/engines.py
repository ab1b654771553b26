"""What passes between the store and an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.model.answers import Statistics
from corpus.model.reports import PassageId, ReportId


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold what an engine is given of a passage: its *terms*, and what a search can be narrowed by.

    *years* are those that the passage tells of or plans for and the one its report was published in; *units* are the
    unit of its article, the publisher and the place of its report, as printed.
    """

    passage_id: PassageId
    terms: Sequence[str]
    years: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coming:
    """Describe a version of a report on its way into an engine.

    *stamp* tells it from all other versions of all reports. *numbers* are the dimensions of its terms, *average* is
    the mean length of a passage to weigh them with.
    """

    stamp: int
    numbers: dict[str, int]
    average: float


@dataclass(frozen=True, slots=True)
class Version:
    """Describe a version of a report that an engine holds: *rows* passages, weighed with a mean length of *average*."""

    stamp: int
    report_id: ReportId
    rows: int
    average: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold what a search needs to know of an engine, as of one moment.

    *statistics* are of the reports that count and *numbers* the dimensions of the terms asked for. Passages count
    whose stamp is at most *newest* and not among *unsettled*; *least* is the smallest mean length that any of them
    were weighed with. *departures* counts versions that have ceased to count. *ledger* is the name of the ledger, which
    is another once the engine has lost its passages.
    """

    statistics: Statistics
    numbers: dict[str, int]
    newest: int
    departures: int
    least: float
    unsettled: frozenset[int]
    ledger: str
