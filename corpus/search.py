"""Answer a question: understand it, find passages, order them, quote them, say how sure we are.

query      = understanding.understand(question, context=…)
statistics = await retriever.statistics(…)
query      = understanding.weigh(query, statistics)
hits       = await retriever.retrieve(query, limit=…, scope=…)
passages   = await store.passages([hit.passage_id for hit in hits])
ranked     = rank(prepare(query, statistics), passages with scores, weights)
quotes     = [quote(each, query) for each in ranked]
confidence = chance(describe(ranked)), no more than the names and years that bind allow
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from config import resource
from corpus import confidence, features, marking, ranking
from corpus.analysis import Analyzer
from corpus.binding import Bound, bind, name_pairs
from corpus.duplicates import Twins, also_in, places, shown_once
from corpus.features import Asked, prepare, vocabulary
from corpus.matching import view
from corpus.model import Answer, Expansion, Nearest, Passage, PassageId, Query, Quote, Scope, Statistics, Term
from corpus.names import core
from corpus.narrowing import admits, narrows
from corpus.quoting import quote
from corpus.ranking import Dated, Ranked, rank, spread
from corpus.retrieval import Retriever
from corpus.spelling import suggestions
from corpus.understanding import BESIDE, Understanding
from corpus.weights import parse_weights

_log = logging.getLogger(__name__)

_DEPTH = 30
"""How many passages are looked at for each question, at least; the best of them are quoted."""

_NARROWED_DEPTH = 300
"""How many where operators leave most of them out."""


_DATED = 10_000
"""How many passages about a year are told apart in the reports that were found."""


class Passages(Protocol):
    """Give passages as they are stored; the store does, and a dictionary in a test."""

    async def passages(self, ids: Sequence[PassageId]) -> list[Passage]:
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


class Searcher:
    """Answer questions from the passages of *store* that *retriever* finds; *twins* tells which say the same.

    *newest* gives the year of the newest report of a scope, which is what a question calls 今年; *coined* what reports
    say that words of a question mean.
    """

    def __init__(
        self,
        *,
        analyzer: Analyzer,
        retriever: Retriever,
        store: Passages,
        understanding: Understanding | None = None,
        weights: str | None = None,
        twins: Callable[[Sequence[PassageId]], Awaitable[Twins]] | None = None,
        newest: Callable[[Scope | None], Awaitable[int | None]] | None = None,
        coined: Callable[[str, Scope | None], Awaitable[Sequence[Expansion]]] | None = None,
        quotes: int = 3,
        threshold: float,
        related_threshold: float,
    ) -> None:
        self._analyzer = analyzer
        self._understanding = understanding or Understanding(analyzer)
        self._retriever = retriever
        self._store = store
        self._twins = twins
        self._newest = newest
        self._coined = coined
        self._quotes = quotes
        self._threshold = threshold
        self._related_threshold = related_threshold
        fitted = resource("weights.json") if weights is None else weights
        self._ranking = parse_weights(fitted, "ranking", ranking.NAMES)
        self._marking = parse_weights(fitted, "marking", marking.NAMES)
        self._confidence = parse_weights(fitted, "confidence", confidence.NAMES)

    async def answer(
        self, question: str, *, scope: Scope | None = None, context: Sequence[str] = (), limit: int | None = None
    ) -> Answer:
        """Answer *question* within *scope* with at most *limit* quotes; *context* are earlier questions, oldest first.

        Never raises for what a question holds: one without anything to look up has the verdict ``invalid``.
        """
        started = time.perf_counter()
        limit = self._quotes if limit is None else limit
        found = await self.find(question, scope=scope, context=context, limit=limit)
        meant = await asyncio.to_thread(put_right, found)
        if meant is not None:
            again = await self.find(meant, scope=scope, context=context, limit=limit)
            # Used unasked only where nothing else is found.
            if found.sure < self._related_threshold <= again.sure:
                found, meant = again, None
        query = found.query
        if not query.terms:
            return Answer(question, query.interpreted, "invalid", 0.0, (), (), took_ms=_since(started))
        told = confidence.verdict(found.sure, threshold=self._threshold, related_threshold=self._related_threshold)
        shown = await self._listed(found, limit) if query.kind == "headings" else found.ranked
        quotes = await self._shown_once(query, shown, limit) if told != "none" else ()
        seen = [each.seen for each in found.ranked[:limit]]
        lost = dict.fromkeys((*found.bound.failed, *confidence.missing(query, seen)))
        return Answer(
            question=question,
            interpreted=shown_as(query),
            verdict=told if quotes else "none",
            confidence=found.sure,
            missing_terms=tuple(lost),
            quotes=quotes,
            nearest=() if quotes else nearest(each.seen.passage for each in found.ranked),
            meant=() if meant is None else (meant,),
            took_ms=_since(started),
        )

    async def leans(self, question: str) -> bool:
        """Tell whether *question* only makes sense after an earlier one (那眉县呢)."""
        return await asyncio.to_thread(self._understanding.leans, question)

    def quote(self, question: str, passage: Passage) -> Quote:
        """Quote a given *passage* for *question*, whether or not it would have been found."""
        query = self._understanding.understand(question)
        return quote(view(passage, self._analyzer), query, self._marking, analyzer=self._analyzer)

    async def find(
        self, question: str, *, scope: Scope | None = None, context: Sequence[str] = (), limit: int = 3
    ) -> Findings:
        """Find and order the passages for *question*, and say how sure the first of them answers it."""
        newest = None
        if self._newest and self._understanding.speaks_of_now(question):
            newest = await self._newest(scope)
        coined = await self._coined(self._analyzer.fold(question).text, scope) if self._coined else ()
        query = await asyncio.to_thread(
            self._understanding.understand, question, context=context, newest=newest, coined=coined
        )
        depth = max(limit, _NARROWED_DEPTH if narrows(query) else _DEPTH)
        statistics = await self._retriever.statistics(vocabulary(query) | name_pairs(query))
        query = self._understanding.weigh(query, statistics)
        hits = await self._retriever.retrieve(query, limit=depth, scope=scope) if query.terms else []
        about = prepare(query, statistics)
        scores = {hit.passage_id: hit.score for hit in hits}
        passages = await self._store.passages(list(scores))
        scored = [(passage, scores[passage.id]) for passage in passages]
        ranked = await asyncio.to_thread(self._ranked, about, scored)
        if not ranked:
            return Findings(query, statistics, about, (), 0.0, Bound(), ())
        dated = await self._dated(query, passages)
        ranked = spread(query, ranked, dated)
        borne = await self._borne(query, ranked[0].seen.passage)
        names = self._understanding.names
        bound = bind(about, ranked[0].seen, statistics, borne=borne, names=names, dated=dated)
        described = confidence.describe(about, ranked, statistics.passages)
        foreign = confidence.most(about, ranked[0], statistics)
        sure = min(self._confidence.chance(described), bound.limit, foreign)
        return Findings(query, statistics, about, tuple(ranked), sure, bound, described)

    def _ranked(self, about: Asked, scored: Sequence[tuple[Passage, float]]) -> list[Ranked]:
        seen = [(view(passage, self._analyzer), score) for passage, score in scored]
        return rank(about, [each for each in seen if admits(about.query, each[0])], self._ranking)

    async def _shown_once(self, query: Query, ranked: Sequence[Ranked], limit: int) -> tuple[Quote, ...]:
        """Quote the first passages; what several of them say is quoted once, with where else it stands."""
        twins = await self._twins([each.seen.passage.id for each in ranked]) if self._twins else {}
        once = {passage.id for passage, _ in shown_once([(each.seen.passage, each.value) for each in ranked], twins)}
        kept = [each for each in ranked if each.seen.passage.id in once]
        quotes = await asyncio.to_thread(self._quoted, query, kept, limit)
        elsewhere = await self._store.passages(places([quote.passage for quote in quotes], twins))
        return tuple(also_in(quote, twins, elsewhere) if quote.passage.id in twins else quote for quote in quotes)

    def _quoted(self, query: Query, ranked: Iterable[Ranked], limit: int) -> tuple[Quote, ...]:
        """Quote the first passages, each text once, with where else the same words stand."""
        quotes: dict[str, Quote] = {}
        for each in ranked:
            same = quotes.get(each.seen.text)
            if same is not None:
                quotes[each.seen.text] = with_also(same, each.seen.passage)
            elif len(quotes) < limit:
                found = quote(each.seen, query, self._marking, score=each.value, analyzer=self._analyzer)
                quotes.update((each.seen.text, kept) for kept in verbatim([found]))
        return tuple(quotes.values())

    async def _borne(self, query: Query, passage: Passage) -> frozenset[str]:
        """Name the names of the question that some passage of this one's report bears."""
        borne = set()
        for name in query.names:
            bare = core(name)
            probe = Query(name, name, tuple(map(Term, features.pairs(bare))))
            hits = await self._retriever.retrieve(probe, limit=5, scope=Scope(frozenset({passage.report.id})))
            for held in await self._store.passages([hit.passage_id for hit in hits]):
                if bare in self._analyzer.fold(held.text + held.article.title + "".join(held.section)).text:
                    borne.add(name)
        return frozenset(borne)

    async def _dated(self, query: Query, passages: Sequence[Passage]) -> Dated:
        """Say which passages of the reports that were found are about the years of the question."""
        scope = Scope(frozenset(passage.report.id for passage in passages))
        dated = {}
        for term in (f"{kind}:{year}" for year in query.years for kind in "ydp"):
            hits = await self._retriever.retrieve(Query("", "", (Term(term),)), limit=_DATED, scope=scope)
            dated[term] = frozenset(hit.passage_id for hit in hits)
        return dated

    async def _listed(self, found: Findings, limit: int) -> Sequence[Ranked]:
        """Answer a question for parts with the parts: the opening passage of each section, the best passage first."""
        if not found.ranked:
            return found.ranked
        first = found.ranked[0].seen.passage
        openings = sections(await self._store.article(first), first)
        ids = {passage.id for passage in openings} - {first.id}
        if len(openings) < 2:
            return found.ranked
        listed = [
            Ranked(view(passage, self._analyzer), 0.0, (), found.ranked[0].value)
            for passage in openings[: limit * 2]
            if passage.id in ids
        ]
        return [found.ranked[0], *listed, *(each for each in found.ranked[1:] if each.seen.passage.id not in ids)]


