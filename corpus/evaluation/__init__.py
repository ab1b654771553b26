"""Measure answers to questions whose answers are known: recall, reciprocal rank, the right sentence, refusals.

The same questions on the same corpus give the same figures: confidence intervals are drawn with a seed. recall@k is
the share of questions with a right passage among the first k quotes, as a user would see them; MRR@10 the mean of one
over the rank of the first right one (Voorhees, TREC-8). Intervals are percentiles of 1,000 bootstrap samples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpus.evaluation.qrels import Gold, Item
from corpus.model import Answer, Passage, PassageId, Quote
from corpus.years import passage_years

DEPTH = 10
"""How many quotes a question is asked with, so that recall@10 can be told."""

CUTS = (1, 3, 5, 10)
_RESAMPLES = 1000

Ask = Callable[[Item], Awaitable[Answer]]
"""Answer a question with at most ``DEPTH`` quotes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what came of one question: *rank* of the first right quote from 1, and how its sentence was treated.

    *complete* is the share of the needed answers among the quotes. *in_quote* and *marked* say of the first right
    quote whether its text and its marked sentence hold the answering sentence; None without a right quote.
    """

    item: Item
    answer: Answer
    rank: int | None
    complete: float
    in_quote: bool | None
    marked: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold the measures of a set of questions; shares from 0 to 1."""

    questions: int
    recall: dict[int, float]
    interval: dict[int, tuple[float, float]]
    mrr: float
    complete: float
    in_quote: float
    marked: float
    verdicts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Hold what became of questions without an answer: *kept* back, or *wrong*, answered as if there were one."""

    questions: int
    kept: float
    wrong: float
    verdicts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Counted:
    """Count how many of some questions something is true of."""

    questions: int
    count: int


@dataclass(frozen=True, slots=True)
class Marking:
    """Say how often the sentence that is marked in a right passage is the answering one, shares from 0 to 1.

    *held* counts a mark that holds the whole answer, *either* also one that lies within an answer of several sentences.
    """

    questions: int
    held: float
    either: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Hold everything that was measured.

    *one_answer* are the questions that one answer is enough for, None where all are. *another_year* counts, of the
    questions about one year whose first quote there is, those where it is about another.
    """

    overall: Figures
    by_type: dict[str, Figures]
    low_overlap: Figures | None
    one_answer: Figures | None
    another_year: Counted | None
    refusals: Refusals | None
    refusals_by_kind: dict[str, Refusals]
    p50_ms: float
    p95_ms: float
    outcomes: tuple[Outcome, ...] = field(repr=False)
    refused: tuple[Outcome, ...] = field(repr=False)


async def evaluate(items: Sequence[Item], ask: Ask, *, unanswerable: Sequence[Item] = ()) -> Evaluation:
    """Ask every question of *items*, and of *unanswerable*, and measure the answers."""
    outcomes = [judge(item, await ask(item)) for item in items]
    refused = [judge(item, await ask(item)) for item in unanswerable]
    times = [outcome.answer.took_ms for outcome in (*outcomes, *refused)] or [0.0]
    low = [outcome for outcome in outcomes if outcome.item.low_overlap]
    one = [outcome for outcome in outcomes if not outcome.item.every]
    dated = [outcome for outcome in outcomes if len(outcome.item.years) == 1 and outcome.answer.quotes]
    hard = [outcome for outcome in refused if not outcome.item.soft]
    return Evaluation(
        overall=figures(outcomes),
        by_type={name: figures(group) for name, group in _grouped(outcomes, lambda item: item.type)},
        low_overlap=figures(low) if low else None,
        one_answer=figures(one) if one and len(one) < len(outcomes) else None,
        another_year=Counted(len(dated), sum(map(_another_year, dated))) if dated else None,
        refusals=refusals(hard) if hard else None,
        refusals_by_kind={name: refusals(group) for name, group in _grouped(refused, _kind)},
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        outcomes=tuple(outcomes),
        refused=tuple(refused),
    )


def mark(
    items: Sequence[Item], passages: Mapping[PassageId, Passage], quote: Callable[[str, Passage], Quote]
) -> Marking:
    """Hand each question a right passage, and measure which sentence *quote* marks in it."""
    held, either = [], []
    for item in items:
        given = next((passages[name] for gold in item.gold for name in sorted(gold.passages) if name in passages), None)
        if given is None:
            continue
        found = quote(item.question, given)
        marked = found.answer.of(found.text)
        held.append(any(_within(gold.sentence, marked) for gold in item.gold))
        either.append(held[-1] or any(_within(marked, gold.sentence) for gold in item.gold))
    return Marking(len(held), mean(held), mean(either))


