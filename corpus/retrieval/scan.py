"""Find the best passages of one part without reading all that its terms point to: MaxScore, over arrays.

Turtle & Flood, "Query evaluation: strategies and optimizations" (1995): terms are read from the one that can add most
to the one that can add least, and as soon as the rest together cannot lift a new passage among the best, only passages
that were met are looked up in it. The scan is in 32-bit floats and keeps all that may be among the best; their scores
are then computed exactly, in 64 bits, as rank_bm25 does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.retrieval.okapi import ArrayOkapi

_FIRST = 8192
"""Read so many postings at first, then four times as many each time: the score to beat rises in between."""
_SAMPLE = 4096
"""Look for promising passages among so many at most, those of the rarest terms; any number is safe."""
_PROMISING = 40
"""Look so many of them up in every term, which tells the score to beat; twice the limit at least."""
_LOOKUP = 10
"""Looking one passage up among a term's takes as long as seeing of so many of its postings whether they are wanted."""
ROUNDING = 1e-4
"""What 32 bits may be wrong by, as a share of a score, and more."""
_NARROW = 16
"""Read of a term's postings only those to look at where less than one passage in so many is looked at ..."""
_FEW = 64
"""... stretch by stretch where there are so many stretches at most, else posting by posting."""
_NOWHERE = np.zeros(0, dtype=np.int32)

Stretches = NDArray[np.int64]
"""Begins and ends, one of each a row."""
Places = NDArray[np.integer[Any]]


class Wanted(NamedTuple):
    """Ask for one term: its *row* in the part, its *weight* with idf."""

    row: int
    weight: float


class Best(Protocol):
    """Find the best passages of one part; whichever way, the same."""

    def __call__(
        self,
        okapi: ArrayOkapi,
        wanted: Sequence[Wanted],
        *,
        limit: int,
        average_length: float,
        floor: float = 0.0,
        within: Stretches | None = None,
    ) -> tuple[Places, NDArray[np.float64]]:
        """Find the passages among the best *limit*, as ``best`` of this module does."""
        ...


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
        self._threshold = floor * (1 - ROUNDING)
        self._scores, self._edges = _field(okapi.corpus_size, within)
        self._met: list[Places] = []

    def read(self) -> None:
        """Read terms while a passage that was not met yet could still be among the best."""
        goal = _FIRST
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
            self._beat()
            goal *= 4

    def _beat(self) -> None:
        """Raise the score to beat to that of the most promising passages met, looked up in all terms that are left."""
        sample = _once(np.concatenate([places[:_SAMPLE] for places in self._met])[:_SAMPLE])
        scores = self._scores.take(sample)
        rest = len(sample) - max(_PROMISING, 2 * self._limit)
        if rest > 0:
            promising = np.argpartition(scores, rest)[rest:]
            sample, scores = sample[promising], scores[promising]
        for one in self._terms[self._next :]:
            scores += self._shares(one, sample)
        self._raise(scores)

    def look_up(self) -> Places:
        """Look those that were met up in the terms that are left, and name what may be among the best."""
        places, each_once = np.concatenate([_NOWHERE, *self._met]), False
        while True:
            least = max(self._threshold - self._rest[self._next], 1e-12)
            places = places[self._scores.take(places) >= least]
            if self._next == len(self._terms) or not len(places):
                return places if each_once else _once(places)
            one = self._terms[self._next]
            self._next += 1
            held = self._postings.row(one.row)[0]
            if self._postings.column(one.row) is None and len(places) * _LOOKUP > len(held):
                self._add_to(one, least)
                continue
            if not each_once:
                places, each_once = _once(places), True
            self._scores[places] += self._shares(one, places)
            self._raise(self._scores.take(places))

    def _raise(self, scores: NDArray[np.float32]) -> None:
        """Raise the score to beat to the *limit*-th best of *scores*, which are of different passages."""
        if len(scores) >= self._limit:
            last = float(np.partition(scores, len(scores) - self._limit)[len(scores) - self._limit])
            self._threshold = max(self._threshold, last * (1 - ROUNDING))

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
        met = np.concatenate([places for places, _ in read])
        places = met.astype(np.intp)
        worth = self._worth(np.concatenate([counts for _, counts in read]), self._norms.take(places))
        worth *= np.repeat(np.array([one.weight for one in terms], dtype=np.float32), [len(one) for one, _ in read])
        np.add.at(self._scores, places, worth)
        self._met.append(met)

    def _add_to(self, one: Wanted, least: float) -> None:
        """Add a term to those passages that have *least* already."""
        held, counts = self._postings.row(one.row)
        there = self._scores.take(held) >= least
        places = held[there]
        self._scores[places] += self._worth(counts[there], self._norms.take(places)) * np.float32(one.weight)

    def _shares(self, one: Wanted, places: Places) -> NDArray[np.float32]:
        """Tell what each of *places* gets of a term."""
        return self._worth(self._postings.among(one.row, places), self._norms.take(places)) * np.float32(one.weight)

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