def put_right(found: Findings) -> str | None:
    """Write the question anew with words that nobody holds put right; None where there is nothing to put right."""
    query, held = found.query, found.statistics.frequencies
    lost = [word for word in features.unknown(found.about, found.statistics) if word not in query.names]
    # A mistyped word is often cut apart, because no dictionary holds it, and leaves a character that nobody uses alone.
    alone = {word for word in query.words if len(word) == 1 and not held.get(word)}
    torn = (term.text[2:] for term in query.terms if term.text[:2] == "b:" and not held.get(term.text))
    lost += [pair for pair in torn if alone & set(pair)]
    question = query.interpreted.rpartition(BESIDE)[2]
    texts = [f"{each.seen.text}\n{each.seen.headings}" for each in found.ranked]
    meant = suggestions(lost, question, texts) if lost else {}
    for word, other in meant.items():
        question = question.replace(word, other)
    return question if meant else None


def sections(article: Sequence[Passage], best: Passage) -> list[Passage]:
    """Give the opening passage of each section beside *best*'s own in an article, in reading order.

    Beside means: under the same heading, one level down from it.
    """
    depth = max(1, len(best.section))
    above = best.section[: depth - 1]
    first: dict[str, Passage] = {}
    for passage in article:
        if len(passage.section) >= depth and passage.section[: depth - 1] == above:
            first.setdefault(passage.section[depth - 1], passage)
    return list(first.values())


def verbatim(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Let pass only what stands in its passage to the character: the one promise of this program."""
    kept = []
    for found in quotes:
        if found.passage.text[found.start : found.start + len(found.text)] == found.text:
            kept.append(found)
        else:
            _log.error("A quotation of passage %s differs from it and was dropped", found.passage.id)
    return tuple(kept)


def with_also(found: Quote, passage: Passage) -> Quote:
    """Note where else the words of a quote stand."""
    return replace(found, also_in=(*found.also_in, passage))


def shown_as(query: Query) -> str:
    """Write what was understood for people: the topic, and what reports say instead of its words."""
    said = [f"{each.word} → {'、'.join(each.others[:3])}" for each in query.expansions]
    return "；".join([query.interpreted, *said])


def nearest(passages: Iterable[Passage], limit: int = 3) -> tuple[Nearest, ...]:
    """Name the innermost headings of *passages*, each once, best first."""
    headings: dict[str, Nearest] = {}
    for passage in passages:
        heading = passage.section[-1] if passage.section else passage.article.title
        headings.setdefault(heading, Nearest(heading, passage.id))
    return tuple(headings.values())[:limit]


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
