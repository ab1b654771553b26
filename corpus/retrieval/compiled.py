"""Find the best passages of one part as ``scan`` does, compiled: for libraries so large that numpy's steps tell.

Passages are taken window by window, and in each of them the terms from the one that can add most to the one that can
add least (Grand et al., "From MaxScore to Block-Max WAND: The story of how Lucene significantly improved query
evaluation performance", ECIR 2020). The scan adds up what a passage has at most: its length is known to one part in
some forty only, from a byte, so that what a count is worth stands in a table. What may be among the best by that is
then scored exactly, in 64 bits and in the order in which ``ArrayOkapi.score`` does it, with the same scores to the last
bit. Numba compiles it when this module is imported, and keeps what it made for the next time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from corpus.retrieval import scan
from corpus.retrieval.okapi import ArrayOkapi
from corpus.retrieval.scan import ROUNDING, Places, Stretches, Wanted

_WINDOW = 8192
"""Look at so many passages at a time: what is held of them stays in the processor's cache."""
_LOOKUP = 16
"""Looking one passage up among a term's takes as long as reading so many of its postings."""
_TOLD = 16
"""The table has what fewer occurrences than this are worth; more are seldom."""
_CODES = 256
_NOTHING = 1e-12
"""A term that weighs no more adds nothing that 32 bits could tell."""

_TUPLE: Any = types.Tuple

F = TypeVar("F", bound=Callable[..., Any])


def _compiled(signature: Any = None) -> Callable[[F], F]:
    """Compile a function: at once where its types are given, else for those that it is called with."""
    compiler: Callable[[F], F] = njit(signature, nogil=True, cache=True, error_model="numpy")
    return compiler


def _array(kind: Any, dimensions: int = 1) -> Any:
    return types.Array(kind, dimensions, "C", readonly=True)


class _Lengths(NamedTuple):
    """Hold passages' lengths as codes: with code c a passage has ``least[c]`` terms to *ratio* times as many."""

    codes: NDArray[np.uint8]
    least: NDArray[np.float64]
    ratio: float


_lengths_of: WeakKeyDictionary[ArrayOkapi, _Lengths] = WeakKeyDictionary()


def best(
    okapi: ArrayOkapi,
    wanted: Sequence[Wanted],
    *,
    limit: int,
    average_length: float,
    floor: float = 0.0,
    within: Stretches | None = None,
) -> tuple[Places, NDArray[np.float64]]:
    """Find the passages among the best *limit*; keeps the promise of ``scan.best``."""
    postings = okapi.postings
    if postings.counts.dtype != np.uint8:  # a passage that says the same word 256 times is no reason to compile twice
        return scan.best(okapi, wanted, limit=limit, average_length=average_length, floor=floor, within=within)
    told = [one for one in wanted if one.weight > _NOTHING]
    lengths = _lengths_of.get(okapi) or _lengths_of.setdefault(okapi, _lengths(postings.lengths))
    places, scores = _best(
        postings.starts,
        postings.passages,
        postings.counts,
        postings.lengths,
        lengths.codes,
        lengths.least,
        np.array([one.row for one in told], dtype=np.int64),
        np.array([one.weight for one in told], dtype=np.float64),
        np.array([[0, okapi.corpus_size]]) if within is None else within,
        limit,
        _WINDOW,
        _LOOKUP,
        floor * (1 - ROUNDING),
        (1 - ROUNDING) / lengths.ratio,
        okapi.k1,
        okapi.b,
        average_length,
    )
    return places, scores


def _lengths(lengths: NDArray[np.int32]) -> _Lengths:
    edges = np.geomspace(1, int(lengths.max(initial=1)) + 1, _CODES + 1)
    codes = np.searchsorted(edges, np.maximum(lengths, 1), "right") - 1
    return _Lengths(codes.astype(np.uint8), edges[:-1], float(edges[1]))


# ── What is compiled ─────────────────────────────────────────────────────────────────────────────────────────────────


@_compiled()
def _seek(passages: Any, start: int, end: int, sought: int) -> int:
    """Find the first of ``passages[start:end]``, ascending, that is not below *sought*: near the start, as a rule."""
    step = 1
    while start + step < end and passages[start + step] < sought:
        start += step
        step *= 2
    return _find(passages, start, min(start + step, end), sought)


@_compiled()
def _find(passages: Any, start: int, end: int, sought: int) -> int:
    """Find the first of ``passages[start:end]``, ascending, that is not below *sought*."""
    while start < end:
        middle = (start + end) >> 1
        if passages[middle] < sought:
            start = middle + 1
        else:
            end = middle
    return start


@_compiled()
def _most(worth: Any, count: Any, code: Any) -> Any:
    """Tell what a count is worth at most, as a share of k1 + 1."""
    if count < _TOLD:
        return worth[count, code]
    return np.float32(count) / (np.float32(count) + worth[0, code])


