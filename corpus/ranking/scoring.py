"""Score passages that were found by all terms of a question, its words and commonest characters among them.

An index holds only the terms that it takes to find a passage (``Analyzer.sought``). What was found is scored by BM25
over everything that was asked, from its text: how often each term's characters stand there.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.model import Query, Statistics
from corpus.ranking import Dated
from corpus.ranking.matching import View, idf, needle, occurrences
from corpus.retrieval.okapi import K1, B


def score(query: Query, found: Sequence[View], statistics: Statistics, dated: Dated) -> list[float]:
    """Score *found*; *dated* says which passages hold the years' terms, which no text shows."""
    worth: dict[str, float] = {}
    for term in query.terms:
        worth[term.text] = worth.get(term.text, 0.0) + term.weight * idf(statistics, term.text)
    sought = [(needle(name), dated.get(name, frozenset()), weight) for name, weight in worth.items()]
    scores = []
    for seen in found:
        text = f"{seen.text}\n{seen.headings}"
        norm = K1 * (1 - B + B * seen.length / statistics.average_length)
        total = 0.0
        for characters, told, weight in sought:
            count = _count(characters, text) if characters else int(seen.passage.id in told)
            if count:
                total += weight * count * (K1 + 1) / (count + norm)
        scores.append(total)
    return scores


def _count(characters: str, text: str) -> int:
    # Letters and digits only where they stand alone.
    return len(occurrences(characters, text)) if characters.isascii() else text.count(characters)
