"""A question is answered with quotations, or honestly not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from corpus.analysis import Analyzer
from corpus.model import Passage, PassageId, ReportId, Scope, Span
from corpus.quoting import quote
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.search import Searcher, verbatim
from corpus.understanding import Understanding

A, B = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb")


class Shelf:
    """A store of passages in memory."""

    def __init__(self, *passages: Passage) -> None:
        self.held = {passage.id: passage for passage in passages}

    async def passages(self, ids: Sequence[PassageId]) -> list[Passage]:
        return [self.held[name] for name in ids if name in self.held]


@pytest.fixture
async def searcher(analyzer: Analyzer, make_passage) -> Searcher:  # type: ignore[no-untyped-def]
    held = [
        make_passage("河湾镇全年修桥三座，投资46万元。护桥队负责养护。", report=A, number=1, section=("先修桥",)),
        make_passage("水渠疏通十二公里，受益农户三百家。", report=A, number=2, section=("再通渠",)),
        make_passage("学校午餐改由镇里统一配送，每餐补贴两元。", report=B, number=1, title="青石镇：办好午餐"),
        make_passage("卫生院添置了救护车，夜间也有人值班。", report=B, number=2, title="青石镇：看病不难"),
    ]
    retriever = EmbeddedRetriever()
    for report in (A, B):
        mine = [passage for passage in held if passage.report.id == report]
        await retriever.add(report, [(passage.id, analyzer.passage_terms(passage)) for passage in mine])
    return Searcher(analyzer=analyzer, retriever=retriever, store=Shelf(*held), threshold=0.5, related_threshold=0.3)


async def test_an_answer_quotes_the_passage_that_answers_first(searcher: Searcher) -> None:
    answer = await searcher.answer("河湾镇修桥投资多少万元？")
    assert answer.verdict == "answer"
    assert answer.quotes[0].passage.id == f"{A}-1"
    assert answer.quotes[0].answer.of(answer.quotes[0].text) == "河湾镇全年修桥三座，投资46万元。"
    assert answer.missing_terms == ()
    assert 0.5 <= answer.confidence <= 1


async def test_a_question_about_nothing_held_is_refused_with_its_words(searcher: Searcher) -> None:
    answer = await searcher.answer("火星探测器何时发射？")
    assert (answer.verdict, answer.quotes) == ("none", ())
    assert "火星" in answer.missing_terms


@pytest.mark.parametrize("question", ["", "  \u3000", "👍", "是什么？", "\x00\x07", "。" * 100])
async def test_a_question_with_nothing_to_look_up_is_invalid(searcher: Searcher, question: str) -> None:
    answer = await searcher.answer(question)
    assert (answer.verdict, answer.quotes, answer.confidence) == ("invalid", (), 0.0)


@pytest.mark.parametrize("question", ["<b>&\"'", "修桥" * 5000, '"修桥 -路 标题: OR (', "\ud800修桥", "a" * 100_000])
async def test_no_question_raises(searcher: Searcher, question: str) -> None:
    assert (await searcher.answer(question)).question == question


async def test_a_scope_keeps_other_reports_out(searcher: Searcher) -> None:
    answer = await searcher.answer("修桥", scope=Scope(frozenset({B})))
    assert all(found.passage.report.id == B for found in answer.quotes)


async def test_no_more_quotes_than_asked(searcher: Searcher) -> None:
    assert len((await searcher.answer("镇里的投资补贴", limit=1)).quotes) <= 1


async def test_a_passage_removed_meanwhile_is_left_out(searcher: Searcher) -> None:
    shelf = searcher._store
    assert isinstance(shelf, Shelf)
    shelf.held.clear()
    assert (await searcher.answer("河湾镇修桥")).quotes == ()


def test_a_quote_that_differs_from_its_passage_is_dropped_and_logged(
    analyzer: Analyzer,
    make_passage,
    caplog: pytest.LogCaptureFixture,  # type: ignore[no-untyped-def]
) -> None:
    good = quote(make_passage("修桥三座。"), Understanding(analyzer).understand("修桥"), score=1.0, analyzer=analyzer)
    bad = replace(good, text="修桥四座。", answer=Span(0, 5))
    with caplog.at_level(logging.ERROR):
        assert verbatim([bad, good]) == (good,)
    assert "aaaaaaaaaaaa-1" in caplog.text
    assert "四座" not in caplog.text
