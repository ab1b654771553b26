"""Find the passages for a question, put the best first, and say how sure the first of them answers.

query      = understanding.understand(question, context=…)
statistics = await retriever.statistics(…)
query      = understanding.weigh(query, statistics)
hits       = await retriever.retrieve(query, limit=…, scope=…)
passages   = await store.read([hit.passage_id for hit in hits])
ranked     = rank(prepare(query, statistics), passages with their score(query, …), weights)
sure       = chance(describe(ranked)), no more than the names and years that bind allow
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from config import resource
from corpus import ranking
from corpus.analysis import Analyzer
from corpus.bags import pairs
from corpus.model import Expansion, Passage, PassageId, Query, Scope, Statistics, Term
from corpus.questions.names import core
from corpus.questions.understanding import Understanding
from corpus.ranking import Dated, Ranked, confidence, rank, spread
from corpus.ranking.binding import Bound, bind, name_pairs
from corpus.ranking.features import Asked, prepare, vocabulary
from corpus.ranking.matching import view
from corpus.ranking.narrowing import admits, narrows
from corpus.ranking.scoring import score
from corpus.ranking.weights import parse_weights
from corpus.retrieval import Retriever

_DEPTH = 30
"""How many passages are looked at for each question, at least; the best of them are quoted."""

_NARROWED_DEPTH = 300
"""How many where operators leave most of them out."""

_SEEN = 4096
"""How many passages are kept as they are compared: one is seldom found but once."""

_DATED = 10_000
"""How many passages about a year are told apart in the reports that were found."""


class Passages(Protocol):
    """Give passages as they are stored; ``corpus.store.Passages`` does, and a dictionary in a test."""

    async def read(self, ids: Sequence[PassageId]) -> list[Passage]:
        """Give the passages *ids* name, in that order; those that are not there (any more) are left out."""
        ...

    async def article(self, passage: Passage) -> list[Passage]:
        """Give all passages of the article that *passage* is in, in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class Findings:
    """Hold all that an answer is made from; ``explain`` shows it."""

    query: Query
    statistics: Statistics
    about: Asked
    ranked: tuple[Ranked, ...]
    sure: float
    bound: Bound
    features: tuple[float, ...]