def judge(item: Item, answer: Answer) -> Outcome:
    """Hold an answer against what is known to be right."""
    right = [[gold for gold in item.gold if holds(gold, found)] for found in answer.quotes[:DEPTH]]
    rank = next((place for place, golds in enumerate(right, start=1) if golds), None)
    groups = {gold.group for gold in item.gold}
    reached = {gold.group for golds in right for gold in golds}
    complete = len(reached) / len(groups) if item.every and groups else float(bool(reached))
    if rank is None:
        return Outcome(item, answer, None, complete, None, None)
    first, golds = answer.quotes[rank - 1], right[rank - 1]
    marked = first.answer.of(first.text)
    return Outcome(
        item,
        answer,
        rank,
        complete,
        any(gold.in_heading or _within(gold.sentence, first.text) for gold in golds),
        any(gold.in_heading or _within(gold.sentence, marked) for gold in golds),
    )


def holds(gold: Gold, found: Quote) -> bool:
    """Say whether a quote's passage is right: named so, or with the gold sentence in it, white space aside.

    An answer that is a heading is held by every passage under it.
    """
    passage = found.passage
    if gold.passages:
        return passage.id in gold.passages
    if gold.file is not None and passage.report.file.rpartition("/")[2] != gold.file:
        return False
    if gold.in_heading:
        wanted = _bare(gold.sentence)
        return any(wanted in _bare(heading) for heading in (passage.article.title, *passage.section, passage.text))
    return _within(gold.sentence, passage.text)


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Measure a set of questions."""
    ranks = np.array([outcome.rank or DEPTH + 1 for outcome in outcomes])
    judged = [outcome for outcome in outcomes if outcome.rank is not None]
    return Figures(
        questions=len(outcomes),
        recall={cut: mean(ranks <= cut) for cut in CUTS},
        interval={cut: interval(ranks <= cut) for cut in CUTS},
        mrr=mean(np.where(ranks <= DEPTH, 1 / ranks, 0.0)),
        complete=mean([outcome.complete for outcome in outcomes]),
        in_quote=mean([bool(outcome.in_quote) for outcome in judged]),
        marked=mean([bool(outcome.marked) for outcome in judged]),
        verdicts=_verdicts(outcomes),
    )


def refusals(outcomes: Sequence[Outcome]) -> Refusals:
    """Measure a set of questions that cannot be answered."""
    verdicts = _verdicts(outcomes)
    return Refusals(
        len(outcomes), verdicts.get("none", 0.0) + verdicts.get("invalid", 0.0), verdicts.get("answer", 0.0), verdicts
    )


def interval(values: Any, *, share: float = 0.95) -> tuple[float, float]:
    """Draw the confidence interval of the mean of *values* from bootstrap samples (Efron 1979), with a seed."""
    measured = np.asarray(values, dtype=np.float64)
    if not len(measured):
        return (0.0, 0.0)
    drawn = np.random.default_rng(0).choice(measured, size=(_RESAMPLES, len(measured))).mean(axis=1)
    low, high = np.percentile(drawn, [50 - share * 50, 50 + share * 50])
    return float(low), float(high)


def _grouped(outcomes: Sequence[Outcome], key: Callable[[Item], str]) -> list[tuple[str, list[Outcome]]]:
    names = sorted({key(outcome.item) for outcome in outcomes} - {""})
    return [(name, [outcome for outcome in outcomes if key(outcome.item) == name]) for name in names]


def _kind(item: Item) -> str:
    return f"{item.kind} (soft)" if item.soft else item.kind or ""


def _verdicts(outcomes: Sequence[Outcome]) -> dict[str, float]:
    counted = Counter(outcome.answer.verdict for outcome in outcomes)
    return {verdict: count / len(outcomes) for verdict, count in sorted(counted.items())}


def mean(values: Any) -> float:
    """Give the mean of *values*, 0 where there are none."""
    measured = np.asarray(values, dtype=np.float64)
    return float(measured.mean()) if len(measured) else 0.0


def _another_year(outcome: Outcome) -> bool:
    """Say whether the first quote's passage tells of, plans for and names other years than the one asked about."""
    (asked,), passage = outcome.item.years, outcome.answer.quotes[0].passage
    (years,) = passage_years([passage])
    return asked not in (*years.done, *years.planned) and str(asked) not in passage.text


def _within(sentence: str, text: str) -> bool:
    return "".join(sentence.split()) in "".join(text.split())


def _bare(heading: str) -> str:
    """Take numbering, blanks and the closing stop from a heading."""
    return re.sub(r"^[（(]?[一二三四五六七八九十0-9]+[）)、.．]|\s|。$", "", heading)
