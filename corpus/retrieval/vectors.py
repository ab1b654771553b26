"""BM25 as an inner product: a passage is a sparse vector of weights without idf, a question one of idf values.

The product of the two is the score, so an engine that finds the largest inner products over sparse vectors ranks by
BM25, with statistics that are ours and not those of one of its segments. Weights travel as float32 and are made with
the mean length of their day; what that can do to a score is bounded here, and ``exact`` gives the score itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from corpus.model import Query, Statistics
from corpus.retrieval.okapi import K1, B, idf

_FLOAT32 = 2.0**-23
"""How far a number may be off, as a share of itself, after it was written as float32 (generously)."""


def asked(query: Query, statistics: Statistics) -> dict[str, float]:
    """Weigh the terms of *query* that anything holds: idf by the weight they were asked with."""
    weights: dict[str, float] = {}
    for term in query.terms:
        weights[term.text] = weights.get(term.text, 0.0) + term.weight
    return {
        term: float(weight * idf(statistics.passages, statistics.frequencies[term]))
        for term, weight in weights.items()
        if weight > 0 and statistics.frequencies.get(term)
    }


def passage_weights(
    counts: Mapping[str, int], *, average_length: float, k1: float = K1, b: float = B
) -> dict[str, float]:
    """Weigh each term of a passage as BM25 does, but for its idf: above zero, below k1 + 1."""
    norm = _norm(sum(counts.values()), average_length, k1, b)
    return {term: count * (k1 + 1) / (count + norm) for term, count in counts.items()}


def exact(
    bag: Sequence[str], weights: Mapping[str, float], *, average_length: float, k1: float = K1, b: float = B
) -> float:
    """Score the passage with the terms of *bag* for what ``asked`` has weighed."""
    terms = list(bag)
    counts = Counter(filter(weights.__contains__, terms))
    norm = _norm(len(terms), average_length, k1, b)
    return sum(weight * (counts[term] * (k1 + 1) / (counts[term] + norm)) for term, weight in weights.items())


def most(score: float, *, average_length: float, made_with: float, terms: int) -> float:
    """Bound the exact score of a passage that an engine scores at most *score*, over a question of *terms* terms.

    Its weights were made with a mean length of at least *made_with*. A mean that grew by a share raises a weight by
    no more than that share, for count / (count + norm) grows slower than norm falls; one that fell lowers it.
    """
    return score * max(1.0, average_length / made_with) * (1 + (terms + 4) * _FLOAT32)


def _norm(length: int, average_length: float, k1: float, b: float) -> float:
    return k1 * (1 - b + b * length / average_length)
