"""A mistyped word is put right by the words of the passages that are near."""

from __future__ import annotations

import pytest

from corpus.questions.spelling import near, suggestions


def test_a_word_that_sounds_like_another_is_that_other() -> None:
    assert suggestions(["报道"], "党员在哪里社区报道", ["党员到社区报到"]) == {"报道": "报到"}


def test_a_word_that_sounds_like_another_in_other_company_is_no_slip() -> None:
    assert suggestions(["终点"], "起点和终点在哪里", ["抓住重点"]) == {}


def test_z_and_zh_n_and_ng_sound_alike() -> None:
    assert suggestions(["征智"], "征智", ["先争志愿", "政治"]) == {}
    assert suggestions(["整智"], "整智", ["政治", "整治"]) == {"整智": "整治"}


def test_a_latin_word_is_found_a_letter_away() -> None:
    assert suggestions(["duoyin", "xyz"], "duoyin", ["在douyin上"]) == {"duoyin": "douyin"}


def test_a_word_that_is_held_in_no_form_stays() -> None:
    assert suggestions(["火星", "桥"], "火星桥", ["党员到社区报到"]) == {}


@pytest.mark.parametrize(
    ("word", "other", "is_near"),
    [("abc", "abd", True), ("abc", "abcd", True), ("abc", "ab", True), ("abc", "acb", True), ("abc", "xyz", False)],
)
def test_one_letter_makes_the_difference(word: str, other: str, is_near: bool) -> None:
    assert near(word, other) is is_near
