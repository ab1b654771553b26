"""A question that leans on another is answered as both together mean."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from corpus.analysis import Analyzer
from corpus.evaluation.fitting import load_reports, shelve
from corpus.questions.following import leans
from corpus.questions.understanding import Understanding
from corpus.search import Searcher

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
PLAIN = Understanding(Analyzer(), expand=False)

FOLLOWING = [
    ("凤翔区督查发现多少问题", "那眉县呢", "2317"),
    ("眉县税务局建了什么", "花了多少钱", "46"),
    ("凤翔区怎么搞擂台赛", "奖金多少", "11.5"),
    ("凤翔区怎么搞擂台赛", "谁当评委", "两代表一委员"),
    ("凤翔区怎么搞擂台赛", "评了几个奖", "9个"),
    ("眉县的志愿服务", "一共多少场次", "650"),
    ("眉县怎么服务企业", "具体怎么做的", "办事指南"),
    ("眉县怎么服务企业", "帮了几家", "50户"),
    ("眉县怎么服务企业", "服务群众呢", "133"),
    ("书香组工怎么做", "那活力组工呢", "文化"),
    ("县供销社的冷链物流园", "谁牵头", "冷链物流园由供销社牵头"),
    ("县民政局的党建品牌", "那税务局呢", "五比五红"),
    ("县税务局的党建品牌", "该局的展馆叫什么", "守正馆"),
    ("市直机关工委办了多少培训班", "参训的有多少人", "485"),
    ("五星级党支部有多少个", "什么时候命名的", "上半年"),
    ("慰问困难党员", "发了多少钱", "13万"),
    ("公路分中心的五一劳动奖章是谁得的", "他是哪个单位的", "甘茂盛"),
    ("编办的周转池", "这个是干什么用的", "储备人才"),
    ("整治四种先生", "是哪四种", "好好先生"),
    ("公路分中心联系哪个村", "他们怎么帮的", "同吃同住"),
    ("供销社的三会多少年没建", "为什么", "三会"),
    ("片区管督查怎么做", "分了几个组", "3个党建联络组"),
    ("疫线党旗红", "收了多少党员", "59"),
]


@pytest.fixture(scope="module")
def searcher(analyzer: Analyzer) -> Searcher:
    finder = asyncio.run(shelve(load_reports(SAMPLES), analyzer))
    return Searcher(finder, threshold=0.33, related_threshold=0.07)


@pytest.mark.parametrize(("earlier", "question", "marked"), FOLLOWING)
async def test_a_follow_up_is_answered_from_what_came_before(
    searcher: Searcher, earlier: str, question: str, marked: str
) -> None:
    assert await searcher.leans(question)
    context = [earlier] if await searcher.goes_on(question, [earlier]) else []
    first = (await searcher.answer(question, context=context)).quotes[0]
    assert marked in first.answer.of(first.text)


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ("凤翔区擂台赛一等奖是哪个单位", "三会一课怎么开"),
        ("石桥村发现多少隐患", "三会一课怎么开"),
        ("眉县税务局建了什么", "擂台赛怎么办的"),
        ("县供销社的冷链物流园", "困难党员有多少"),
    ],
)
async def test_a_short_question_about_something_else_is_one_of_its_own(
    searcher: Searcher, earlier: str, question: str
) -> None:
    assert not await searcher.goes_on(question, [earlier])


async def test_what_finds_its_answer_by_itself_goes_on_with_nothing(searcher: Searcher) -> None:
    assert not await searcher.goes_on("谁当评委", ["凤翔区怎么搞擂台赛"])
    assert await searcher.goes_on("发了多少钱", ["慰问困难党员"])


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ("凤翔区怎么搞擂台赛", "GDP涨了多少"),
        ("四优指什么", "工资多少"),
        ("四优指什么", "三会一课有哪些"),
        ("凤翔区怎么搞擂台赛", "哒哒君是谁"),
    ],
)
async def test_a_question_that_no_passage_found_tells_of_goes_on_with_nothing(
    searcher: Searcher, earlier: str, question: str
) -> None:
    assert not (await searcher.leans(question) and await searcher.goes_on(question, [earlier]))


@pytest.mark.parametrize("more", ["还有呢", "还有吗？", "其他的呢", "别的呢", "继续"])
async def test_asking_for_more_goes_on_behind_what_was_quoted(searcher: Searcher, more: str) -> None:
    asked = "怎么抓主题党日"
    all_of_them = [quote.passage.id for quote in (await searcher.answer(asked, limit=6)).quotes]
    second = await searcher.answer(more, context=[asked], limit=2)
    third = await searcher.answer(more, context=[asked, more], limit=2)
    found = [quote.passage.id for answer in (second, third) for quote in answer.quotes]
    assert found == all_of_them[2:6]
    page = await searcher.answer(more, context=[asked], limit=4, shown=2)
    assert [quote.passage.id for quote in page.quotes] == all_of_them[2:6]


@pytest.mark.parametrize(
    ("earlier", "question", "years", "phase"),
    [
        ("2014年计划修几座桥", "2015年呢", (2015,), "planned"),
        ("2013年和2014年各修几座桥", "那2015年呢", (2015,), None),
        ("2014年实际修了几座桥", "去年呢", (2022,), "done"),
        ("凤县2014年修几座桥", "眉县呢", (2014,), None),
    ],
)
def test_a_year_named_anew_takes_the_place_of_the_one_before(
    earlier: str, question: str, years: tuple[int, ...], phase: str | None
) -> None:
    query = PLAIN.understand(question, context=[earlier], newest=2023)
    assert (query.years, query.phase) == (years, phase)
    dated = {term.text[2:] for term in query.terms if term.text[:2] in ("y:", "d:", "p:")}
    assert dated == {str(year) for year in years}


@pytest.mark.parametrize(
    "question",
    ["今天天气怎么样", "谁是美国总统", "该不该修桥", "财政部预算是多少", "你是谁", "您能做什么", "眉县修了多少座桥呢"],
)
def test_a_question_about_something_else_leans_on_nothing(question: str) -> None:
    assert not leans(PLAIN.understand(question))


def test_the_report_of_another_year_is_asked_the_same() -> None:
    query = PLAIN.understand("那2013年呢", context=["2014年报告里，新建了多少座桥"])
    assert (query.reports_of, query.years) == ((2013,), ())
