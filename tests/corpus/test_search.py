"""A question is answered with quotations, or honestly not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from config import resource
from corpus.analysis import Analyzer
from corpus.entries import entries
from corpus.evaluation.fitting import load_reports, shelve
from corpus.explaining import explained, explanation_lines
from corpus.finding import Finder
from corpus.model import Passage, PassageId, ReportId, Scope, Span
from corpus.questions.understanding import Understanding
from corpus.quoting import quote
from corpus.ranking import marking
from corpus.ranking.matching import view
from corpus.ranking.weights import parse_weights
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.search import Searcher, verbatim

A, B = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb")


class Shelf:
    """A store of passages in memory."""

    def __init__(self, *passages: Passage) -> None:
        self.held = {passage.id: passage for passage in passages}

    async def read(self, ids: Sequence[PassageId]) -> list[Passage]:
        return [self.held[name] for name in ids if name in self.held]

    async def article(self, passage: Passage) -> list[Passage]:
        return [
            each
            for each in self.held.values()
            if (each.report.id, each.article.number) == (passage.report.id, passage.article.number)
        ]


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
        await retriever.add(report, entries(mine, [analyzer.passage_terms(passage) for passage in mine]))
    finder = Finder(analyzer=analyzer, retriever=retriever, store=Shelf(*held))
    return Searcher(finder, threshold=0.35, related_threshold=0.1)


async def test_an_answer_quotes_the_passage_that_answers_first(searcher: Searcher) -> None:
    answer = await searcher.answer("河湾镇修桥投资多少万元？")
    assert answer.verdict == "answer"
    assert answer.quotes[0].passage.id == f"{A}-1"
    assert answer.quotes[0].answer.of(answer.quotes[0].text) == "河湾镇全年修桥三座，投资46万元。"
    assert answer.missing_terms == ()
    assert 0.35 <= answer.confidence <= 1


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


async def test_a_place_that_nothing_bears_is_refused_and_named(searcher: Searcher) -> None:
    answer = await searcher.answer("岐山县修桥投资多少万元？")
    assert answer.verdict == "none"
    assert answer.missing_terms[0] == "岐山县"


async def test_a_year_that_nothing_is_about_is_refused_and_named(searcher: Searcher) -> None:
    answer = await searcher.answer("2019年修桥投资多少万元？")
    assert answer.verdict == "none"
    assert "2019" in answer.missing_terms


async def test_an_exact_phrase_must_stand_as_it_is(searcher: Searcher) -> None:
    assert (await searcher.answer('"修桥三座"')).quotes[0].passage.id == f"{A}-1"
    assert (await searcher.answer('"修三座桥"')).quotes == ()


async def test_an_excluded_word_keeps_its_passages_out(searcher: Searcher) -> None:
    found = await searcher.find("镇里 -午餐", limit=10)
    assert f"{B}-1" not in {each.seen.passage.id for each in found.ranked}


async def test_a_title_narrows(searcher: Searcher) -> None:
    found = await searcher.find("标题:青石镇 镇里", limit=10)
    assert {each.seen.passage.report.id for each in found.ranked} == {B}


@pytest.mark.parametrize(
    ("question", "shown", "held"),
    [
        ("镇里 －午餐", "镇里 -午餐", {"A1", "A2", "B2"}),
        ("标题：青石镇 -午餐", "标题:青石镇 -午餐", {"B2"}),
        ("-标题:青石镇 镇里的桥", "镇里的桥 -标题:青石镇", {"A1", "A2"}),
        ("单位:河湾镇 单位：青石镇 标题：午餐", "标题:午餐", {"B1", "B2"}),
        ("“统一配送” 镇里", "“统一配送”镇里", {"B1"}),
        ("年份:二〇一三年 修桥", "修桥 年份:2013", set()),
        ("年份:某年 修桥", "修桥 年份:某年", set()),
        ('"修桥" -修桥', '"修桥" -修桥', set()),
    ],
)
async def test_operators_hold_together_and_are_shown(
    searcher: Searcher, question: str, shown: str, held: set[str]
) -> None:
    found = await searcher.find(question, limit=10)
    admitted = {each.seen.passage.id for each in found.ranked}
    assert admitted <= {f"{A if name[0] == 'A' else B}-{name[1]}" for name in held}
    assert bool(admitted) is bool(held)
    assert found.query.interpreted.endswith(shown)


async def test_operators_that_look_for_nothing_are_no_question(searcher: Searcher) -> None:
    assert (await searcher.answer("-午餐 -“修桥”")).verdict == "invalid"


async def test_operators_outlive_a_slip_that_is_put_right(searcher: Searcher) -> None:
    answer = await searcher.answer("疏通水曲多少公里 -标题:青石镇")
    assert answer.interpreted.partition("；")[0].endswith("-标题:青石镇")


async def test_a_typing_error_is_used_unasked_only_where_nothing_else_is_found(searcher: Searcher) -> None:
    answer = await searcher.answer("疏通水曲多少公里")
    assert answer.quotes[0].passage.id == f"{A}-2"


async def test_the_same_words_elsewhere_are_shown_once_with_where(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [make_passage("全年修桥三座，投资46万元。", report=report) for report in (A, B)]
    opened = Searcher(await shelve(held, analyzer), threshold=0.0, related_threshold=0.0)
    answer = await opened.answer("修桥投资多少万元")
    assert [found.passage.id for found in answer.quotes] == [f"{A}-1"]
    assert [passage.id for passage in answer.quotes[0].also_in] == [f"{B}-1"]


async def test_a_question_for_parts_is_answered_with_the_opening_of_each(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [
        make_passage("修桥先议后修，分三步。", number=1, section=("一、议桥",)),
        make_passage("图纸公示。", number=2, section=("二、画图",)),
        make_passage("再公示一次。", number=3, section=("二、画图",)),
        make_passage("动工。", number=4, section=("三、动工",)),
    ]
    opened = Searcher(await shelve(held, analyzer), threshold=0.0, related_threshold=0.0)
    answer = await opened.answer("修桥分哪几个方面", limit=3)
    assert [found.passage.paragraph for found in answer.quotes] == [1, 2, 4]


async def test_a_question_about_nothing_in_the_reports_is_refused(searcher: Searcher) -> None:
    answer = await searcher.answer("火星基地有几台挖掘机")
    assert (answer.verdict, answer.quotes) == ("none", ())
    assert {"火星", "挖掘机"} <= set(answer.missing_terms)


async def test_an_answer_without_a_number_of_the_measure_asked_is_near_at_most(searcher: Searcher) -> None:
    assert (await searcher.answer("河湾镇修桥投资多少万元")).verdict == "answer"
    assert (await searcher.answer("河湾镇修桥投资多少吨")).verdict == "related"


async def test_a_number_of_the_next_sentence_that_counts_something_else_answers_nothing(
    analyzer: Analyzer,
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    held = [
        make_passage("稻谷产量连年增加。新开水田300亩，新修村道12公里。", number=1),
        make_passage("学校午餐每餐补贴两元。", number=2),
        make_passage("村史馆收集旧物件。", number=3),
    ]
    finder = await shelve(held, analyzer)
    assert (await finder.find("稻谷产量是多少公里")).bound.limit < 0.33
    assert (await finder.find("新修村道多少公里")).bound.limit == 1.0


async def test_a_number_answers_where_most_of_what_is_asked_is_told_in_other_words(
    analyzer: Analyzer,
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    told = "村里老百姓看病难，看病的路远，看病的药贵。各村选址。各村开工。群众就医报销46元。"
    held = [make_passage(told, number=1), make_passage("村史馆收集旧物件。", number=2)]
    finder = await shelve([*held, make_passage("学校午餐每餐补贴两元。", number=3)], analyzer)
    assert (await finder.find("老百姓看病能报销多少钱")).bound.limit == 1.0


async def test_of_units_asked_for_each_is_quoted_once(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    def told(number: int, unit: str, text: str) -> Passage:
        passage = make_passage(text, number=number, title=f"护桥{number}")
        return replace(passage, article=replace(passage.article, number=number, unit=unit))

    held = [
        told(1, "水务局", "水务局组建护桥队巡查。"),
        told(2, "水务局", "水务局的护桥队再添人手。"),
        told(3, "交通局", "交通局在沿线设护桥队，还有补路的。"),
        told(4, "林业局", "林业局上山种树，抽人参加护桥队。"),
    ]
    searcher = Searcher(await shelve(held, analyzer), threshold=0.0, related_threshold=0.0)
    answer = await searcher.answer("哪些单位组建了护桥队")
    assert [quote.passage.article.unit for quote in answer.quotes] in (
        ["水务局", "交通局", "林业局"],
        ["水务局", "林业局", "交通局"],
    )


async def test_a_comparison_quotes_each_year_first(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [
        make_passage(
            f"全年修桥{count}座，修桥的钱都到位，修桥{more}。",
            report=report,
            title=f"{year}年河湾镇修桥总结",
            year=year,
        )
        for report, year, count, more in ((A, 2014, 3, "修桥"), (B, 2015, 4, "忙"))
    ]
    held += [make_passage("修桥修桥再修桥。", report=A, number=2, title="2014年河湾镇修桥总结", year=2014)]
    opened = Searcher(await shelve(held, analyzer), threshold=0.0, related_threshold=0.0)
    answer = await opened.answer("2014年和2015年各修桥多少座", limit=2)
    assert {found.passage.report.year for found in answer.quotes} == {2014, 2015}


@pytest.mark.parametrize("asked", ["凤翔区和眉县有什么不同", "凤翔区与眉县修了多少座桥", "凤翔区修桥比眉县多多少"])
async def test_a_comparison_quotes_each_place_and_misses_none(  # type: ignore[no-untyped-def]
    asked: str, analyzer: Analyzer, make_passage
) -> None:
    held = [
        make_passage(f"全年修桥{number}座，一座座修得牢。", number=number, title=f"{place}：修桥有一套")
        for number, place in enumerate(("眉县", "眉县", "眉县", "凤翔区", "凤县"), start=1)
    ]
    opened = Searcher(await shelve(held, analyzer), threshold=0.33, related_threshold=0.07)
    answer = await opened.answer(asked, limit=2)
    assert {found.passage.article.title[:2] for found in answer.quotes} == {"眉县", "凤翔"}
    assert not {"眉县", "凤翔区", "不同"} & set(answer.missing_terms)


async def test_a_report_called_by_its_first_article_is_not_about_its_place(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    first = make_passage("全区修路30公里。", title="凤翔区：修桥有一套")
    other = make_passage("县税务局修桥花了46万元。", title="眉县：修桥有办法", number=2, article=2)
    opened = Searcher(
        await shelve([first, replace(other, report=first.report)], analyzer), threshold=0.33, related_threshold=0.07
    )
    asked = "税务局修桥花了多少钱"
    assert (await opened.answer(f"眉县{asked}")).verdict == "answer"
    assert (await opened.answer(f"凤翔区{asked}")).verdict != "answer"


async def test_a_place_compared_that_nothing_bears_is_the_only_one_missed(searcher: Searcher) -> None:
    answer = await searcher.answer("河湾镇和岐山县修桥有什么不同")
    assert answer.verdict == "none"
    assert answer.missing_terms == ("岐山县",)


async def test_what_a_years_report_says_is_looked_for_in_that_report(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [
        make_passage(text, report=report, number=number, title=f"{year}年河湾镇工作报告", section=[section], year=year)
        for report, year in ((A, 2013), (B, 2014))
        for number, (section, text) in enumerate(
            (
                (f"一、{year - 1}年工作回顾", f"新建桥{year - 2000}座。"),
                (f"二、{year}年重点工作", f"{year}年再建桥{year - 1990}座。"),
            ),
            start=1,
        )
    ]
    opened = Searcher(await shelve(held, analyzer), threshold=0.33, related_threshold=0.07)
    said = await opened.answer("2014年报告里，新建了多少座桥")
    assert (said.verdict, said.quotes[0].text) == ("answer", "新建桥14座。")
    about = await opened.answer("2013年新建了多少座桥")
    assert about.quotes[0].text == "新建桥14座。"  # the report of 2014 tells what was done in 2013
    nowhere = await opened.answer("2019年报告里新建了多少座桥")
    assert (nowhere.verdict, nowhere.missing_terms[0]) == ("none", "2019")


async def test_the_making_of_an_answer_can_be_shown(searcher: Searcher) -> None:
    found = await searcher.find("河湾镇修桥投资多少万元")
    told = explained(found)
    assert told["kind"] == "number"
    assert told["passages"][0]["passage_id"] == f"{A}-1"
    assert "修桥" in told["passages"][0]["matched"]
    assert {"term", "weight", "idf", "passages"} == set(told["terms"][0])
    assert any(line.startswith("confidence") for line in explanation_lines(found))


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


async def test_a_passage_that_was_read_anew_is_quoted_as_it_reads_now(searcher: Searcher) -> None:
    shelf = searcher._store
    assert isinstance(shelf, Shelf)
    assert (await searcher.answer("河湾镇修桥")).quotes[0].text.startswith("河湾镇全年修桥三座")
    first = PassageId(f"{A}-1")
    shelf.held[first] = replace(shelf.held[first], text="河湾镇去年修桥四座，也通了水渠。")
    assert (await searcher.answer("河湾镇修桥")).quotes[0].text == "河湾镇去年修桥四座，也通了水渠。"


def test_a_quote_that_differs_from_its_passage_is_dropped_and_logged(
    analyzer: Analyzer,
    make_passage,
    caplog: pytest.LogCaptureFixture,  # type: ignore[no-untyped-def]
) -> None:
    good = quote(
        view(make_passage("修桥三座。"), analyzer),
        Understanding(analyzer).understand("修桥"),
        parse_weights(resource("weights.json"), "marking", marking.NAMES),
        analyzer=analyzer,
    )
    bad = replace(good, text="修桥四座。", answer=Span(0, 5))
    with caplog.at_level(logging.ERROR):
        assert verbatim([bad, good]) == (good,)
    assert "aaaaaaaaaaaa-1" in caplog.text
    assert "四座" not in caplog.text


async def test_a_year_that_stands_beside_another_thing_is_no_answer(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [
        make_passage("申办2022年的运动会，筹备工作做好了3项。", number=1, title="2015年工作报告", year=2015),
        make_passage("粮食产量达到500万斤，比上年多一成。", number=2, title="2015年工作报告", year=2015),
        make_passage("修桥三座，投资46万元。", number=3, title="2015年工作报告", year=2015),
    ]
    searcher = Searcher(await shelve(held, analyzer), threshold=0.33, related_threshold=0.07)
    answer = await searcher.answer("2022年粮食产量多少")
    assert answer.verdict == "related"
    assert answer.quotes[0].passage.paragraph == 2


async def test_a_number_must_stand_beside_what_it_counts(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    near = "护桥队投资到位，河湾镇人人称赞。" + "大家都说好。" * 3 + "另有学校三所，补贴46万元。"
    held = [make_passage(near), make_passage("河湾镇护桥队投资46万元。", number=2), make_passage("通渠。", number=3)]
    find = (await shelve(held, analyzer)).find
    assert (await find("河湾镇护桥队投资多少万元")).bound.limit == 1.0
    find = (await shelve([held[0], held[2]], analyzer)).find
    assert (await find("河湾镇护桥队投资多少万元")).bound.limit < 0.33


async def test_what_is_told_of_another_place_comes_last(analyzer: Analyzer, make_passage) -> None:  # type: ignore[no-untyped-def]
    held = [
        make_passage("督查发现问题63个，督查有力。", number=1, title="凤县：督查问题", article=1),
        make_passage("自查问题2317个。", number=2, title="眉县：改作风", article=2),
        make_passage("通渠。", number=3, title="眉县：改作风", article=2),
    ]
    found = await (await shelve(held, analyzer)).find("那眉县呢", context=["凤县督查发现问题多少个"])
    assert found.ranked[0].seen.passage.paragraph == 2


FOREIGN = [
    "2021年GDP增长多少",
    "今天天气怎么样",
    "财政部预算是多少",
    "谁是美国总统",
    "火星上有水吗",
    "怎么炒西红柿鸡蛋",
    "世界杯冠军是哪个队",
    "iPhone多少钱一部",
    "北京到上海的高铁几点发车",
    "感冒了吃什么药",
    "2020年奥运会在哪里办",
    "如何学好钢琴",
    "特斯拉股价是多少",
    "三文鱼怎么做好吃",
    "量子计算机的原理是什么",
    "出口增长百分之几",
    "核电站建了几座",
    "航空母舰有几艘",
    "珠穆朗玛峰多高",
    "唐朝有多少个皇帝",
    "光的速度是多少",
    "猫为什么怕水",
    "怎么办护照",
    "房贷利率是多少",
    "大熊猫吃什么",
    "2019年粮食产量多少亿斤",
    "新能源汽车卖了多少辆",
    "5G基站有多少个",
    "长江有多长",
    "2010年奥斯卡最佳影片",
]


async def test_questions_about_nothing_held_are_refused(analyzer: Analyzer) -> None:
    held = load_reports(Path(__file__).parents[2] / "corpus" / "samples")
    searcher = Searcher(await shelve(held, analyzer), threshold=0.33, related_threshold=0.07)
    told = {question: (await searcher.answer(question)).verdict for question in FOREIGN}
    assert [question for question, verdict in told.items() if verdict == "answer"] == []
    assert sum(verdict == "none" for verdict in told.values()) >= len(FOREIGN) - 2, told
