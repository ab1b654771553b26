"""Words are found where they stand, and the sentence that answers is told from the rest."""

from __future__ import annotations

import pytest

from corpus.analysis import Analyzer
from corpus.questions.understanding import Understanding
from corpus.ranking.matching import best_sentence, longest_shared, occurrences, present, view

OPEN = Analyzer()
ASKING = Understanding(OPEN)


def test_terms_stand_for_their_characters_and_years_for_none() -> None:
    assert present("b:修桥", "先修桥")
    assert present("u:桥", "先修桥")
    assert not present("y:2014", "2014年")


def test_a_number_is_not_found_inside_another() -> None:
    assert occurrences("30", "30座 2030 3.30 30") == [(0, 2), (14, 16)]
    assert not present("30", "2030")


def test_characters_may_overlap() -> None:
    assert occurrences("哈哈", "哈哈哈") == [(0, 2), (1, 3)]


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("修桥投资多少", "河湾镇重视修桥投资。修桥投资46万元。", "修桥投资46万元。"),
        ("何时修桥", "修桥的事议了又议。修桥自3月起动工。", "修桥自3月起动工。"),
        ("修桥靠什么", "修桥靠什么？靠大家出力修桥。", "靠大家出力修桥。"),
        # Where none of its words stands, by what reports say instead.
        ("GDP有多少", "全镇用工120人。地区生产总值达到46亿元。", "地区生产总值达到46亿元。"),
        ("护桥队做什么", "镇里先修路。护桥队负责巡查。路已通。", "护桥队负责巡查。"),
    ],
)
def test_the_sentence_that_answers_covers_the_question_and_looks_like_an_answer(
    question: str,
    text: str,
    answer: str,
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    seen = view(make_passage(text), OPEN)
    chosen = seen.sentences[best_sentence(ASKING.understand(question), seen.sentences)]
    assert chosen.span.of(text) == answer


def test_the_longest_shared_run_ends_at_blanks() -> None:
    assert longest_shared("修桥 补路", "先修桥补路") == 2
    assert longest_shared("修桥补路", "先修桥补路") == 4
    assert longest_shared("渠", "桥") == 0


def test_a_view_holds_text_and_headings_apart(make_passage) -> None:  # type: ignore[no-untyped-def]
    seen = view(make_passage("修橋。補路。", title="河灣鎮", section=("一、先修橋",)), OPEN)
    assert seen.text == "修桥。补路。"
    assert seen.headings.split() == ["河湾镇一、先修桥"]
    assert [sentence.span.start for sentence in seen.sentences] == [0, 3]
