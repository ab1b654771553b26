"""Answer a question: understand it, find passages, quote them, say how sure we are."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from corpus.analysis import Analyzer
from corpus.confidence import confidence, missing, verdict
from corpus.duplicates import Twins, also_in, places, shown_once
from corpus.model import Answer, Hit, Nearest, Passage, PassageId, Quote, Scope
from corpus.quoting import quote
from corpus.retrieval import Retriever
from corpus.understanding import Understanding

_log = logging.getLogger(__name__)

_DEPTH = 20
"""How many passages are looked at for each question, at least; the best of them are quoted."""


class Passages(Protocol):
    """Give passages as they are stored; ``Store`` does, and a dictionary in a test."""

    async def passages(self, ids: Sequence[PassageId]) -> list[Passage]:
        """Give the passages *ids* name, in that order; those that are not there (any more) are left out."""
        ...


class Searcher:
    """Answer questions from the passages of *store* that *retriever* finds; *twins* tells which say the same."""

    def __init__(
        self,
        *,
        analyzer: Analyzer,
        understanding: Understanding | None = None,
        retriever: Retriever,
        store: Passages,
        twins: Callable[[Sequence[PassageId]], Awaitable[Twins]] | None = None,
        quotes: int = 3,
        threshold: float,
        related_threshold: float,
    ) -> None:
        self._analyzer = analyzer
        self._understanding = understanding or Understanding(analyzer)
        self._retriever = retriever
        self._store = store
        self._twins = twins
        self._quotes = quotes
        self._threshold = threshold
        self._related_threshold = related_threshold

    async def answer(
        self, question: str, *, scope: Scope | None = None, context: Sequence[str] = (), limit: int | None = None
    ) -> Answer:
        """Answer *question* within *scope* with at most *limit* quotes; *context* are earlier questions, oldest first.

        Never raises for what a question holds: one without anything to look up has the verdict ``invalid``.
        """
        started = time.perf_counter()
        limit = self._quotes if limit is None else limit
        query = self._understanding.understand(question, context=context)
        if not query.terms:
            return Answer(question, query.interpreted, "invalid", 0.0, (), (), took_ms=_since(started))
        hits = await self._retriever.retrieve(query, limit=max(limit, _DEPTH), scope=scope)
        passages = await self._store.passages([hit.passage_id for hit in hits])
        twins = await self._twins([hit.passage_id for hit in hits]) if self._twins else {}
        scored = list(shown_once(_paired(hits, passages), twins))[:limit]
        elsewhere = await self._store.passages(places([passage for passage, _ in scored], twins))
        quotes = verbatim(
            also_in(quote(passage, query, score=score, analyzer=self._analyzer), twins, elsewhere)
            for passage, score in scored
        )
        if not quotes:
            lost = missing(query, (), self._analyzer)
            return Answer(question, query.interpreted, "none", 0.0, lost, (), took_ms=_since(started))
        statistics = await self._retriever.statistics({term.text for term in query.terms})
        sure = max(confidence(query, found.passage, found.score, statistics, self._analyzer) for found in quotes)
        told = verdict(sure, threshold=self._threshold, related_threshold=self._related_threshold)
        return Answer(
            question=question,
            interpreted=query.interpreted,
            verdict=told,
            confidence=sure,
            missing_terms=missing(query, [found.passage for found in quotes], self._analyzer),
            quotes=() if told == "none" else quotes,
            nearest=nearest(passages) if told == "none" else (),
            took_ms=_since(started),
        )


def verbatim(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Let pass only what stands in its passage to the character: the one promise of this program."""
    kept = []
    for found in quotes:
        if found.passage.text[found.start : found.start + len(found.text)] == found.text:
            kept.append(found)
        else:
            _log.error("A quotation of passage %s differs from it and was dropped", found.passage.id)
    return tuple(kept)


def nearest(passages: Iterable[Passage], limit: int = 3) -> tuple[Nearest, ...]:
    """Name the innermost headings of *passages*, each once, best first."""
    headings: dict[str, Nearest] = {}
    for passage in passages:
        heading = passage.section[-1] if passage.section else passage.article.title
        headings.setdefault(heading, Nearest(heading, passage.id))
    return tuple(headings.values())[:limit]


def _paired(hits: Iterable[Hit], passages: Iterable[Passage]) -> list[tuple[Passage, float]]:
    """Put each passage beside its score; hits whose passage has gone meanwhile are left out."""
    scores = {hit.passage_id: hit.score for hit in hits}
    return [(passage, scores[passage.id]) for passage in passages]


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
