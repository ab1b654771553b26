"""Say how sure an answer is, from 0 to 1, and which words of the question were not found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corpus.analysis import tells
from corpus.model import Query, Verdict
from corpus.ranking import Ranked
from corpus.ranking.features import NAMES as FEATURES
from corpus.ranking.features import Asked, topical
from corpus.ranking.matching import View, present

NAMES = ("absolute", "concepts", "terms", "names_missing")
"""What each feature of an answer is called, in the order of ``describe``. More of them tell the reports they were
fitted on better, and others worse."""

FAINT = 0.4
"""How much of its chance an answer keeps that holds no word of what the question is about, only characters."""


def describe(about: Asked, first: Ranked) -> tuple[float, ...]:
    """Describe how well the *first* passage answers, in numbers from 0 to about 1.

    It answers well where it scores high for what it could and holds much of what is asked; of a long question, little
    is held by chance.
    """
    value = dict(zip(FEATURES, first.features, strict=True))
    return (
        value["absolute"],
        value["concepts"],
        math.log1p(len(about.query.terms)) / 5,
        1.0 - value["names"] if about.names else 0.0,
    )


def doubted(chance: float, about: Asked, ranked: Sequence[Ranked]) -> float:
    """Lower the *chance* of an answer where no passage found holds a word of what is asked about.

    Names, years and numbers alone, and characters here and there, are in many passages.
    """
    return chance if any(topical(about, each.seen) for each in ranked) else chance * FAINT


def verdict(sure: float, *, threshold: float, related_threshold: float) -> Verdict:
    """Turn a confidence into what people are told."""
    if sure >= threshold:
        return "answer"
    return "related" if sure >= related_threshold else "none"


def missing(query: Query, seen: Sequence[View]) -> tuple[str, ...]:
    """Name the words of the question that none of the passages *seen*, nor what stands above them, hold."""
    texts = [f"{each.text}\n{each.headline}" for each in seen]
    return tuple(word for word in query.words if tells(word) and not any(present(word, text) for text in texts))
