"""What was found is scored by everything that was asked, not only by what an index holds."""

from __future__ import annotations

from corpus.analysis import Analyzer, length
from corpus.model import PassageId, Query, Statistics, Term
from corpus.ranking.matching import view
from corpus.ranking.scoring import score

OPEN = Analyzer()
COUNTED = Statistics(100, 12.0, {"b:修桥": 5, "u:桥": 20, "y:2014": 10, "ab": 3})


def scored(make_passage, text: str, *terms: Term, told: tuple[str, ...] = ()) -> float:  # type: ignore[no-untyped-def]
    passage = make_passage(text)
    dated = {term: frozenset({passage.id, PassageId("another-1")}) for term in told}
    return score(Query("", "", terms), [view(passage, OPEN)], COUNTED, dated)[0]


def test_a_word_its_pair_and_its_characters_all_count(make_passage) -> None:  # type: ignore[no-untyped-def]
    text = "今年镇里修桥三座。"
    alone = scored(make_passage, text, Term("b:修桥"))
    assert scored(make_passage, text, Term("b:修桥"), Term("修桥")) == 2 * alone > 0
    assert scored(make_passage, text, Term("b:修桥"), Term("u:桥")) > alone


def test_more_often_and_in_a_shorter_text_counts_more(make_passage) -> None:  # type: ignore[no-untyped-def]
    once = scored(make_passage, "修桥铺路挖沟。", Term("b:修桥"))
    assert scored(make_passage, "修桥又修桥的。", Term("b:修桥")) > once
    assert scored(make_passage, "修桥铺路挖沟，种树养鱼，开荒晒谷。", Term("b:修桥")) < once


def test_letters_count_where_they_stand_alone(make_passage) -> None:  # type: ignore[no-untyped-def]
    assert scored(make_passage, "用AB两种料。", Term("ab")) > 0 == scored(make_passage, "用ABC一种料。", Term("ab"))


def test_a_year_counts_where_the_passage_tells_of_it_whatever_stands_in_its_text(make_passage) -> None:  # type: ignore[no-untyped-def]
    assert scored(make_passage, "修桥。", Term("y:2014"), told=("y:2014",)) > 0
    assert scored(make_passage, "2014年修桥。", Term("y:2014")) == 0


def test_a_text_is_as_long_as_its_bag() -> None:
    text = "2014年镇里修桥3座，补路的有ab两队。"
    assert length(OPEN.fold(text).text) == len(OPEN.terms(text))
