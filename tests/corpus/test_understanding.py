"""A question is stripped to what it looks for, and says the same however it is put."""

from __future__ import annotations

import pytest

from corpus.analysis import Analyzer
from corpus.model import Expansion, QuestionKind, Statistics
from corpus.questions.asking import measure, question_kind
from corpus.questions.following import leans
from corpus.questions.understanding import Understanding

OPEN = Analyzer()
PLAIN = Understanding(OPEN, expand=False)
EVERYDAY = Understanding(OPEN, thesaurus="钱,花费 => 资金,经费\n党建 = 党的建设\n重 => 沉重")


def weights(understanding: Understanding, question: str, **options: list[str]) -> dict[str, float]:
    return {term.text: term.weight for term in understanding.understand(question, **options).terms}


def test_question_phrases_are_taken_out() -> None:
    query = PLAIN.understand("河湾镇修了多少座桥？")
    assert query.topic == "河湾镇修了 座桥?"
    assert query.words == ("河湾", "镇修", "了", "座桥")
    assert "多少" not in {term.text for term in query.terms}


@pytest.mark.parametrize("question", ["", "是什么？", "👍 ！？", "\u3000"])
def test_question_phrases_alone_look_for_nothing(question: str) -> None:
    assert PLAIN.understand(question).terms == ()


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("请问河湾镇修了多少座桥？谢谢！", "河湾镇修了多少座桥"),
        ("麻烦帮我查一下，一三年修桥几座？", "2013年修桥几座"),
        ("修橋投資 多少", "修桥投资多少"),
        ("查处了哪些人", "查处了哪些人"),
    ],
)
def test_what_was_understood_reads_as_the_question_does(question: str, shown: str) -> None:
    assert PLAIN.understand(question).interpreted == shown


def test_what_stands_beside_the_question_word_is_asked_about_most() -> None:
    focus = {term.text: term.weight for term in PLAIN.understand("水利工程的投资资金有多少来源渠道").focus}
    assert focus["来源"] == 1.0
    assert focus["来源"] > focus["资金"] > focus["投资"] > 0


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("打了多少亿斤粮食", "粮食12430.7亿斤", True),
        ("打了多少亿斤粮食", "就业1312万人", False),
        ("花了多少钱", "投资46万元", True),
        ("花了多少钱", "修桥三座", False),
        ("涨了百分之几", "上涨2.6%", True),
        ("赤字多少亿", "占比2.8%", False),
        ("有几户受益", "惠及三十户", True),
    ],
)
def test_a_number_that_answers_has_the_measure_that_is_asked(question: str, text: str, fits: bool) -> None:
    wanted = measure(question)
    assert wanted is not None
    assert (wanted.search(text) is not None) is fits


def test_a_question_for_any_number_takes_any() -> None:
    assert measure("修了多少座桥") is None


def test_this_year_is_the_year_of_the_newest_report() -> None:
    query = PLAIN.understand("去年修桥几座", newest=2015)
    assert (query.years, query.interpreted) == ((2014,), "2014年修桥几座")
    assert PLAIN.understand("去年修桥几座").years == ()


def test_this_year_meant_earlier_is_still_that_year() -> None:
    query = PLAIN.understand("花了多少钱", context=["去年修桥几座"], newest=2015)
    assert query.years == (2014,)
    query = PLAIN.understand("去年 标题:河湾镇 -补路", newest=2015)
    assert (query.years, query.fields, query.excluded) == ((2014,), (("title", "河湾镇"),), ("补路",))


def test_operators_hold_for_what_leans_on_their_question() -> None:
    query = PLAIN.understand("还有呢", context=["标题:河湾镇 年份:2013 修桥 -补路"])
    assert (query.fields, query.excluded) == ((("title", "河湾镇"), ("year", "2013")), ("补路",))
    query = PLAIN.understand("年份:2014 呢", context=["标题:河湾镇 年份:2013 修桥"])
    assert (query.fields, query.years) == ((("year", "2014"), ("title", "河湾镇")), (2014,))


def test_earlier_questions_count_half() -> None:
    found = weights(PLAIN, "学校午餐补贴标准", context=["河湾镇的桥"])
    assert found["b:河湾"] == 0.5
    assert found["午餐"] == 1.0


def test_a_question_that_cannot_stand_alone_takes_over_the_words_before_it() -> None:
    query = PLAIN.understand("花了多少钱", context=["河湾镇的桥"])
    assert {"花", "桥"} <= set(query.words)
    assert query.interpreted == "河湾镇的桥 · 花了多少钱"
    assert {term.text: term.weight for term in query.terms}["b:河湾"] == 1.0