class Finder:
    """Find passages of *store* with *retriever*.

    *newest* gives the year of the newest report of a scope, which is what a question calls 今年; *coined* what reports
    say that words of a question mean; *units* names those that a search can be narrowed to. *weights* is the text of
    ``config/weights.json``, or another like it.
    """

    def __init__(
        self,
        *,
        analyzer: Analyzer,
        retriever: Retriever,
        store: Passages,
        understanding: Understanding | None = None,
        weights: str | None = None,
        newest: Callable[[Scope | None], Awaitable[int | None]] | None = None,
        coined: Callable[[str, Scope | None], Awaitable[Sequence[Expansion]]] | None = None,
        units: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> None:
        self.analyzer = analyzer
        self.understanding = understanding or Understanding(analyzer)
        self.store = store
        # By all that is stored of a passage: one that was read anew is another.
        self.view = functools.lru_cache(maxsize=_SEEN)(functools.partial(view, analyzer=analyzer))
        self._retriever = retriever
        self._newest = newest
        self._coined = coined
        self._units = units
        fitted = resource("weights.json") if weights is None else weights
        self._ranking = parse_weights(fitted, "ranking", ranking.NAMES)
        self._confidence = parse_weights(fitted, "confidence", confidence.NAMES)

    async def find(
        self, question: str, *, scope: Scope | None = None, context: Sequence[str] = (), limit: int = 3
    ) -> Findings:
        """Find and order the passages for *question*, and say how sure the first of them answers it."""
        # Off the event loop: whoever folds first loads the dictionaries.
        folded, of_now = await asyncio.to_thread(self._read, question, context)
        newest = await self._newest(scope) if self._newest and of_now else None
        coined = await self._coined(folded, scope) if self._coined else ()
        query = await asyncio.to_thread(
            self.understanding.understand, question, context=context, newest=newest, coined=coined
        )
        depth = max(limit, _NARROWED_DEPTH if narrows(query) else _DEPTH)
        statistics = await self._retriever.statistics(vocabulary(query, self.analyzer.held_as) | name_pairs(query))
        query = self.understanding.weigh(query, statistics)
        sought = replace(query, terms=self.analyzer.sought(query.terms))
        about = prepare(query, statistics)
        passages = await self.store.read(await self._found(sought, scope, depth) if sought.terms else [])
        dated = await self._dated(query, passages)
        ranked = await asyncio.to_thread(self._ranked, about, passages, statistics, dated)
        if not ranked:
            return Findings(query, statistics, about, (), 0.0, Bound(), ())
        ranked = spread(about, ranked, dated, self.understanding.names)
        borne = await self._borne(query, ranked[0].seen.passage)
        names = self.understanding.names
        quoted = [each.seen for each in ranked[: max(limit, len(query.compared))]]
        bound = bind(about, quoted, statistics, borne=borne, names=names, dated=dated)
        described = confidence.describe(about, ranked[0])
        sure = min(confidence.doubted(self._confidence.chance(described), about, ranked), bound.limit)
        return Findings(query, statistics, about, tuple(ranked), sure, bound, described)

    async def _found(self, query: Query, scope: Scope | None, depth: int) -> list[PassageId]:
        """Name the best passages, and besides the best of the units that an operator names, or of the years asked."""
        within = scope or Scope()
        years, values = frozenset(query.years), [value for field, value in query.fields if field == "unit"]
        if any(field == "year" for field, _ in query.fields):
            within = replace(within, years=years)
        scopes = [within]
        if values and self._units:
            named = [(unit, self.analyzer.fold(unit).text) for unit in await self._units()]
            units = frozenset(unit for unit, folded in named if any(value in folded for value in values))
            scopes.append(replace(within, units=units))
        elif years and within.years is None:
            scopes.append(replace(within, years=years))
        found = [await self._retriever.retrieve(query, limit=depth, scope=each) for each in scopes]
        return list(dict.fromkeys(hit.passage_id for hits in found for hit in hits))

    def _read(self, question: str, context: Sequence[str]) -> tuple[str, bool]:
        of_now = any(map(self.understanding.speaks_of_now, (question, *context)))
        return self.analyzer.fold(question).text, of_now

    def _ranked(self, about: Asked, passages: Sequence[Passage], statistics: Statistics, dated: Dated) -> list[Ranked]:
        seen = [each for passage in passages if admits(about.query, each := self.view(passage))]
        scores = score(about.query, seen, statistics, dated)
        return rank(about, sorted(zip(seen, scores, strict=True), key=lambda each: -each[1]), self._ranking)

    async def _borne(self, query: Query, passage: Passage) -> frozenset[str]:
        """Name the names of the question that some passage of this one's report bears."""
        borne = set()
        for name in query.names:
            bare = core(name)
            probe = Query(name, name, tuple(map(Term, pairs(bare))))
            hits = await self._retriever.retrieve(probe, limit=5, scope=Scope(frozenset({passage.report.id})))
            held = await self.store.read([hit.passage_id for hit in hits])
            if await asyncio.to_thread(self._bears, bare, held):
                borne.add(name)
        return frozenset(borne)

    async def _dated(self, query: Query, passages: Sequence[Passage]) -> Dated:
        """Say which passages of the reports that were found are about the years of the question."""
        scope = Scope(frozenset(passage.report.id for passage in passages))
        dated = {}
        reports = (f"{kind}:{year}" for year in query.reports_of for kind in "rp")
        before = (f"d:{year - 1}" for year in query.reports_of)
        for term in chain(reports, before, (f"{kind}:{year}" for year in query.years for kind in "ydp")):
            hits = await self._retriever.retrieve(Query("", "", (Term(term),)), limit=_DATED, scope=scope)
            dated[term] = frozenset(hit.passage_id for hit in hits)
        return dated

    def _bears(self, name: str, held: Iterable[Passage]) -> bool:
        texts = (each.text + each.article.title + "".join(each.section) for each in held)
        return any(name in self.analyzer.fold(text).text for text in texts)
