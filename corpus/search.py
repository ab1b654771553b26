"""Answer a question: find passages, quote the best of them to the character, and give the verdict.

found   = await finder.find(question, …)
again   = await finder.find(the question with its mistyped words put right)
verdict = answer, related or none, by how sure the finding is
quotes  = each of the best passages once, its answering sentence marked, with where else it stands
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from config import resource
from corpus.analysis import frequency
from corpus.duplicates import Twins, also_in, places, shown_once
from corpus.finding import Finder, Findings
from corpus.model import Answer, Nearest, Passage, PassageId, Query, Quote, Scope
from corpus.questions.following import BESIDE, asks_more, continues, leans, of_a_deed
from corpus.questions.spelling import suggestions
from corpus.quoting import quote
from corpus.ranking import Ranked, confidence, features, marking
from corpus.ranking.weights import parse_weights

_log = logging.getLogger(__name__)


class Searcher:
    """Answer questions from the passages that *finder* finds; *twins* tells which say the same.

    *weights* is the text of ``config/weights.json``, or another like it. Up to so many *quotes* answer a question; from
    a confidence of *threshold* on it counts as answered, from *related_threshold* on the quotes are near.
    """

    def __init__(
        self,
        finder: Finder,
        *,
        twins: Callable[[Sequence[PassageId]], Awaitable[Twins]] | None = None,
        weights: str | None = None,
        quotes: int = 3,
        threshold: float,
        related_threshold: float,
    ) -> None:
        self.find = finder.find
        self._view = finder.view
        self._analyzer = finder.analyzer
        self._understanding = finder.understanding
        self._store = finder.store
        self._twins = twins
        self._quotes = quotes
        self._threshold = threshold
        self._related_threshold = related_threshold
        self._marking = parse_weights(
            resource("weights.json") if weights is None else weights, "marking", marking.NAMES
        )

    async def answer(
        self,
        question: str,
        *,
        scope: Scope | None = None,
        context: Sequence[str] = (),
        limit: int | None = None,
        shown: int | None = None,
    ) -> Answer:
        """Answer *question* within *scope* with at most *limit* quotes; *context* are earlier questions, oldest first.

        Where it asks for more (还有呢), the quotes go on behind those that its context was answered with, *shown* (or
        *limit*) at a time. Never raises for what a question holds: one without anything to look up is ``invalid``.
        """
        started = time.perf_counter()
        limit = self._quotes if limit is None else limit
        asked, times = question, 0
        if context:
            asked, context, times = await asyncio.to_thread(self._behind_more, question, context)
        skipped = times * (limit if shown is None else shown)
        limit += skipped
        found = await self.find(asked, scope=scope, context=context, limit=limit)
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
        ranked = await self._listed(found, limit) if query.kind == "headings" else found.ranked
        quotes = (await self._shown_once(query, ranked, limit) if told != "none" else ())[skipped:]
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
        """Tell whether *question* may only make sense after an earlier one (那眉县呢)."""
        return leans(await asyncio.to_thread(self._understanding.understand, question))

    async def goes_on(self, question: str, context: Sequence[str], *, scope: Scope | None = None) -> bool:
        """Tell whether *question* goes on with its *context*: it says so, or what both find together is about it.

        谁牵头 goes on with 冷链物流园 where a passage about that park tells who leads; 工资多少 does not, of which none
        tells. Only of a deed (发了多少) reports may tell in other words. Nothing goes on with what makes it
        unanswerable, nor where it finds the very passage that answers it by itself.
        """
        if not context:
            return False
        query = await asyncio.to_thread(self._understanding.understand, question)
        if continues(query):
            return True
        alone = await self.find(question, scope=scope)
        together = await self.find(question, scope=scope, context=context)
        if together.sure < self._related_threshold <= alone.sure:
            return False
        if alone.sure >= self._threshold and _first(alone) == _first(together):
            return False
        if _told(alone, together):
            return True
        return of_a_deed(query) and not _told(alone, alone) and together.sure > alone.sure

    def _behind_more(self, question: str, context: Sequence[str]) -> tuple[str, Sequence[str], int]:
        """Find the question that 还有呢 goes on with, its own context, and how many times it was gone on with."""
        chain, times = [*context, question], 0
        while len(chain) > 1 and asks_more(self._analyzer.fold(chain[-1]).text):
            chain, times = chain[:-1], times + 1
        return chain[-1], chain[:-1], times

    def quote(self, question: str, passage: Passage) -> Quote:
        """Quote a given *passage* for *question*, whether or not it would have been found."""
        query = self._understanding.understand(question)
        return quote(self._view(passage), query, self._marking, analyzer=self._analyzer)

    async def _shown_once(self, query: Query, ranked: Sequence[Ranked], limit: int) -> tuple[Quote, ...]:
        """Quote the first passages; what several of them say is quoted once, with where else it stands."""
        twins = await self._twins([each.seen.passage.id for each in ranked]) if self._twins else {}
        once = {passage.id for passage, _ in shown_once([(each.seen.passage, each.value) for each in ranked], twins)}
        kept = [each for each in ranked if each.seen.passage.id in once]
        quotes = await asyncio.to_thread(self._quoted, query, kept, limit)
        elsewhere = await self._store.read(places([quote.passage for quote in quotes], twins))
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
            Ranked(self._view(passage), 0.0, (), found.ranked[0].value)
            for passage in openings[: limit * 2]
            if passage.id in ids
        ]
        return [found.ranked[0], *listed, *(each for each in found.ranked[1:] if each.seen.passage.id not in ids)]


def _first(found: Findings) -> PassageId | None:
    """Name the first passage of a finding."""
    return found.ranked[0].seen.passage.id if found.ranked else None


def _told(asked: Findings, found: Findings) -> bool:
    """Say whether the first passage of a finding holds anything of what a question is about."""
    return bool(found.ranked) and features.topical(asked.about, found.ranked[0].seen)


def put_right(found: Findings) -> str | None:
    """Write the question anew with words that nobody holds put right; None where there is nothing to put right."""
    query, held = found.query, found.statistics.frequencies
    lost = [word for word in features.unknown(found.about, found.statistics) if word not in query.names]
    # A mistyped word is often cut apart, because no dictionary holds it, and leaves a character that nobody uses alone.
    alone = {word for word in query.words if len(word) == 1 and not frequency(found.statistics, word)}
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
