"""The sentence that answers is told from those that only hold the words of the question."""

from __future__ import annotations

import pytest

from config import resource
from corpus.analysis import Analyzer
from corpus.questions.understanding import Understanding
from corpus.ranking.marking import NAMES, describe, mark
from corpus.ranking.matching import view
from corpus.ranking.weights import parse_weights

OPEN = Analyzer()
ASKING = Understanding(OPEN, expand=False)
WEIGHTS = parse_weights(resource("weights.json"), "marking", NAMES)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        # A heading repeats the question; what follows answers it.
        (
            "怎么加强护桥队伍建设",
            "（三）加强护桥队伍建设。通过公开招考选人，每季度轮训一次。",
            "通过公开招考选人，每季度轮训一次。",
        ),
        # The subject is named once, and what is asked about it later.
        ("河湾镇的护桥经费来自哪里", "河湾镇地处两河之间，设有护桥队。护桥经费来自县财政。", "护桥经费来自县财政。"),
        ("河湾大桥什么时候通车", "河湾大桥全长三百米，是镇里最长的大桥。2019年5月通车。", "2019年5月通车。"),
        # What the passage opens with is what all of it is about.
        ("白石养老院主要以什么取暖", "白石养老院是全县主要的养老院。冬天烧秸秆颗粒取暖。", "冬天烧秸秆颗粒取暖。"),
        ("谁来管护水渠", "谁来管护水渠？这是老问题。水渠由用水户协会管护。", "水渠由用水户协会管护。"),
    ],
)
def test_the_sentence_that_answers_is_marked(
    question: str,
    text: str,
    answer: str,
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    split = view(make_passage(text), OPEN).sentences
    assert split[mark(ASKING.understand(question), split, WEIGHTS)].span.of(text) == answer


def test_every_sentence_is_described_by_every_feature(make_passage) -> None:  # type: ignore[no-untyped-def]
    split = view(make_passage("修桥。补路。"), OPEN).sentences
    assert [len(each) for each in describe(ASKING.understand("👍"), split)] == [len(NAMES)] * 2
