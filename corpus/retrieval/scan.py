"""Find the best passages of one part without reading all that its terms point to: MaxScore, over arrays.

Turtle & Flood, "Query evaluation: strategies and optimizations" (1995): terms are read from the one that can add most
to the one that can add least, and as soon as the rest together cannot lift a new passage among the best, only passages
that were met are looked up in it. The scan is in 32-bit floats and keeps all that may be among the best; their scores
are then computed exactly, in 64 bits, as rank_bm25 does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.retrieval.okapi import ArrayOkapi

_FIRST = 8192
"""Read so many postings at first, then twice as many each time: the score to beat rises in between."""
_SAMPLE = 4096
"""Tell the score to beat from so many passages at most; any number is safe, more come closer."""
_LOOKUP = 24
"""Looking one passage up among a term's takes as long as reading so many of its postings."""
_ROUNDING = 1e-4
"""What 32 bits may be wrong by, as a share of a score, and more."""
_NARROW = 16
"""Read of a term's postings only those to look at where less than one passage in so many is looked at ..."""
_FEW = 64
"""... stretch by stretch where there are so many stretches at most, else posting by posting."""

Stretches = NDArray[np.int64]
"""Begins and ends, one of each a row."""
Places = NDArray[np.integer[Any]]


class Wanted(NamedTuple):
    """Ask for one term: its *row* in the part, its *weight* with idf."""

    row: int
    weight: float


def best(
    okapi: ArrayOkapi,
    wanted: Sequence[Wanted],
    *,
    limit: int,
    average_length: float,
    floor: float = 0.0,
    within: Stretches | None = None,
) -> tuple[Places, NDArray[np.float64]]:
    """Find the passages among the best *limit*, those that tie with the last included, with their exact scores.

    More may come; those that score less than *floor* may not. *within* are the stretches of passages to look at,
    ascending and apart, None for all.
    """
    scan = _Scan(okapi, okapi.norms(average_length), wanted, limit, floor, within)
    scan.read()
    places = scan.look_up()
    scores = okapi.score(places, wanted, average_length=average_length)
    return places, scores


