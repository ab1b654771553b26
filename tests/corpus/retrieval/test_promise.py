"""What every engine keeps: the promise of ``corpus.retrieval.Retriever``, in examples."""

from __future__ import annotations

import asyncio

import pytest

from corpus.model import Entry, PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import Retriever

A, B, C = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb"), ReportId("cccccccccccc")


def query(*terms: str, **weights: float) -> Query:
    return Query("", "", (*(Term(term) for term in terms), *(Term(term, weight) for term, weight in weights.items())))


def passages(report: ReportId, *texts: str) -> list[Entry]:
    return [Entry(PassageId(f"{report}-{n}"), text.split()) for n, text in enumerate(texts, start=1)]


def about(report: ReportId, *told: tuple[str, set[int], str]) -> list[Entry]:
    """Make passages of a text, the years it is about and its unit ("": none); the store keeps the years as terms."""
    return [
        Entry(
            PassageId(f"{report}-{n}"),
            [*text.split(), *(f"y:{year}" for year in sorted(years))],
            frozenset(years),
            frozenset({unit} - {""}),
        )
        for n, (text, years, unit) in enumerate(told, start=1)
    ]


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


STRANGE = '河湾"镇\\％_𠀀'


async def test_a_scope_of_years_and_units_is_applied_inside_the_search(retriever: Retriever) -> None:
    await retriever.add(C, passages(C, *["桥 桥 桥"] * 30))
    await retriever.add(A, about(A, ("桥", {2014}, STRANGE), ("桥", {2014, 2015}, "青石镇"), ("路", {2014}, "青石镇")))
    await retriever.add(B, about(B, ("桥", {2013}, "青石镇"), ("桥", {2014}, ""), ("桥", set(), "")))

    async def found(
        *reports: ReportId, years: frozenset[int] | None = None, units: frozenset[str] | None = None
    ) -> list[str]:
        scope = Scope(frozenset(reports) or None, years, units)
        return sorted(await ids(retriever, query("桥"), limit=4, scope=scope))

    assert await found(years=frozenset({2014})) == [f"{A}-1", f"{A}-2", f"{B}-2"]
    assert await found(years=frozenset({2013, 2015})) == [f"{A}-2", f"{B}-1"]
    assert await found(years=frozenset({1999})) == await found(years=frozenset()) == []
    assert await found(units=frozenset({"青石镇"})) == [f"{A}-2", f"{B}-1"]
    assert await found(units=frozenset({STRANGE})) == [f"{A}-1"]
    assert await found(units=frozenset({STRANGE, "青石镇", "无"})) == [f"{A}-1", f"{A}-2", f"{B}-1"]
    assert await found(units=frozenset({"青石"})) == await found(units=frozenset()) == []
    many = frozenset({f"第{n}镇" for n in range(3000)} | {"青石镇"})
    assert await found(units=many) == [f"{A}-2", f"{B}-1"]
    assert await found(years=frozenset({2014}), units=many) == [f"{A}-2"]
    assert await found(B, years=frozenset({2014})) == [f"{B}-2"]
    assert await found(A, B, years=frozenset({2013, 2015}), units=frozenset({"青石镇"})) == [f"{A}-2", f"{B}-1"]
    assert await found(B, years=frozenset({2014}), units=frozenset({"青石镇"})) == []


async def test_many_years_and_units_of_many_reports_are_told_apart(retriever: Retriever) -> None:
    names = [ReportId(f"{n:012x}") for n in range(20)]
    for n, name in enumerate(names):
        await retriever.add(name, about(name, *(("桥", {2000 + n + k}, f"单位{n % 7}·{k}") for k in range(6))))
    await retriever.remove(names[3])
    await retriever.add(names[4], about(names[4], ("桥", {2030}, "新"), ("路", {2010}, "新")))
    left = [n for n in range(20) if n not in (3, 4)]
    found = await ids(retriever, query("桥"), limit=99, scope=Scope(years=frozenset({2010})))
    assert found == [f"{names[n]}-{10 - n + 1}" for n in left if 0 <= 10 - n < 6]
    found = await ids(retriever, query("桥"), limit=99, scope=Scope(units=frozenset({"单位2·5", "新"})))
    assert found == [f"{names[2]}-6", f"{names[4]}-1", f"{names[9]}-6", f"{names[16]}-6"]


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
