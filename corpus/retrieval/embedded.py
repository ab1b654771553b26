"""The engine inside the process: parts of postings, searched without a lock.

A report becomes a part of its own, so adding one costs what the report costs; small parts are joined into larger
ones as they gather (every passage is moved log n times in all). What is searched is one immutable state that writers
replace as a whole: a question sees a report entirely or not at all, however long it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from corpus.model import Hit, PassageId, Query, ReportId, Scope, Statistics
from corpus.retrieval.okapi import K1, ArrayOkapi, B

_PARTS = 8
"""Join the smallest parts when there are more than this many: each costs a question a look-up a term."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Hold some reports' passages with their postings; *alive* says which of them are still held."""

    okapi: ArrayOkapi
    ids: tuple[PassageId, ...]
    reports: tuple[ReportId, ...]
    report_of: NDArray[np.int32]
    alive: NDArray[np.bool_]

    def without(self, report_id: ReportId) -> _Part:
        return replace(self, alive=self.alive & (self.report_of != self.reports.index(report_id)))

    def masked(self, scope: Scope | None) -> NDArray[np.bool_]:
        if scope is None or scope.reports is None:
            return self.alive
        inside = np.fromiter((report in scope.reports for report in self.reports), np.bool_, len(self.reports))
        return self.alive & inside[self.report_of]

    def frequency(self, term: str) -> int:
        return int(np.count_nonzero(self.alive[self.okapi.postings.of(term)[0]]))


@dataclass(frozen=True, slots=True)
class _State:
    """Hold everything a question looks at; never changed, only replaced."""

    parts: tuple[_Part, ...] = ()
    held: dict[ReportId, int] = field(default_factory=dict)
    passages: int = 0
    length: int = 0

    def statistics(self, terms: Iterable[str]) -> Statistics:
        frequencies = {term: sum(part.frequency(term) for part in self.parts) for term in terms}
        return Statistics(self.passages, self.length / self.passages if self.passages else 0.0, frequencies)


class EmbeddedRetriever:
    """Find passages by BM25 in memory; keeps the promise of ``Retriever``."""

    def __init__(self, *, k1: float = K1, b: float = B) -> None:
        self._k1 = k1
        self._b = b
        self._state = _State()
        self._writing = asyncio.Lock()

    async def retrieve(self, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        """Find the best *limit* passages within *scope*."""
        return await asyncio.to_thread(_search, self._state, query, limit=limit, scope=scope)

    async def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count passages, their mean length, and in how many passages each of *terms* stands."""
        return self._state.statistics(terms)

    async def reports(self) -> frozenset[ReportId]:
        """Name the reports that are indexed."""
        return frozenset(self._state.held)

    async def add(self, report_id: ReportId, passages: Sequence[tuple[PassageId, Sequence[str]]]) -> None:
        """Index the passages of a report, each with its terms; a report that is held is replaced."""
        async with self._writing:
            self._state = await asyncio.to_thread(self._added, _removed(self._state, report_id), report_id, passages)

    async def remove(self, report_id: ReportId) -> None:
        """Forget a report."""
        async with self._writing:
            self._state = _removed(self._state, report_id)

    def _added(self, state: _State, report_id: ReportId, passages: Sequence[tuple[PassageId, Sequence[str]]]) -> _State:
        okapi = ArrayOkapi([terms for _, terms in passages], k1=self._k1, b=self._b)
        part = _Part(
            okapi,
            tuple(passage_id for passage_id, _ in passages),
            (report_id,),
            np.zeros(len(passages), dtype=np.int32),
            np.ones(len(passages), dtype=np.bool_),
        )
        parts = (*state.parts, part)
        while len(parts) > _PARTS:
            parts = self._joined(parts)
        return _State(
            parts,
            {**state.held, report_id: len(passages)},
            state.passages + len(passages),
            state.length + int(okapi.lengths.sum()),
        )

    def _joined(self, parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
        """Join the smaller half of *parts* into one, leaving out what was removed."""
        ranked = sorted(parts, key=lambda part: len(part.ids))
        small, large = ranked[: _PARTS // 2 + 1], ranked[_PARTS // 2 + 1 :]
        okapi = ArrayOkapi.joined([(part.okapi, part.alive) for part in small], k1=self._k1, b=self._b)
        reports = tuple(dict.fromkeys(report for part in small for report in part.reports))
        place = {report: n for n, report in enumerate(reports)}
        report_of = [np.array([place[report] for report in part.reports], np.int32)[part.report_of] for part in small]
        whole = _Part(
            okapi,
            tuple(name for part in small for name, alive in zip(part.ids, part.alive, strict=True) if alive),
            reports,
            np.concatenate([names[part.alive] for names, part in zip(report_of, small, strict=True)]),
            np.ones(okapi.corpus_size, dtype=np.bool_),
        )
        return (*large, whole)


def _removed(state: _State, report_id: ReportId) -> _State:
    if report_id not in state.held:
        return state
    parts = tuple(part.without(report_id) if report_id in part.reports else part for part in state.parts)
    length = sum(int(part.okapi.lengths[part.alive].sum()) for part in parts)
    held = {report: passages for report, passages in state.held.items() if report != report_id}
    return _State(tuple(part for part in parts if part.alive.any()), held, sum(held.values()), length)


def _search(state: _State, query: Query, *, limit: int, scope: Scope | None) -> list[Hit]:
    weights: dict[str, float] = {}
    for term in query.terms:
        weights[term.text] = weights.get(term.text, 0.0) + term.weight
    weights = {term: weight for term, weight in weights.items() if weight > 0}
    if limit <= 0 or not weights or not state.passages:
        return []
    counted = state.statistics(weights)
    found: list[Hit] = []
    for part in state.parts:
        scores = part.okapi.get_scores(
            weights,
            passages=counted.passages,
            average_length=counted.average_length,
            frequencies=counted.frequencies,
        )
        # rank_bm25 ranks passages that match nothing too, with a score of zero.
        places = np.flatnonzero((scores > 0) & part.masked(scope))
        if len(places) > limit:
            # Everything that ties with the last place stays in, for the ids to decide.
            last = np.partition(scores[places], len(places) - limit)[len(places) - limit]
            places = places[scores[places] >= last]
        found.extend(Hit(part.ids[place], float(scores[place])) for place in places)
    return sorted(found, key=_rank)[:limit]


def _rank(hit: Hit) -> tuple[float, str, int]:
    report, _, number = hit.passage_id.rpartition("-")
    return -hit.score, report, int(number)