class _Scan:
    """Hold the state of one scan: what each passage has so far, and the score to beat."""

    def __init__(
        self,
        okapi: ArrayOkapi,
        norms: NDArray[np.float32],
        wanted: Sequence[Wanted],
        limit: int,
        floor: float,
        within: Stretches | None,
    ) -> None:
        self._postings, self._norms, self._limit = okapi.postings, norms, limit
        # A passage gets less than k1 + 1 times a term's weight, however often it holds it.
        self._most = okapi.k1 + 1
        self._terms = sorted(wanted, key=lambda one: -one.weight)
        self._rest = np.cumsum([0.0, *(one.weight * self._most for one in reversed(self._terms))])[::-1].tolist()
        self._next = 0
        self._threshold = floor * (1 - _ROUNDING)
        self._scores, self._edges = _field(okapi.corpus_size, within)

    def read(self) -> None:
        """Read terms while a passage that was not met yet could still be among the best."""
        goal, sample = _FIRST, None
        while self._next < len(self._terms) and self._rest[self._next] >= self._threshold:
            first, total = self._next, 0
            read: list[tuple[Places, NDArray[Any]]] = []
            while self._next < len(self._terms) and (not read or total < goal):
                if self._rest[self._next] < self._threshold:
                    break
                read.append(self._row(self._terms[self._next]))
                total += len(read[-1][0])
                self._next += 1
            self._add(read, self._terms[first : self._next])
            if sample is None or len(sample) < self._limit:
                sample = _once(np.concatenate([places[:_SAMPLE] for places, _ in read])[:_SAMPLE])
            self._raise(self._scores[sample])
            goal *= 2

    def look_up(self) -> Places:
        """Look those that were met up in the terms that are left, and name what may be among the best."""
        places: Places = np.flatnonzero(self._scores >= max(self._threshold - self._rest[self._next], 1e-12))
        scores = self._scores[places]
        places, scores = self._kept(places, scores)
        while self._next < len(self._terms) and len(places):
            scores += self._shares(self._terms[self._next], places)
            self._next += 1
            places, scores = self._kept(places, scores)
        return places

    def _kept(self, places: Places, scores: NDArray[np.float32]) -> tuple[Places, NDArray[np.float32]]:
        self._raise(scores)
        kept = scores >= self._threshold - self._rest[self._next]
        return places[kept], scores[kept]

    def _raise(self, scores: NDArray[np.float32]) -> None:
        """Raise the score to beat to the *limit*-th best of *scores*, which are of different passages."""
        if len(scores) >= self._limit:
            last = float(np.partition(scores, len(scores) - self._limit)[len(scores) - self._limit])
            self._threshold = max(self._threshold, last * (1 - _ROUNDING))

    def _row(self, one: Wanted) -> tuple[Places, NDArray[Any]]:
        places, counts = self._postings.row(one.row)
        if self._edges is None:
            return places, counts
        if len(self._edges) > 2 * _FEW:
            inside = self._scores.take(places) >= 0
            return places[inside], counts[inside]
        cuts = pairwise(np.searchsorted(places, self._edges).tolist())
        there = [slice(start, end) for number, (start, end) in enumerate(cuts) if number % 2 == 0 and end > start]
        if not there:
            return places[:0], counts[:0]
        return np.concatenate([places[one] for one in there]), np.concatenate([counts[one] for one in there])

    def _add(self, read: Sequence[tuple[Places, NDArray[Any]]], terms: Sequence[Wanted]) -> None:
        # Cast once: numpy would cast at every use. And ``add.at`` takes a third of the time of ``scores[places] +=``.
        places = np.concatenate([places for places, _ in read]).astype(np.intp)
        worth = self._worth(np.concatenate([counts for _, counts in read]), self._norms.take(places))
        worth *= np.repeat(np.array([one.weight for one in terms], dtype=np.float32), [len(one) for one, _ in read])
        np.add.at(self._scores, places, worth)

    def _shares(self, one: Wanted, places: Places) -> NDArray[np.float32]:
        """Tell what each of *places* gets of a term."""
        column = self._postings.column(one.row)
        if column is not None:
            return self._worth(column.take(places), self._norms.take(places)) * np.float32(one.weight)
        held, counts = self._postings.row(one.row)
        if len(places) * _LOOKUP > len(held):
            everywhere = np.zeros(len(self._norms), dtype=np.float32)
            spots = held.astype(np.intp)
            everywhere[spots] = self._worth(counts, self._norms.take(spots)) * np.float32(one.weight)
            return everywhere.take(places)
        return self._worth(self._postings.among(one.row, places), self._norms[places]) * np.float32(one.weight)

    def _worth(self, counts: NDArray[Any], norms: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute count × (k1 + 1) / (count + norm); *norms* are overwritten."""
        worth = counts.astype(np.float32)
        norms += worth
        worth /= norms
        worth *= np.float32(self._most)
        return worth


def _once(places: Places) -> Places:
    """Leave out what comes again. (``np.unique`` hashes, which takes fifty times as long for so few.)"""
    places.sort()
    return places[np.append(places[1:] != places[:-1], True)] if len(places) else places


def _field(count: int, within: Stretches | None) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    """Make the field that scores are summed in, minus infinity where nobody looks, and the edges of a narrow one."""
    if within is None:
        return np.zeros(count, dtype=np.float32), None
    # Outside, inside and outside by turns, as long as the edges say.
    edges = within.ravel()
    turns = np.resize(np.array([-np.inf, 0.0], dtype=np.float32), len(edges) + 1)
    field = np.repeat(turns, np.diff(edges, prepend=0, append=count))
    narrow = (within[:, 1] - within[:, 0]).sum() * _NARROW < count
    return field, edges if narrow else None
