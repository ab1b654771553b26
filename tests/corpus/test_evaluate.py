"""Measures are what the field means by them, on answers made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.evaluation import Counted, Evaluation, evaluate, figures, interval, judge, mark
from corpus.evaluation.baseline import compare, compare_rows, plain_asking
from corpus.evaluation.qrels import Gold, Item
from corpus.evaluation.scorecard import as_json, failures, refusal_rows, rows, run_lines
from corpus.model import Answer, Article, Passage, PassageId, Quote, Report, ReportId, Span


def quoted(number: int, text: str, *, answer: Span | None = None, section: tuple[str, ...] = ()) -> Quote:
    report = Report(ReportId("aaaaaaaaaaaa"), "a.txt", "河湾镇")
    passage = Passage(
        PassageId(f"aaaaaaaaaaaa-{number}"), report, Article(1, "修桥记"), section, number, text, (Span(0, len(text)),)
    )
    return Quote(passage, 10.0 - number, text, 0, answer or Span(0, len(text)), ())


def answered(*quotes: Quote, verdict: str = "answer", ms: float = 2.0) -> Answer:
    return Answer("问", "问", verdict, 0.7, (), quotes, took_ms=ms)  # type: ignore[arg-type]


ROAD, BRIDGE, DITCH = (
    quoted(1, "先修路。"),
    quoted(2, "再修 桥三座。路也通。", answer=Span(0, 7)),
    quoted(3, "后通渠。"),
)
ITEM = Item("q1", "修桥几座", gold=(Gold("修桥三座", "a.txt", group="0"),), type="number")


def test_a_passage_is_right_that_holds_the_sentence_white_space_aside() -> None:
    outcome = judge(ITEM, answered(ROAD, BRIDGE, DITCH))
    assert (outcome.rank, outcome.in_quote, outcome.marked, outcome.complete) == (2, True, True, 1.0)


def test_a_passage_of_another_file_is_not_right() -> None:
    item = Item("q1", "修桥几座", gold=(Gold("修桥三座", "b.txt"),))
    assert judge(item, answered(BRIDGE)).rank is None


def test_an_answer_in_a_heading_is_right_for_every_passage_under_it() -> None:
    item = Item("q1", "哪几个方面", gold=(Gold("（二）再修桥。", in_heading=True),))
    assert judge(item, answered(ROAD, quoted(4, "说明。", section=("二、再修桥",)))).rank == 2


def test_a_question_that_needs_several_answers_counts_those_it_got() -> None:
    gold = (Gold("修路", group="1"), Gold("修桥", group="2"), Gold("通渠", group="3"), Gold("渠通", group="3"))
    outcome = judge(Item("q1", "三年", gold=gold, every=True), answered(ROAD, DITCH))
    assert outcome.rank == 1
    assert outcome.complete == pytest.approx(2 / 3)


def test_recall_and_reciprocal_rank() -> None:
    measured = figures([judge(ITEM, answered(*quotes)) for quotes in ((BRIDGE,), (ROAD, BRIDGE), (ROAD,), ())])
    assert measured.recall == {1: 0.25, 3: 0.5, 5: 0.5, 10: 0.5}
    assert measured.mrr == pytest.approx((1 + 0.5) / 4)
    assert measured.in_quote == 1.0
    assert measured.interval[1][0] <= 0.25 <= measured.interval[1][1]


def test_an_interval_is_the_same_every_time_and_narrows() -> None:
    assert interval([0, 1] * 20) == interval([0, 1] * 20)
    low, high = interval([0, 1] * 2000)
    assert 0.45 < low < 0.5 < high < 0.55
    assert interval([]) == (0.0, 0.0)


async def measured() -> Evaluation:
    asked = {
        "q1": answered(ROAD, BRIDGE, ms=1.0),
        "n1": answered(verdict="none", ms=3.0),
        "n2": answered(ROAD),
        "n3": answered(ROAD),
    }

    async def ask(item: Item) -> Answer:
        return asked[item.id]

    hard = [
        Item("n1", "?", kind="other_place"),
        Item("n2", "?", kind="detail"),
        Item("n3", "?", kind="term", soft=True),
    ]
    return await evaluate([ITEM], ask, unanswerable=hard)


async def test_a_soft_question_answered_is_not_held_against_us() -> None:
    found = await measured()
    assert found.refusals is not None
    assert (found.refusals.questions, found.refusals.kept, found.refusals.wrong) == (2, 0.5, 0.5)
    assert list(found.refusals_by_kind) == ["detail", "other_place", "term (soft)"]


async def test_figures_come_as_json_and_as_a_table() -> None:
    found = await measured()
    assert as_json(found)["overall"]["recall@3"] == 1.0
    assert as_json(found)["p50_ms"] == 2.0
    assert rows(found)[0][:3] == ("questions", "n", "R@1")
    assert rows(found)[1][:4] == ("all", "1", "0.0", "100.0")
    assert [row[0] for row in rows(found)[2:]] == ["number"]
    assert refusal_rows(found)[1] == ("all but soft", "2", "50.0", "50.0", "0.0")


async def test_questions_that_need_several_answers_are_told_from_those_that_need_one() -> None:
    items = [ITEM, Item("q2", "修了什么", gold=(Gold("修路", group="1"), Gold("通渠", group="2")), every=True)]
    found = await evaluate(items, lambda _: given(answered(BRIDGE)))
    assert found.one_answer is not None
    assert (found.one_answer.questions, found.one_answer.recall[1]) == (1, 1.0)
    assert [row[0] for row in rows(found)[1:3]] == ["all", "one answer"]


async def given(answer: Answer) -> Answer:
    return answer


async def test_a_first_quote_about_another_year_than_asked_is_counted() -> None:
    def dated(year: int, text: str) -> Answer:
        report = Report(ReportId("aaaaaaaaaaaa"), "a.txt", "政府工作报告", year=year)
        section = ("今年重点工作",)
        quote = quoted(1, text)
        passage = replace(quote.passage, report=report, section=section, article=Article(1, "政府工作报告"))
        return answered(replace(quote, passage=passage))

    given_to = {
        "a": dated(2014, "新修水渠九条。"),
        "b": dated(2015, "新修水渠七条。"),
        "c": dated(2015, "比2014年多修水渠七条。"),
        "d": answered(),
    }
    items = [Item(name, "2014年修渠几条", years=(2014,)) for name in given_to]
    found = await evaluate(items, lambda item: given(given_to[item.id]))
    assert found.another_year == Counted(3, 1)
    assert as_json(found)["another_year"] == {"questions": 3, "count": 1}


def test_marking_is_measured_with_the_right_passage_given() -> None:
    passages = {quote.passage.id: quote.passage for quote in (ROAD, BRIDGE, DITCH)}
    items = [
        Item("q1", "修桥几座", gold=(Gold("三座", passages=frozenset([BRIDGE.passage.id])),)),
        Item("q2", "修桥如何", gold=(Gold("再修桥三座。路也通。后来", passages=frozenset([BRIDGE.passage.id])),)),
        Item("q3", "修渠几条", gold=(Gold("九条", passages=frozenset([DITCH.passage.id])),)),
    ]
    found = mark(items, passages, lambda _, passage: next(q for q in (BRIDGE, DITCH) if q.passage == passage))
    assert (found.questions, found.held, found.either) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))


async def test_a_run_is_written_as_trec_reads_it() -> None:
    assert list(run_lines(await measured())) == [
        "q1 Q0 aaaaaaaaaaaa-1 1 9.000000 yinju",
        "q1 Q0 aaaaaaaaaaaa-2 2 8.000000 yinju",
    ]


async def test_failures_tell_what_was_asked_found_and_right() -> None:
    told = "\n".join(failures(await measured()))
    assert "q1 [number] 修桥几座 — rank 2" in told
    assert "right: 修桥三座" in told
    assert "cannot be answered: detail" in told
    assert "term" not in told


async def test_two_evaluations_are_compared_question_by_question() -> None:
    found = await measured()
    assert compare(found, found)[1] == (0.0, (0.0, 0.0))


async def test_the_baseline_is_plain_rank_bm25(make_passage) -> None:  # type: ignore[no-untyped-def]
    texts = ("桥 桥 路", "渠 田", "路 渠 沟", "塔")
    passages = [make_passage(text, number=n) for n, text in enumerate(texts, start=1)]
    asking = plain_asking(passages, str.split)
    answer = await asking(Item("q1", "桥 沟"))
    assert [found.passage.paragraph for found in answer.quotes] == [3, 1] or [
        found.passage.paragraph for found in answer.quotes
    ] == [1, 3]
    assert (await asking(Item("q2", "无"))).quotes == ()
    assert (await plain_asking([], str.split)(Item("q3", "桥"))).quotes == ()


async def test_two_evaluations_are_shown_side_by_side() -> None:
    found = await measured()
    rows = compare_rows(found, found)
    assert rows[0] == ("", "R@1", "R@3", "R@5", "R@10")
    assert rows[3] == ("difference", "+0.0", "+0.0", "+0.0", "+0.0")
