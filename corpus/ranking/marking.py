"""Choose the sentence of a passage that answers a question, by weights fitted on questions with known answers.

A sentence answers that covers the question's words, above all those beside the question word (首府 of 首府在哪里), and
looks like an answer of the kind that is asked; one that only repeats the question, as a heading does, answers less
than the one after it. What a passage opens with is what all of it is about, so the rest of the question tells more of
which sentence answers. What the words that are held are worth changes with the length of the question.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence

from corpus.model import Query, QuestionKind
from corpus.ranking.matching import Sentence, asked, coverages, held, longest_shared, present
from corpus.ranking.weights import Linear

_STRETCHED = (
    "covered",
    "share",
    "focus",
    "before",
    "best_before",
    "length",
    "news",
    "repeats",
    "first",
    "shared_run",
    "with_before",
    "beyond",
    "beyond_covered",
    "opening_run",
)
_SHAPES = (
    *_STRETCHED,
    *(f"{name}:long" for name in _STRETCHED),
    "after",
    "asks",
    "last",
    "place",
    "heading",
    "dense",
    "focus_before",
    "after_heading",
    "after_question",
    "after_colon",
)
_KINDS = ("number", "when", "who", "which", "list", "how", "why", "what", "headings", "other")
_LOOKS = {
    "digit": re.compile(r"[\d*]"),
    "numeral": re.compile(r"[一二三四五六七八九十百千万亿两](?=[个项次名人家元场年月日期岁届座条种位])"),
    "date": re.compile(r"[\d一二三四五六七八九十][年月日]"),
    "list": re.compile(r"、[^、]*、|包括|分别|;"),
    "colon": re.compile(r":"),
    "cause": re.compile(r"因|由于|从而|旨在|以便|为了|使|目的|所以|导致|为"),
    "person": re.compile(r"书记|主任|[局部厅会社]长|主席|总理|人员|同志|由"),
    "is": re.compile(r"是|即|称[为作]|指|为"),
    "title": re.compile(r"《"),
    "quoted": re.compile(r"[“「『\"]"),
    "where": re.compile(r"位于|[省市县区地洲国岛站街路在]"),
    "must": re.compile(r"[可应需须要]|不得|按照|给予"),
    "means": re.compile(r"通过|采[取用]|[以用将]"),
    "office": re.compile(r"[局部委院办]|公司|中心|单位|政府|机关"),
    "foreign": re.compile(r"·"),
    "large": re.compile(r"[%‰元万亿]"),
}
NAMES = (*_SHAPES, *(f"{kind}:{look}" for kind in _KINDS for look in _LOOKS))
"""What each feature of a sentence is called, in the order of ``describe``."""

_HEADING = re.compile(r"[(（]?[一二三四五六七八九十\d]+[)）、.．]")
_ASKS = re.compile(r"[？?][”’\"』」）)]*$")
_COLON = re.compile(r"[:：][”’\"』」]*$")
_OPENING = 8  # characters, in which most passages name what they are about
_SHORT = 25  # characters of a sentence that may be a heading run into the text
_USUAL = 10  # characters of a question of usual length


def mark(query: Query, split: Sequence[Sentence], weights: Linear) -> int:
    """Name the sentence of *split* that answers; of equal ones the first."""
    weights = _of_kind(weights, query.kind)
    values = [weights.of((*shapes, *looks)) for shapes, looks in _described(query, split)]
    return max(range(len(values)), key=lambda n: (values[n], -n))


def describe(query: Query, split: Sequence[Sentence]) -> list[tuple[float, ...]]:
    """Describe how each sentence of a passage answers, in numbers of about 0 to 1, as ``NAMES`` says."""
    none = (0.0,) * len(_LOOKS)
    return [
        (*shapes, *(value for kind in _KINDS for value in (looks if kind == query.kind else none)))
        for shapes, looks in _described(query, split)
    ]


@functools.lru_cache(maxsize=32)
def _of_kind(weights: Linear, kind: QuestionKind) -> Linear:
    """Leave of the weights those of a question's kind: what is seen for the others is nothing."""
    first = len(_SHAPES) + _KINDS.index(kind) * len(_LOOKS)
    return Linear((*weights.weights[: len(_SHAPES)], *weights.weights[first : first + len(_LOOKS)]), weights.constant)


def _described(query: Query, split: Sequence[Sentence]) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Describe each sentence by its shape and its looks."""
    texts = [sentence.folded.text for sentence in split]
    terms = asked(query, "".join(texts))
    mass = sum(terms.values()) or 1
    holds = [held(terms, text) for text in texts]
    covered = coverages(terms, holds)
    told = sum(term.weight for term in query.focus) or 1.0
    focus = [sum(term.weight for term in query.focus if present(term.text, text)) / told for text in texts]
    topic = set(query.topic)
    length = max(1, len(query.topic.replace(" ", "")))
    long = math.log((1 + length) / _USUAL)
    opening = texts[0][:_OPENING] if texts else ""
    opened = held(terms, opening)
    others = {term: count for term, count in terms.items() if term not in opened}
    other = sum(others.values()) or 1
    beyond = [here - opened for here in holds]
    beyond_covered = coverages(others, beyond)
    opening_run = longest_shared(query.topic, opening) / length

    def weigh(found: set[str]) -> int:
        return sum(map(terms.__getitem__, found))

    described: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    for n, text in enumerate(texts):
        previous = texts[n - 1] if n else ""
        share = weigh(holds[n]) / mass
        news = len(text) - sum(map(text.count, topic))
        stretched = (
            covered[n],
            share,
            focus[n],
            covered[n - 1] if n else 0.0,
            max(covered[:n], default=0.0),
            math.log1p(len(text)) / 5,
            math.log1p(news) / 5,
            1 - news / max(1, len(text)),
            float(n == 0),
            longest_shared(query.topic, text) / length,
            weigh(holds[n] | (holds[n - 1] if n else set())) / mass,
            weigh(beyond[n]) / other,
            beyond_covered[n],
            opening_run if n == 0 and len(text) >= _SHORT and not _ASKS.search(text) else 0.0,
        )
        shapes = (
            *stretched,
            *(value * long for value in stretched),
            covered[n + 1] if n + 1 < len(texts) else 0.0,
            float(_ASKS.search(text) is not None),
            float(n == len(texts) - 1 and n > 0),
            n / len(texts),
            float(_HEADING.match(text) is not None and len(text) < 30),
            share / math.log1p(len(text) + 5),
            focus[n - 1] if n else 0.0,
            covered[n - 1] if n and len(previous) < _SHORT else 0.0,
            float(_ASKS.search(previous) is not None),
            float(_COLON.search(previous) is not None),
        )
        described.append((shapes, _looks(text)))
    return described


@functools.lru_cache(maxsize=16384)
def _looks(folded: str) -> tuple[float, ...]:
    """Say of a folded sentence which of ``_LOOKS`` it has; nothing else of it is the same for every question."""
    return tuple(1.0 if look.search(folded) else 0.0 for look in _LOOKS.values())