def test_a_place_named_anew_takes_the_place_of_the_one_before() -> None:
    query = PLAIN.understand("那眉县呢", context=["凤县修了多少座桥"])
    assert query.names == ("眉县",)
    assert "凤县" not in query.words
    assert query.kind == "number"
    assert "b:座桥" in {term.text for term in query.terms}


def test_of_places_compared_before_nothing_is_left_where_another_is_named() -> None:
    query = PLAIN.understand("那凤翔区呢", context=["眉县和凤县修桥有什么不同"])
    assert (query.names, query.compared) == (("凤翔区",), ())
    assert query.interpreted == "修桥有什么不同 · 那凤翔区呢"


def test_a_chain_of_questions_is_followed_back_to_the_one_that_stands_alone() -> None:
    query = PLAIN.understand("还有呢", context=["学校午餐", "凤县修了多少座桥", "那眉县呢"])
    assert query.names == ("眉县",)
    assert {"座桥", "眉县"} <= set(query.words)
    assert not {"凤县", "午餐"} & set(query.words)


@pytest.mark.parametrize(
    "question", ["那眉县呢", "还有呢", "具体怎么做的", "一共多少？", "多少钱", "为什么", "后来呢？"]
)
def test_a_question_that_continues_another_leans_on_it(question: str) -> None:
    assert leans(PLAIN.understand(question))


@pytest.mark.parametrize(
    "question",
    [
        "全面从严治党",
        "hello",
        "眉县",
        "还款期限是多少",
        "怎么治理雾霾",
        "2015年赤字多少",
        "眉县修了多少座桥",
        "乡村振兴的主要做法",
    ],
)
def test_a_question_that_stands_alone_leans_on_nothing(question: str) -> None:
    assert not leans(PLAIN.understand(question))


def test_everyday_words_also_look_for_official_ones_at_a_lower_weight() -> None:
    found = weights(EVERYDAY, "修桥的钱")
    assert 0 < found["资金"] < found["u:钱"] == 1.0
    assert EVERYDAY.understand("修桥的钱").expansions == (Expansion("钱", ("资金", "经费")),)


def test_what_is_inferred_weighs_less_where_the_reports_use_the_word_themselves() -> None:
    query = EVERYDAY.understand("修桥的花费")
    held = Statistics(9, 9.0, {"b:花费": 2})
    lost = Statistics(9, 9.0, {})
    weighed = [{t.text: t.weight for t in EVERYDAY.weigh(query, s).terms} for s in (held, lost)]
    assert weighed[0]["资金"] < weighed[1]["资金"]
    assert weighed[0]["b:花费"] == weighed[1]["b:花费"] == 1.0


def test_a_synonym_goes_both_ways() -> None:
    assert "党建" in weights(EVERYDAY, "党的建设")
    assert "的建设" in "".join(weights(EVERYDAY, "党建"))


def test_a_word_is_not_expanded_inside_another() -> None:
    assert EVERYDAY.understand("重庆的桥").expansions == ()


def test_the_thesaurus_can_be_switched_off() -> None:
    assert Understanding(OPEN, thesaurus="钱 => 资金", expand=False).understand("修桥的钱").expansions == ()


@pytest.mark.parametrize(("asked", "other"), [("六十三个问题", "63"), ("63个问题", "b:六十"), ("６３个问题", "b:六十")])
def test_a_number_is_looked_for_in_both_spellings(asked: str, other: str) -> None:
    assert 0 < weights(PLAIN, asked)[other] < 1


def test_a_year_asked_prefers_passages_about_it() -> None:
    found = weights(PLAIN, "13年计划修几座桥")
    assert found["y:2013"] > 1
    assert "p:2013" in found
    assert "d:2013" not in found
    assert PLAIN.understand("13年计划修几座桥").years == (2013,)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("修了多少座桥", "number"),
        ("什么时候通车", "when"),
        ("样板故事多长时间讲一回", "when"),
        ("这座桥有多长", "number"),
        ("谁来养护", "who"),
        ("哪个村先通", "which"),
        ("有哪些办法", "list"),
        ("为什么先修路", "why"),
        ("怎么养护", "how"),
        ("什么是护桥队", "what"),
        ("分哪几个方面", "headings"),
        ("报告分几个部分", "headings"),
        ("一共花了几块钱", "number"),
        ("护桥队", "other"),
    ],
)
def test_a_question_says_what_kind_of_answer_it_wants(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) == kind
