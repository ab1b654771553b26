"""The language of search is read, and nothing in it is ever an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.operators import Operators, read_operators


def test_a_phrase_stays_in_the_question_and_is_noted() -> None:
    assert read_operators('"先修桥" 的办法') == Operators('"先修桥" 的办法', ("先修桥",))


def test_an_excluded_word_leaves_the_question() -> None:
    assert read_operators("修桥 -补路") == Operators("修桥  ", (), ("补路",))


def test_years_and_hyphens_within_words_exclude_nothing() -> None:
    assert read_operators("2012-2014年 covid-19 -3度").excluded == ()


def test_fields_narrow_and_their_values_are_looked_up() -> None:
    said = read_operators("标题:修桥 单位：河湾镇 年份:2014 养护")
    assert said.fields == (("title", "修桥"), ("unit", "河湾镇"), ("year", "2014"))
    assert said.rest.split() == ["修桥", "河湾镇", "2014", "养护"]


def test_a_field_without_a_value_is_part_of_the_question() -> None:
    assert read_operators("标题: ").rest == "标题: "


@given(st.text(alphabet='修桥 "-标题单位年份:：＂()OR*\\', max_size=30) | st.text(max_size=30))
def test_no_question_is_an_error(question: str) -> None:
    assert isinstance(read_operators(question), Operators)
