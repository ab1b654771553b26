"""What every engine keeps: the promise of ``corpus.retrieval.Retriever``, in examples."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from corpus.model import PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import Retriever

A, B, C = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb"), ReportId("cccccccccccc")


def query(*terms: str, **weights: float) -> Query:
    return Query("", "", (*(Term(term) for term in terms), *(Term(term, weight) for term, weight in weights.items())))


def passages(report: ReportId, *texts: str) -> list[tuple[PassageId, Sequence[str]]]:
    return [(PassageId(f"{report}-{n}"), text.split()) for n, text in enumerate(texts, start=1)]


async def ids(retriever: Retriever, asked: Query, *, limit: int = 10, scope: Scope | None = None) -> list[str]:
    return [hit.passage_id for hit in await retriever.retrieve(asked, limit=limit, scope=scope)]


async def test_an_empty_corpus_has_no_hits(retriever: Retriever) -> None:
    assert await ids(retriever, query("桥")) == []
    assert (await retriever.statistics(["桥"])).passages == 0
    assert await retriever.reports() == frozenset()


async def test_only_passages_that_match_are_hits_and_the_best_comes_first(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥 路 路", "渠", "桥 桥 桥", "田"))
    hits = await retriever.retrieve(query("桥"), limit=10)
    assert [hit.passage_id for hit in hits] == [f"{A}-3", f"{A}-1"]
    assert hits[0].score > hits[1].score > 0


async def test_a_term_in_every_passage_still_counts(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥 路", "桥 渠", "桥 田"))
    assert len(await ids(retriever, query("桥"))) == 3


async def test_ties_go_by_report_and_then_by_number_not_by_spelling(retriever: Retriever) -> None:
    await retriever.add(B, passages(B, *["桥"] * 12))
    await retriever.add(A, passages(A, "桥", "路"))
    expected = [f"{A}-1", *(f"{B}-{n}" for n in range(1, 13))]
    assert await ids(retriever, query("桥"), limit=20) == expected
    assert await ids(retriever, query("桥"), limit=4) == expected[:4]


async def test_no_more_hits_than_the_limit(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "桥 路", "桥 渠"))
    assert len(await ids(retriever, query("桥"), limit=2)) == 2
    assert await ids(retriever, query("桥"), limit=0) == []


async def test_a_scope_is_applied_inside_the_search(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, *["桥 桥 桥"] * 20))
    await retriever.add(B, passages(B, "桥 路 渠 田", "桥 路 渠 田 沟", "田"))
    await retriever.add(C, passages(C, "桥"))
    scope = Scope(frozenset({B}))
    assert await ids(retriever, query("桥"), limit=2, scope=scope) == [f"{B}-1", f"{B}-2"]
    assert await ids(retriever, query("桥"), scope=Scope(frozenset())) == []
    assert await ids(retriever, query("桥"), scope=Scope(frozenset({ReportId("dddddddddddd")}))) == []
    assert len(await ids(retriever, query("桥"), limit=99, scope=Scope(None))) == 23


async def test_a_scope_does_not_change_scores(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "路", "渠 桥 桥"))
    await retriever.add(B, passages(B, "桥 路"))
    everywhere = {hit.passage_id: hit.score for hit in await retriever.retrieve(query("桥"), limit=9)}
    inside = await retriever.retrieve(query("桥"), limit=9, scope=Scope(frozenset({B})))
    assert inside[0].score == pytest.approx(everywhere[inside[0].passage_id])


async def test_unknown_terms_and_no_terms_give_no_hits(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "路", "渠"))
    assert await ids(retriever, query("塔")) == []
    assert await ids(retriever, query()) == []


async def test_a_weight_multiplies_what_a_term_adds(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "路", "渠 田"))
    whole = await retriever.retrieve(query("桥"), limit=1)
    half = await retriever.retrieve(query(桥=0.5), limit=1)
    twice = await retriever.retrieve(query("桥", "桥"), limit=1)
    assert half[0].score == pytest.approx(whole[0].score / 2)
    assert twice[0].score == pytest.approx(whole[0].score * 2)


async def test_a_term_without_weight_finds_nothing(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "路", "渠"))
    assert await ids(retriever, query(桥=0.0)) == []


async def test_adding_a_held_report_replaces_it(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "桥 路", "渠"))
    await retriever.add(B, passages(B, "桥 田"))
    await retriever.add(A, passages(A, "塔"))
    assert await ids(retriever, query("桥")) == [f"{B}-1"]
    assert await ids(retriever, query("塔")) == [f"{A}-1"]
    assert await retriever.reports() == {A, B}
    assert (await retriever.statistics(["桥", "渠"])).frequencies == {"桥": 1, "渠": 0}


async def test_a_removed_report_is_gone_from_hits_and_statistics(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "桥 路 路", "渠"))
    await retriever.add(B, passages(B, "桥 田"))
    await retriever.remove(A)
    await retriever.remove(A)
    await retriever.remove(C)
    assert await ids(retriever, query("桥")) == [f"{B}-1"]
    counted = await retriever.statistics(["桥", "路"])
    assert (counted.passages, counted.average_length, counted.frequencies) == (1, 2.0, {"桥": 1, "路": 0})


async def test_a_report_removed_and_added_again_is_as_new(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥", "路", "渠"))
    first = await retriever.retrieve(query("桥"), limit=3)
    await retriever.remove(A)
    await retriever.add(A, passages(A, "桥", "路", "渠"))
    assert await retriever.retrieve(query("桥"), limit=3) == first


async def test_a_report_without_passages_is_held(retriever: Retriever) -> None:
    await retriever.add(A, [])
    assert await retriever.reports() == {A}
    assert await ids(retriever, query("桥")) == []


async def test_a_passage_without_terms_is_counted_and_never_found(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "", "桥 路", "渠 田"))
    assert await ids(retriever, query("桥")) == [f"{A}-2"]
    assert (await retriever.statistics([])).average_length == pytest.approx(4 / 3)


async def test_statistics_count_passages_not_occurrences(retriever: Retriever) -> None:
    await retriever.add(A, passages(A, "桥 桥 桥", "桥 路", "渠"))
    counted = await retriever.statistics(["桥", "塔"])
    assert (counted.passages, counted.average_length, counted.frequencies) == (3, 2.0, {"桥": 2, "塔": 0})


async def test_many_small_reports_are_searched_as_one(retriever: Retriever) -> None:
    reports = [ReportId(f"{n:012x}") for n in range(40)]
    for n, report in enumerate(reports):
        await retriever.add(report, passages(report, "桥 " * (n + 1), "路"))
    for report in reports[::2]:
        await retriever.remove(report)
    assert await ids(retriever, query("桥"), limit=99) == [f"{report}-1" for report in reversed(reports[1::2])]


async def test_questions_asked_while_reports_come_and_go_see_each_whole_or_not_at_all(retriever: Retriever) -> None:
    await retriever.add(B, passages(B, "路 田", "渠"))

    async def write() -> None:
        for _ in range(15):
            await retriever.add(A, passages(A, *["桥"] * 7))
            await retriever.remove(A)

    async def ask() -> set[int]:
        return {len(await ids(retriever, query("桥"), limit=99)) for _ in range(60)}

    _, *seen = await asyncio.gather(write(), ask(), ask())
    assert set().union(*seen) <= {0, 7}
