"""Text becomes the same terms however it is written, and every character remembers its place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import _NORMAL, Analyzer, Folded, alternatives, entries, frequency
from corpus.model import Statistics, Term
from corpus.ranking.matching import split_sentences

OPEN = Analyzer()

TEXTS = st.text(
    alphabet=st.sampled_from("河湾镇修桥補橋ＡＢaZ0９３.％%， \u3000\u200b㎡①İ“”\n𠮷é"), max_size=40
) | st.text(max_size=40)


def test_a_passage_is_found_by_its_pairs_its_rarer_characters_and_whole_numbers() -> None:
    assert list(OPEN.terms("桥上修渠3座")) == ["b:桥上", "b:上修", "b:修渠", "u:桥", "u:修", "u:渠", "3", "u:座"]


def test_a_question_asks_for_words_too() -> None:
    assert OPEN.asked("修桥3座") == ["修桥", "u:修", "u:桥", "b:修桥", "3", "座", "u:座"]


def test_a_word_is_looked_for_by_its_pairs_which_share_its_weight() -> None:
    found = OPEN.sought(
        [Term("双报到"), Term("双"), Term("u:双"), Term("u:上"), Term("b:上修", 0.5), Term("3"), Term("y:2014", 10.0)]
    )
    assert [(term.text, term.weight) for term in found] == [
        ("b:双报", 0.5),
        ("b:报到", 0.5),
        ("u:双", 1.0),
        ("b:上修", 0.5),
        ("3", 1.0),
        ("y:2014", 10.0),
    ]


def test_a_word_counts_as_held_by_no_more_passages_than_its_rarest_pair() -> None:
    statistics = Statistics(9, 9.0, {"b:双报": 2, "b:报到": 4, "u:双": 5, "gdp": 1})
    counted = [
        frequency(statistics, term) for term in ("双报到", "报到", "b:报到", "双", "u:双", "gdp", "b:上修", "y:2014")
    ]
    assert counted == [2, 4, 4, 5, 5, 1, 0, 0]


def test_a_character_too_common_to_be_counted_counts_as_held_by_all() -> None:
    assert frequency(Statistics(9, 9.0, {}), "u:的") == frequency(Statistics(9, 9.0, {}), "的") == 9


def test_nothing_reaches_across_punctuation() -> None:
    assert "b:桥补" not in OPEN.terms("修桥、补路")


def test_traditional_full_width_and_upper_case_make_the_same_terms() -> None:
    assert OPEN.terms("為３８座橋投資ＡＢ") == OPEN.terms("为38座桥投资ab")


def test_blanks_between_a_number_and_its_unit_do_not_matter() -> None:
    assert OPEN.terms("投资 46 万元") == OPEN.terms("投资46万元")
    assert OPEN.terms("哪 四 种") == OPEN.terms("哪四种")


def test_a_blank_between_latin_words_matters() -> None:
    assert OPEN.terms("party building") == ["party", "building"]


def test_a_number_with_a_decimal_point_is_one_term() -> None:
    assert OPEN.terms("增长3.5%") == [*OPEN.terms("增长"), "3.5"]


def test_zero_width_characters_are_no_characters() -> None:
    assert OPEN.terms("修\u200b桥") == OPEN.terms("修桥")
    assert OPEN.terms("br\ufeffidge") == ["bridge"]


def test_a_passage_is_found_by_its_title_unit_and_headings_once_each(make_passage) -> None:  # type: ignore[no-untyped-def]
    passage = make_passage("挖沟三条。", title="水渠", unit="水渠", section=("水渠", "引水"))
    bag = OPEN.passage_terms(passage)
    assert bag.count("b:水渠") == 1
    assert bag.count("b:引水") == 1
    assert bag.count("b:挖沟") == 1


def test_another_dictionary_leaves_the_terms_of_passages_as_they_are() -> None:
    assert Analyzer(words="河湾镇").fingerprint == Analyzer(words="河湾").fingerprint == OPEN.fingerprint


def test_a_word_of_our_own_is_one_word_and_stays_in_its_analyzer() -> None:
    ours, theirs = Analyzer(words="五比三看"), Analyzer(words="")
    assert "五比三看" in ours.asked("开展五比三看活动")
    assert "五比三看" not in theirs.asked("开展五比三看活动")


def test_without_a_place_to_keep_it_no_dictionary_is_written(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    Analyzer().warm()
    assert list(tmp_path.iterdir()) == []


def test_entries_are_lines_without_comments() -> None:
    assert list(entries("# 题\n桥\n\n 路 # 旁注\n")) == ["桥", "路"]


def test_alternatives_prefer_the_longest() -> None:
    assert alternatives(["多少", "多少个"]) == "多少个|多少"


@given(TEXTS)
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = OPEN.fold(text)
    for place in range(len(folded.text)):
        span = folded.span(place, place + 1)
        assert 0 <= span.start < span.end <= len(text)
        assert folded.text[place] in OPEN.fold(span.of(text)).text or folded.text[place] == " "
    assert folded.span(0, len(folded.text)).end <= len(text)


@given(st.lists(TEXTS, max_size=4))
def test_a_sentence_within_a_text_is_folded_as_it_is_alone(pieces: list[str]) -> None:
    text = "。".join(pieces)
    folded = OPEN.fold(text)
    for place in split_sentences(text):
        part, alone = folded.part(place), OPEN.fold(place.of(text))
        assert part.text == alone.text
        for n in range(len(part.text)):
            assert part.span(n, n + 1) == alone.span(n, n + 1)


def test_what_is_taken_for_normal_is() -> None:
    normal = [char for char in map(chr, range(0x110000)) if _NORMAL.fullmatch(char)]
    assert all(unicodedata.normalize("NFKC", char) == char and not unicodedata.combining(char) for char in normal)
    assert len(normal) > 20_000


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = OPEN.fold(text).text
    assert OPEN.terms(once) == OPEN.terms(text)


def test_a_span_of_unmoved_text_is_itself() -> None:
    assert Folded("桥").span(0, 1).end == 1
