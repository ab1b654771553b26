"""Say how sure an answer is, from 0 to 1, and which words of the question were not found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corpus.analysis import Analyzer
from corpus.model import Passage, Query, Statistics, Verdict
from corpus.quoting import best, coverages, occurrences, sentences


def idf(statistics: Statistics, term: str) -> float:
    """Weigh a term by its rarity in the corpus; one that nobody holds weighs most."""
    held = statistics.frequencies.get(term, 0)
    return math.log1p((statistics.passages - held + 0.5) / (held + 0.5))


def missing(query: Query, passages: Sequence[Passage], analyzer: Analyzer) -> tuple[str, ...]:
    """Name the words of the question that none of *passages*, nor their headings, hold."""
    texts = [context(passage, analyzer) for passage in passages]
    return tuple(
        word
        for word in query.words
        if (len(word) > 1 or word.isascii()) and not any(occurrences(word, text) for text in texts)
    )


def context(passage: Passage, analyzer: Analyzer) -> str:
    """Fold a passage with all that stands above it: title, unit, headings."""
    article = passage.article
    return analyzer.fold("\n".join((article.title, article.unit or "", *passage.section, passage.text))).text


def confidence(query: Query, passage: Passage, score: float, statistics: Statistics, analyzer: Analyzer) -> float:
    """Say how sure *passage* answers *query*, 0 to 1, from its BM25 *score* and what its best sentence covers.

    The score is divided by the most that the question could score, a term that nobody holds counted at its highest
    idf; raw scores of two questions cannot be compared.
    """
    weights = [(term, idf(statistics, term.text)) for term in query.terms if term.weight == 1]
    most = sum(weight for _, weight in weights)
    if not most:
        return 0.0
    split = sentences(passage, analyzer)
    scores = coverages(query, split)
    chosen = split[best(scores)].folded.text if split else ""
    covered = sum(weight for term, weight in weights if occurrences(term.text, chosen)) / most
    # 1.6 is k1 + 1, what a term comes to that is repeated without end.
    return min(1.0, 0.5 * min(1.0, score / (1.25 * most)) + 0.5 * covered)


def verdict(sure: float, *, threshold: float, related_threshold: float) -> Verdict:
    """Turn a confidence into what people are told."""
    if sure >= threshold:
        return "answer"
    return "related" if sure >= related_threshold else "none"