@_compiled()
def _keep(met: Any, known: int, sums: Any, least: float) -> int:
    """Keep of the *known* passages that were met those that have *least*; nothing is left of the others."""
    kept = 0
    for n in range(known):
        place = met[n]
        if sums[place] >= least:
            met[kept] = place
            kept += 1
        else:
            sums[place] = 0
    return kept


@_compiled()
def _exact(
    starts: Any,
    passages: Any,
    counts: Any,
    lengths: Any,
    places: Any,
    rows: Any,
    weights: Any,
    k1: float,
    b: float,
    average: float,
) -> Any:
    """Score passages as ``ArrayOkapi.score`` does, step by step."""
    scores = np.zeros(len(places))
    for m in range(len(places)):
        place = places[m]
        norm = k1 * (1 - b + b * lengths[place] / average)
        for n in range(len(rows)):
            start, end = starts[rows[n]], starts[rows[n] + 1]
            p = _find(passages, start, end, place)
            if p < end and passages[p] == place:
                scores[m] += counts[p] * (k1 + 1) / (counts[p] + norm) * weights[n]
    return scores


@_compiled(
    _TUPLE((types.int64[::1], types.float64[::1]))(
        _array(types.int64),
        _array(types.int32),
        _array(types.uint8),
        _array(types.int32),
        _array(types.uint8),
        _array(types.float64),
        _array(types.int64),
        _array(types.float64),
        _array(types.int64, 2),
        *[types.int64] * 3,
        *[types.float64] * 5,
    )
)
def _best(
    starts: Any,
    passages: Any,
    counts: Any,
    lengths: Any,
    codes: Any,
    least: Any,
    rows: Any,
    weights: Any,
    within: Any,
    limit: int,
    window: int,
    lookup: int,
    threshold: float,
    loose: float,
    k1: float,
    b: float,
    average: float,
) -> Any:
    """Find the best with their scores: those that have *threshold*, and *loose* times what the last of the best has.

    *rows* and *weights* are the terms'; the other arrays are those of the part and of its lengths.
    """
    norms = k1 * (1 - b + b * least / average)
    worth = np.empty((_TOLD, _CODES), dtype=np.float32)
    worth[0] = norms  # none is worth nothing, so there is room for what a count without a line needs
    for count in range(1, _TOLD):
        worth[count] = count / (count + norms)
    terms = len(rows)
    order = np.argsort(-weights)
    most = weights[order] * (k1 + 1)
    rest = np.zeros(terms + 1)
    rest[:terms] = np.cumsum(most[::-1])[::-1]
    at, ends = starts[rows[order]], starts[rows[order] + 1]
    sums = np.zeros(window, dtype=np.float32)
    met = np.empty(window + 1, dtype=np.int64)
    top: Any = [np.float32(0)] * limit
    found, bounds = [np.int64(0) for _ in range(0)], [np.float32(0) for _ in range(0)]
    # Only terms before this one can lift a passage among the best that holds none of them.
    lifting = terms
    for stretch in range(len(within)):
        for first in range(within[stretch, 0], within[stretch, 1], window):
            until = min(first + window, within[stretch, 1])
            while lifting and rest[lifting - 1] < threshold:
                lifting -= 1
            known = 0
            for n in range(terms if lifting else 0):
                if n >= lifting:
                    known = _keep(met, known, sums, threshold - rest[n])
                    if not known:
                        break
                start = _seek(passages, at[n], ends[n], first)
                stop = _seek(passages, start, ends[n], until)
                at[n] = stop
                weight = np.float32(most[n])
                if n < lifting:
                    for p in range(start, stop):
                        place = passages[p] - first
                        met[known] = place
                        known += sums[place] == 0
                        sums[place] += weight * _most(worth, counts[p], codes[passages[p]])
                elif known * lookup < stop - start:
                    for m in range(known):
                        place = met[m]
                        p = _find(passages, start, stop, place + first)
                        if p < stop and passages[p] == place + first:
                            sums[place] += weight * _most(worth, counts[p], codes[passages[p]])
                else:
                    for p in range(start, stop):
                        place = passages[p] - first
                        if sums[place] > 0:
                            sums[place] += weight * _most(worth, counts[p], codes[passages[p]])
            for m in range(known):
                bound = sums[met[m]]
                sums[met[m]] = 0
                if bound >= threshold:
                    found.append(first + met[m])
                    bounds.append(bound)
                    heapq.heappushpop(top, bound)
                    threshold = max(threshold, top[0] * loose)
    places = np.array([found[m] for m in range(len(found)) if bounds[m] >= threshold], dtype=np.int64)
    return places, _exact(starts, passages, counts, lengths, places, rows, weights, k1, b, average)
