"""Write an evaluation down: as tables, as JSON, as a TREC run, and as a list of what failed, to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.evaluation import CUTS, DEPTH, Evaluation, Figures, Outcome, Refusals


def as_json(measured: Evaluation) -> dict[str, Any]:
    """Give the figures as plain values, shares rounded to four places."""
    return {
        "overall": _plain(measured.overall),
        "by_type": {name: _plain(figures) for name, figures in measured.by_type.items()},
        "low_overlap": None if measured.low_overlap is None else _plain(measured.low_overlap),
        "one_answer": None if measured.one_answer is None else _plain(measured.one_answer),
        "another_year": None
        if measured.another_year is None
        else {"questions": measured.another_year.questions, "count": measured.another_year.count},
        "refusals": None if measured.refusals is None else _plain(measured.refusals),
        "refusals_by_kind": {name: _plain(refusals) for name, refusals in measured.refusals_by_kind.items()},
        "p50_ms": round(measured.p50_ms, 2),
        "p95_ms": round(measured.p95_ms, 2),
    }


def rows(measured: Evaluation) -> list[tuple[str, ...]]:
    """Give the figures as a table: a head, and a row for all questions, special sets of them, and each type."""
    head = ("questions", "n", *(f"R@{cut}" for cut in CUTS), "±R@1", "±R@3", "MRR@10", "in quote", "marked")
    sets = [("all", measured.overall), *measured.by_type.items()]
    if measured.low_overlap is not None:
        sets.insert(1, ("low overlap", measured.low_overlap))
    if measured.one_answer is not None:
        sets.insert(1, ("one answer", measured.one_answer))
    return [head, *(_row(name, figures) for name, figures in sets)]


def refusal_rows(measured: Evaluation) -> list[tuple[str, ...]]:
    """Give the refusals as a table: a head, and a row for all questions and each kind."""
    if measured.refusals is None:
        return []
    head = ("cannot be answered", "n", "kept", "wrong", "related")
    sets = [("all but soft", measured.refusals), *measured.refusals_by_kind.items()]
    return [
        head,
        *(
            (
                name,
                str(each.questions),
                percent(each.kept),
                percent(each.wrong),
                percent(each.verdicts.get("related", 0)),
            )
            for name, each in sets
        ),
    ]


def run_lines(evaluation: Evaluation, *, tag: str = "yinju") -> Iterator[str]:
    """Write the quotes as a TREC run: question, Q0, passage, rank, score, tag."""
    for outcome in evaluation.outcomes:
        for rank, found in enumerate(outcome.answer.quotes[:DEPTH], start=1):
            yield f"{outcome.item.id} Q0 {found.passage.id} {rank} {found.score:.6f} {tag}"


def failures(evaluation: Evaluation) -> Iterator[str]:
    """Tell of every question whose first quote is not right, or that was answered and should not have been."""
    for outcome in evaluation.outcomes:
        if outcome.rank != 1:
            where = f"rank {outcome.rank}" if outcome.rank else "not found"
            yield from _told(outcome, where)
            yield from (f"    right: {gold.sentence}" for gold in outcome.item.gold[:2])
    for outcome in evaluation.refused:
        if outcome.answer.verdict == "answer" and not outcome.item.soft:
            yield from _told(outcome, f"cannot be answered: {outcome.item.kind}")


def _told(outcome: Outcome, what: str) -> Iterator[str]:
    item, answer = outcome.item, outcome.answer
    yield f"{item.id} [{item.type or item.kind}] {item.question} — {what}, {answer.verdict} {answer.confidence:.2f}"
    yield f"    understood: {answer.interpreted}"
    for found in answer.quotes[:3]:
        yield f"    {found.passage.id} {found.score:.2f}: {found.answer.of(found.text)}"


def _row(name: str, each: Figures) -> tuple[str, ...]:
    return (
        name or "–",
        str(each.questions),
        *(percent(each.recall[cut]) for cut in CUTS),
        *("–".join(percent(end) for end in each.interval[cut]) for cut in (1, 3)),
        f"{each.mrr:.3f}",
        percent(each.in_quote),
        percent(each.marked),
    )


def _plain(value: Figures | Refusals) -> dict[str, Any]:
    if isinstance(value, Refusals):
        return {
            "questions": value.questions,
            "kept": round(value.kept, 4),
            "wrong": round(value.wrong, 4),
            "verdicts": {name: round(share, 4) for name, share in value.verdicts.items()},
        }
    return {
        "questions": value.questions,
        **{f"recall@{cut}": round(value.recall[cut], 4) for cut in CUTS},
        **{f"recall@{cut}_interval": [round(end, 4) for end in value.interval[cut]] for cut in CUTS},
        "mrr@10": round(value.mrr, 4),
        "complete@10": round(value.complete, 4),
        "in_quote": round(value.in_quote, 4),
        "marked": round(value.marked, 4),
        "verdicts": {name: round(share, 4) for name, share in value.verdicts.items()},
    }


def percent(share: float) -> str:
    """Write a share of 1 as a percentage with one digit."""
    return f"{100 * share:.1f}"
