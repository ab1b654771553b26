"""Some reports' passages with their postings: never changed, only joined with others into a new part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.model import Entry, ReportId, Scope
from corpus.retrieval.okapi import ArrayOkapi
from corpus.retrieval.postings import Allocate, in_memory, join
from corpus.retrieval.scan import Stretches

Label = tuple[frozenset[int], frozenset[str]]
"""The years and the units of a passage; few passages have some that no other has."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Hold reports: the passages of the r-th are ``[firsts[r], firsts[r + 1])``, *numbers* are theirs in the report.

    *labels* of theirs are places in *table*. *places* tell r of each report; *gone* are the r of those that were
    removed. *file* is where it is kept, if it is.
    """

    okapi: ArrayOkapi
    reports: tuple[ReportId, ...]
    firsts: NDArray[np.int64]
    numbers: NDArray[np.int32]
    labels: NDArray[np.int32]
    table: tuple[Label, ...]
    places: dict[ReportId, int]
    gone: frozenset[int] = frozenset()
    file: str | None = None

    @classmethod
    def of(cls, reports: Iterable[tuple[ReportId, Sequence[Entry]]], *, k1: float, b: float) -> Part:
        """Index reports."""
        names, sizes, entries = [], [0], list[Entry]()
        for name, passages in reports:
            names.append(name)
            sizes.append(len(passages))
            entries += passages
        numbers = np.array([int(one.passage_id.rpartition("-")[2]) for one in entries], dtype=np.int32)
        table: dict[Label, int] = {}
        labels = np.array([table.setdefault((one.years, one.units), len(table)) for one in entries], dtype=np.int32)
        okapi = ArrayOkapi([one.terms for one in entries], k1=k1, b=b)
        return cls.over(okapi, names, np.cumsum(sizes), numbers, labels, table)

    @classmethod
    def over(
        cls,
        okapi: ArrayOkapi,
        reports: Iterable[ReportId],
        firsts: NDArray[np.int64],
        numbers: NDArray[np.int32],
        labels: NDArray[np.int32],
        table: Iterable[Label],
        *,
        gone: Iterable[ReportId] = (),
        file: str | None = None,
    ) -> Part:
        """Put a part together from what is made or read."""
        names = tuple(reports)
        places = {name: r for r, name in enumerate(names)}
        left_out = frozenset(places[name] for name in gone)
        return cls(okapi, names, firsts, numbers, labels, tuple(table), places, left_out, file)

    @property
    def held(self) -> Iterable[ReportId]:
        """Name the reports that are not gone."""
        return (name for r, name in enumerate(self.reports) if r not in self.gone) if self.gone else self.reports

    @property
    def passages(self) -> int:
        """Count the passages that are not gone."""
        return self.okapi.corpus_size - sum(end - start for start, end in self._gone())

    @property
    def length(self) -> int:
        """Add up the lengths of the passages that are not gone."""
        lengths = self.okapi.postings.lengths
        return self.okapi.length - sum(int(lengths[start:end].sum(dtype=np.int64)) for start, end in self._gone())

    def holds(self, report_id: ReportId) -> bool:
        """Say whether a report is here and not gone."""
        place = self.places.get(report_id)
        return place is not None and place not in self.gone

    def without(self, report_ids: Iterable[ReportId]) -> Part:
        """Leave out reports that are here."""
        return replace(self, gone=self.gone | {self.places[name] for name in report_ids})

    def passage_ids(self, places: NDArray[np.integer[Any]]) -> list[tuple[ReportId, int]]:
        """Tell which report and number each of *places* has."""
        held = np.searchsorted(self.firsts, places, "right") - 1
        return [(self.reports[r], n) for r, n in zip(held.tolist(), self.numbers[places].tolist(), strict=True)]

    def frequencies(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the passages of each row that are not gone; none for a row of -1."""
        counts = self.okapi.postings.frequencies(rows)
        if self.gone:
            gone = np.array(list(self._gone()), dtype=np.int64).ravel()
            for n, row in enumerate(rows.tolist()):
                if row >= 0:
                    cuts = self.okapi.postings.row(row)[0].searchsorted(gone)
                    counts[n] -= (cuts[1::2] - cuts[::2]).sum()
        return counts

    def within(self, scope: Scope | None) -> Stretches | None:
        """Name the stretches of passages that are not gone and in *scope*; None where that is all."""
        scope = scope or Scope()
        if scope == Scope() and not self.gone:
            return None
        if scope.reports is None:
            alive = np.ones(len(self.reports), dtype=np.bool_)
        else:
            alive = np.zeros(len(self.reports), dtype=np.bool_)
            alive[[place for name in scope.reports if (place := self.places.get(name)) is not None]] = True
        alive[list(self.gone)] = False
        if scope.years is None and scope.units is None:
            stretches = self.firsts[_edges(alive)]
        else:
            fitting = np.array([_fits(label, scope) for label in self.table], dtype=np.bool_)
            stretches = _edges(np.repeat(alive, np.diff(self.firsts)) & fitting[self.labels])
        stretches = stretches.reshape(-1, 2)
        return stretches[stretches[:, 0] < stretches[:, 1]]

    def _gone(self) -> Iterable[tuple[int, int]]:
        return ((int(self.firsts[r]), int(self.firsts[r + 1])) for r in sorted(self.gone))


def _fits(label: Label, scope: Scope) -> bool:
    years, units = label
    return (scope.years is None or not scope.years.isdisjoint(years)) and (
        scope.units is None or not scope.units.isdisjoint(units)
    )


def _edges(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Tell where stretches that are true begin and end, by turns."""
    return np.flatnonzero(np.diff(mask, prepend=False, append=False))


def joined(parts: Sequence[Part], *, k1: float, b: float, allocate: Allocate = in_memory) -> Part:
    """Make one part of several, without what is gone."""
    alive, names, sizes = [], [], [np.zeros(1, dtype=np.int64)]
    for part in parts:
        lives = np.ones(len(part.reports), dtype=np.bool_)
        lives[list(part.gone)] = False
        lengths = np.diff(part.firsts)
        alive.append(np.repeat(lives, lengths))
        sizes.append(lengths[lives])
        names += list(part.held)
    postings = join([(part.okapi.postings, lives) for part, lives in zip(parts, alive, strict=True)], allocate=allocate)
    numbers, labels = allocate("<i4", len(postings.lengths), 0), allocate("<i4", len(postings.lengths), 0)
    np.concatenate([part.numbers[lives] for part, lives in zip(parts, alive, strict=True)], out=numbers)
    table: dict[Label, int] = {}
    renumbered = []
    for part, lives in zip(parts, alive, strict=True):
        new = np.array([table.setdefault(label, len(table)) for label in part.table], dtype=np.int32)
        renumbered.append(new[part.labels[lives]])
    np.concatenate(renumbered, out=labels)
    okapi = ArrayOkapi.over(postings, k1=k1, b=b)
    return Part.over(okapi, names, np.cumsum(np.concatenate(sizes)), numbers, labels, table)
