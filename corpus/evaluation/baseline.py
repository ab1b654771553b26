"""Measure beside plain rank_bm25 with jieba: the same questions on the same passages, question by question."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import numpy as np

from corpus.evaluation import CUTS, DEPTH, Ask, Evaluation, interval, mean
from corpus.evaluation.qrels import Item
from corpus.evaluation.scorecard import percent
from corpus.model import Answer, Passage, Quote, Span
from corpus.ranking.matching import split_sentences
from corpus.retrieval.plain import PlainRetriever


def plain_asking(passages: Sequence[Passage], words: Callable[[str], list[str]]) -> Ask:
    """Give a way of asking that is rank_bm25 as it comes, on *words* of *passages*: the baseline of every measurement.

    Its answer is the first sentence with the most words of the question; its verdict is always ``answer``.
    """
    plain = PlainRetriever(passages, words)

    async def ask(item: Item) -> Answer:
        started = time.perf_counter()
        found = await asyncio.to_thread(plain.retrieve, item.question, limit=DEPTH)
        asked = set(words(item.question))
        quotes = tuple(_plain_quote(passage, hit.score, asked, words) for passage, hit in found)
        took = (time.perf_counter() - started) * 1000
        return Answer(item.question, item.question, "answer" if quotes else "none", 1.0, (), quotes, took_ms=took)

    return ask


def _plain_quote(passage: Passage, score: float, asked: set[str], words: Callable[[str], list[str]]) -> Quote:
    spans = split_sentences(passage.text) or [Span(0, 0)]
    best = max(spans, key=lambda span: len(asked & set(words(span.of(passage.text)))))
    return Quote(passage, score, passage.text, 0, best, ())


def compare(ours: Evaluation, theirs: Evaluation) -> dict[int, tuple[float, tuple[float, float]]]:
    """Say for each cut by how much recall differs, question by question, with the interval of the difference."""
    found = {}
    for cut in CUTS:
        gains = np.array(
            [
                float((mine.rank or DEPTH + 1) <= cut) - float((other.rank or DEPTH + 1) <= cut)
                for mine, other in zip(ours.outcomes, theirs.outcomes, strict=True)
            ]
        )
        found[cut] = (mean(gains), interval(gains))
    return found


def compare_rows(ours: Evaluation, theirs: Evaluation) -> list[tuple[str, ...]]:
    """Give two evaluations of the same questions as a table: recall of each, and the difference with its interval."""
    gains = compare(ours, theirs)
    head = ("", *(f"R@{cut}" for cut in CUTS))
    return [
        head,
        ("yinju", *(percent(ours.overall.recall[cut]) for cut in CUTS)),
        ("rank_bm25 + jieba", *(percent(theirs.overall.recall[cut]) for cut in CUTS)),
        ("difference", *(f"{100 * gains[cut][0]:+.1f}" for cut in CUTS)),
        ("95 % interval", *("–".join(f"{100 * end:+.1f}" for end in gains[cut][1]) for cut in CUTS)),
    ]
