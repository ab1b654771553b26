"""Say how sure an answer is, from 0 to 1, and which words of the question were not found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corpus.analysis import tells
from corpus.model import Query, Statistics, Verdict
from corpus.ranking import Ranked
from corpus.ranking.features import NAMES as FEATURES
from corpus.ranking.features import Asked, topical, unknown
from corpus.ranking.matching import View, best_sentence, present

NAMES = (
    "covered",
    "pair",
    "concepts",
    "concepts_around",
    "missing",
    "missing_around",
    "terms",
    "kind_missing",
    "names_missing",
    "margin",
)
"""What each feature of an answer is called, in the order of ``describe``."""


FOREIGN = 0.05
"""The most an answer is trusted to a question that is about nothing in the reports."""

FAINT = 0.4
"""How much of its chance an answer keeps that holds no word of what the question is about, only characters."""


def describe(about: Asked, ranked: Sequence[Ranked], passages: int) -> tuple[float, ...]:
    """Describe how well the first of *ranked* answers, in numbers from 0 to about 1; the corpus has *passages*.

    *missing* is the weight of the rarest word that is nowhere in the passage: one such word (电话号码, 局长) is enough
    to make a question another question.
    """
    first = ranked[0]
    value = dict(zip(FEATURES, first.features, strict=True))
    split = first.seen.sentences
    chosen = best_sentence(about.query, split) if split else 0
    around = "".join(sentence.folded.text for sentence in split[max(0, chosen - 1) : chosen + 2])
    rarest = math.log1p((passages + 0.5) / 0.5)
    others = {expansion.word: expansion.others for expansion in about.query.expansions}
    looked = about.query.kind in ("number", "when")
    return (
        value["covered"],
        value["pair"],
        value["concepts"],
        _covered(about, others, around),
        _rarest_missing(about, others, f"{first.seen.text}\n{first.seen.headline}") / rarest,
        _rarest_missing(about, others, around) / rarest,
        math.log1p(len(about.query.terms)) / 5,
        1.0 - value["kind"] if looked else 0.0,
        1.0 - value["names"] if about.names else 0.0,
        min(3.0, first.value - ranked[1].value) if len(ranked) > 1 else 1.0,
    )


def doubted(chance: float, about: Asked, ranked: Sequence[Ranked], statistics: Statistics) -> float:
    """Lower the *chance* of an answer to a question that is foreign to the reports, by the look of it.

    So is a question of whose words most stand in no report, nor anything that could be said instead, and of which the
    first passage holds next to nothing. Where no passage found holds a word of what the question is about, a figure in
    it is one of something else; names, years and numbers alone, and characters here and there, are in many passages.
    """
    value = dict(zip(FEATURES, ranked[0].features, strict=True))
    inferred = {expansion.word for expansion in about.query.expansions}
    lost = sum(about.words[word] for word in unknown(about, statistics) if word not in inferred)
    if lost and lost >= 0.6 * sum(about.words.values()) and value["concepts"] <= 0.2 and value["covered"] <= 0.15:
        return min(chance, FOREIGN)
    if any(topical(about, each.seen) for each in ranked):
        return chance
    return min(chance, FOREIGN) if about.query.kind in ("number", "when") else chance * FAINT


def verdict(sure: float, *, threshold: float, related_threshold: float) -> Verdict:
    """Turn a confidence into what people are told."""
    if sure >= threshold:
        return "answer"
    return "related" if sure >= related_threshold else "none"


def missing(query: Query, seen: Sequence[View]) -> tuple[str, ...]:
    """Name the words of the question that none of the passages *seen*, nor what stands above them, hold."""
    texts = [f"{each.text}\n{each.headline}" for each in seen]
    return tuple(word for word in query.words if tells(word) and not any(present(word, text) for text in texts))


def _covered(about: Asked, others: dict[str, tuple[str, ...]], text: str) -> float:
    total = sum(about.words.values())
    covered = 0.0
    for word, weight in about.words.items():
        if present(word, text):
            covered += weight
        elif any(present(other, text) for other in others.get(word, ())):
            covered += weight * 0.6
    return covered / total if total else 0.0


def _rarest_missing(about: Asked, others: dict[str, tuple[str, ...]], text: str) -> float:
    """Weigh the rarest word that a text lacks; characters of it that stand there alone count for half."""
    worst = 0.0
    for word, weight in about.words.items():
        if present(word, text) or any(present(other, text) for other in others.get(word, ())):
            continue
        known = sum(char in text for char in word) / len(word)
        worst = max(worst, weight * (1 - known / 2))
    return worst
