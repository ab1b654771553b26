"""Order the passages that were found: by how each fits the question as a whole, not by its bag of terms alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.model import PassageId
from corpus.questions.names import Names, bears
from corpus.ranking.features import NAMES as FEATURES
from corpus.ranking.features import Asked, describe, topical
from corpus.ranking.matching import View
from corpus.ranking.weights import Linear

NAMES = tuple(name for name in FEATURES if name != "names")
"""The features that a passage is ranked by. More of them fit the questions at hand better, and others worse."""

_PLACES = tuple(FEATURES.index(name) for name in NAMES)

Dated = Mapping[str, frozenset[PassageId]]
"""Which passages hold a year's term: ``y:2014`` about it, ``d:2014`` what was done in it, ``p:2014`` planned for it."""

_COUNTRY = ("全国", "国务院", "中华人民共和国", "中央")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Hold a passage with its BM25 *score*, its *features*, and the *value* it is ranked by."""

    seen: View
    score: float
    features: tuple[float, ...]
    value: float


def rank(about: Asked, found: Sequence[tuple[View, float]], weights: Linear) -> list[Ranked]:
    """Order *found*, passages with their BM25 scores best first; equal ones keep their order."""
    ranked = [
        Ranked(seen, score, described, weights.of(chosen(described)))
        for (seen, score), described in zip(found, describe(about, found), strict=True)
    ]
    return sorted(ranked, key=lambda each: -each.value)


def chosen(described: Sequence[float]) -> tuple[float, ...]:
    """Pick of all features of a passage those it is ranked by."""
    return tuple(described[place] for place in _PLACES)


def spread(about: Asked, ranked: Sequence[Ranked], dated: Dated, names: Names) -> list[Ranked]:
    """Bring one passage for each of what a question compares to the front: each year, each name, each article.

    The rest keeps its order behind them. Of a question to one year's report, passages of that report come first. Of one
    about a year, passages about that year come first: the same
    sentence stands in every year's report with other figures. A passage of a report without a year keeps its place:
    that it does not name the year says nothing. Where a question names one place, what is told of another comes last.
    Where what is about the year has nothing of what is asked about, and other passages have, those come first.
    """
    query = about.query
    if query.reports_of:
        ranked = sorted(ranked, key=lambda each: each.seen.passage.report.year not in query.reports_of)
    if len(query.years) == 1:
        told = _about(query.years[0], dated)
        of_topic = [each for each in ranked if topical(about, each.seen)]
        if of_topic and not any(map(told, of_topic)):
            return of_topic + [each for each in ranked if each not in of_topic]
        return sorted(ranked, key=lambda each: each.seen.passage.report.year is not None and not told(each))
    if len(query.years) > 1:
        return _one_each(ranked, [_about(year, dated) for year in query.years])
    places = sum(map(names.local, query.names))
    if max(places, len(query.names) - places) > 1:
        return _one_each(ranked, [_bearing(name) for name in query.names])
    # Where nothing bears the name, what is told of other places is what is near.
    if places and any(_bears(about, each.seen, names) for each in ranked):
        return sorted(ranked, key=lambda each: of_another(each.seen, names) and not _bears(about, each.seen, names))
    if query.several:
        return _firsts(ranked, _told_by)
    return list(ranked)


def _bears(about: Asked, seen: View, names: Names) -> bool:
    """Say whether a passage bears every place of the question."""
    text = f"{seen.headline}\n{seen.text}"
    return all(any(bears(name, text) for name in each) for each in about.names if names.local(each[0]))


def of_another(seen: View, names: Names) -> bool:
    """Say whether a passage's headings name a place, or the country as a whole."""
    if any(word in seen.headline for word in _COUNTRY):
        return True
    article = seen.passage.article.title.partition("：")
    return bool(article[1]) and names.local(article[0])


def _told_by(each: Ranked) -> Hashable:
    """Name whose passage it is: the unit its article names, or the words before its title's colon; else the article."""
    article, report = each.seen.passage.article, each.seen.passage.report
    before, colon, _ = article.title.partition("：")
    return article.unit or (before if colon else (report.id, article.number))


def _about(year: int, dated: Dated) -> Callable[[Ranked], bool]:
    told = dated.get(f"y:{year}", frozenset())
    return lambda each: each.seen.passage.id in told or str(year) in each.seen.text


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
