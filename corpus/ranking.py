"""Order the passages that were found: by how each fits the question as a whole, not by its bag of terms alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from corpus.features import Asked, features
from corpus.matching import View
from corpus.model import Query
from corpus.names import bears
from corpus.weights import Linear
from corpus.years import passage_years


@dataclass(frozen=True, slots=True)
class Ranked:
    """Hold a passage with its BM25 *score*, its *features*, and the *value* it is ranked by."""

    seen: View
    score: float
    features: tuple[float, ...]
    value: float


def rank(about: Asked, found: Sequence[tuple[View, float]], weights: Linear) -> list[Ranked]:
    """Order *found*, passages with their BM25 scores best first; equal ones keep their order."""
    best = found[0][1] if found else 0.0
    ranked = []
    for seen, score in found:
        described = features(about, seen, score, best)
        ranked.append(Ranked(seen, score, described, weights.of(described)))
    return sorted(ranked, key=lambda each: -each.value)


def spread(query: Query, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Bring one passage for each of what a question compares to the front: each year, each name, each article.

    The rest keeps its order behind them. Of a question about one year, passages about that year come first: the same
    sentence stands in every year's report with other figures. Any other question is left as it is.
    """
    if len(query.years) == 1:
        return sorted(ranked, key=lambda each: not _about(query.years[0])(each))
    if len(query.years) > 1:
        return _one_each(ranked, [_about(year) for year in query.years])
    if len(query.names) > 1:
        return _one_each(ranked, [_bearing(name) for name in query.names])
    if query.several:
        return _firsts(ranked, lambda each: (each.seen.passage.report.id, each.seen.passage.article.number))
    return list(ranked)


def _about(year: int) -> Callable[[Ranked], bool]:
    def tells(each: Ranked) -> bool:
        (years,) = passage_years([each.seen.passage])
        return year in years.done or year in years.planned or str(year) in each.seen.text

    return tells


def _bearing(name: str) -> Callable[[Ranked], bool]:
    return lambda each: bears(name, each.seen.headline) or bears(name, each.seen.text)


def _one_each(ranked: Sequence[Ranked], wants: Iterable[Callable[[Ranked], bool]]) -> list[Ranked]:
    taken: list[Ranked] = []
    for want in wants:
        taken += [each for each in ranked if want(each) and each not in taken][:1]
    front = [each for each in ranked if each in taken]
    return front + [each for each in ranked if each not in taken]


def _firsts(ranked: Sequence[Ranked], key: Callable[[Ranked], Hashable]) -> list[Ranked]:
    first: dict[Hashable, Ranked] = {}
    for each in ranked:
        first.setdefault(key(each), each)
    front = list(first.values())
    return front + [each for each in ranked if each not in front]
