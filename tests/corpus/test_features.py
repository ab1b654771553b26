"""What a passage is ranked by, beyond its bag of terms: the asked measure, the answer to come, the other passages."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.analysis import Analyzer
from corpus.model import Passage, Statistics
from corpus.questions.understanding import Understanding
from corpus.ranking.features import NAMES, describe, prepare
from corpus.ranking.matching import view

OPEN = Analyzer()
ASKING = Understanding(OPEN, expand=False)


def described(question: str, passages: Sequence[Passage], feature: str) -> list[float]:
    """Give one feature of each of *passages*, all found with the same score."""
    about = prepare(ASKING.understand(question), Statistics(len(passages), 10.0, {}))
    rows = describe(about, [(view(passage, OPEN), 1.0) for passage in passages])
    return [row[NAMES.index(feature)] for row in rows]


def test_nothing_found_is_nothing_described() -> None:
    assert described("修桥", [], "share") == []


def test_a_number_of_the_measure_asked_for_tells_from_other_numbers(
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    passages = [make_passage("修桥投资46万元。", number=1), make_passage("修桥投资分3次。", number=2)]
    assert described("修桥投资多少元", passages, "measure") == [1, 0]
    assert described("修桥怎么投资", passages, "measure") == [0, 0]


def test_a_passage_that_ends_in_a_colon_leaves_its_answer_to_what_follows(
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    passages = [make_passage("修桥的办法如下：", number=1), make_passage("修桥靠大家出力。", number=2)]
    assert described("修桥有哪些办法", passages, "opens") == [1, 0]


def test_what_all_passages_hold_tells_less_than_what_one_holds(make_passage) -> None:  # type: ignore[no-untyped-def]
    passages = [make_passage(text, number=n) for n, text in enumerate(("修桥补贴。", "修桥勘察。", "修桥验收。"), 1)]
    holds_both, *others = described("修桥补贴", passages, "telling")
    assert holds_both == 1
    assert max(others) < 0.5


def test_passages_of_one_article_cover_a_question_together(
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    passages = [
        make_passage(text, number=n, title=title)
        for n, (text, title) in enumerate((("修桥。", "河湾镇"), ("补贴。", "河湾镇"), ("修桥。", "青杨村")), 1)
    ]
    first, second, alone = described("修桥补贴", passages, "together")
    assert first == second > alone


def test_a_word_above_a_passage_counts_beside_its_answering_sentence(
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    passages = [
        make_passage("修桥三座。路已通。水已清。渠在清淤。", number=1, section=("一、清淤",)),
        make_passage("修桥三座。路已通。水已清。渠在清淤。", number=2),
    ]
    above, far = described("修桥与清淤", passages, "concepts_around")
    assert above == 1 > far
