"""Years are read in any spelling, and a passage knows which years it is about."""

from __future__ import annotations

import pytest

from corpus.years import (
    Years,
    asked_phase,
    asked_reports,
    asked_years,
    by_number,
    passage_years,
    speaks_of_now,
    year_terms,
)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2014年修了几座桥", (2014,)),
        ("14年修了几座桥", (2014,)),
        ("二〇一四年修了几座桥", (2014,)),
        ("二零一四年修了几座桥", (2014,)),
        ("一四年修了几座桥", (2014,)),
        ("98年修了几座桥", (1998,)),
        ("2012到2014年的桥", (2012, 2013, 2014)),
        ("12到14年的桥", (2012, 2013, 2014)),
        ("2012、2014年的桥", (2012, 2014)),
        ("2012年和2014年的桥", (2012, 2014)),
        ("2012、2013、2014三年各修几座", (2012, 2013, 2014)),
        ("近10年修了几座桥", ()),
        ("10年来修了几座桥", ()),
        ("5年规划", ()),
        ("修桥2014座", ()),
        ("2014", ()),
    ],
)
def test_years_are_read_in_any_spelling(question: str, years: tuple[int, ...]) -> None:
    assert asked_years(question)[1] == years


@pytest.mark.parametrize(
    ("question", "written"),
    [("去年修了几座桥", "2014年修了几座桥"), ("今年和明年的桥", "2015年和2016年的桥"), ("前年的桥", "2013年的桥")],
)
def test_last_year_is_the_one_before_the_newest_report(question: str, written: str) -> None:
    assert speaks_of_now(question)
    assert by_number(question, 2015) == written


def test_a_question_that_names_its_year_is_left_as_it_is() -> None:
    assert not speaks_of_now("2013年比去年多修几座桥")
    assert not speaks_of_now("修了几座桥")


def test_a_question_is_rewritten_with_whole_years() -> None:
    assert asked_years("一四年和15年的桥")[0] == "2014年和2015年的桥"


@pytest.mark.parametrize(
    ("question", "phase"),
    [
        ("2014年目标是几座", "planned"),
        ("2014年打算修几座", "planned"),
        ("2014年实际修成几座", "done"),
        ("2014年的桥", None),
    ],
)
def test_a_question_says_whether_the_plan_or_the_outcome_is_asked(question: str, phase: str | None) -> None:
    assert asked_phase(question) == phase


def test_a_work_report_reviews_the_year_before_and_plans_its_own(make_passage) -> None:  # type: ignore[no-untyped-def]
    def passage(number: int, text: str, *section: str):  # type: ignore[no-untyped-def]
        return make_passage(text, number=number, title="2015年河湾镇政府工作报告", section=section, year=2015)

    told = passage_years(
        [
            passage(1, "各位代表。"),
            passage(2, "修桥三座。", "一、2014年工作回顾"),
            passage(3, "通渠两条。", "我们着力通渠"),
            passage(4, "修路三条。", "二、2015年重点工作", "（一）修路"),
            passage(5, "比去年多修一条，到2020年全部修完。", "二、2015年重点工作"),
            passage(6, "午餐全部配送。", "三、办好学校"),
        ]
    )
    assert told == [
        Years((2015,), (2015,)),
        Years((2014,), ()),
        Years((2014,), ()),
        Years((), (2015,)),
        Years((2014,), (2015, 2020)),
        Years((), (2015,)),
    ]


def test_a_review_of_five_years_tells_of_all_five(make_passage) -> None:  # type: ignore[no-untyped-def]
    passage = make_passage("修桥。", title="2013年河湾镇政府工作报告", section=("一、过去五年工作回顾",), year=2013)
    assert passage_years([passage]) == [Years((2008, 2009, 2010, 2011, 2012), ())]


def test_any_other_report_is_about_its_own_year(make_passage) -> None:  # type: ignore[no-untyped-def]
    passages = [make_passage("修桥。", title="河湾镇修桥经验", year=year) for year in (2023, None)]
    assert passage_years(passages[:1]) == [Years((2023,), (2023,))]
    assert passage_years(passages[1:]) == [Years()]


def test_the_terms_of_years_tell_outcome_from_plan() -> None:
    assert year_terms(Years((2014,), (2015,))) == ["y:2014", "y:2015", "d:2014", "p:2015"]
    assert year_terms(Years((2014,), ()), of_report=2015) == ["y:2014", "d:2014", "r:2015"]


@pytest.mark.parametrize(
    ("question", "rest", "years"),
    [
        ("2013年报告里,五年来修了几座桥", " ,五年来修了几座桥", (2013,)),
        ("2014年和2015年的政府工作报告怎么说桥", " 怎么说桥", (2014, 2015)),
        ("2015年度报告中2013年修的桥", " 2013年修的桥", (2015,)),
        ("2015年修桥报告", "2015年修桥报告", ()),
        ("报告里2015年的桥", "报告里2015年的桥", ()),
    ],
)
def test_the_report_of_a_year_is_not_what_is_about_the_year(question: str, rest: str, years: tuple[int, ...]) -> None:
    assert asked_reports(question) == (rest, years)
