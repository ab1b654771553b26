"""A quote is the passage's own characters, and the sentence that answers is marked in it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config import resource
from corpus.analysis import Analyzer
from corpus.model import Article, Passage, PassageId, Report, ReportId, Span
from corpus.questions.understanding import Understanding
from corpus.quoting import quote
from corpus.ranking import marking
from corpus.ranking.matching import View, split_sentences, view
from corpus.ranking.weights import parse_weights

OPEN = Analyzer()
UNDERSTANDING = Understanding(OPEN, thesaurus="")
MARKING = parse_weights(resource("weights.json"), "marking", marking.NAMES)
TEXT = (
    "河湾镇先修路。全年修桥三座，投资46万元，惠及两个村。“谁来养护？”村民常问。镇里说：“护桥队负责。”此后水渠也通了。"
)


def passage(text: str) -> View:
    report = Report(ReportId("aaaaaaaaaaaa"), "a.txt", "河湾镇")
    held = Passage(PassageId("aaaaaaaaaaaa-1"), report, Article(1, "修桥"), (), 1, text, (Span(0, len(text)),))
    return view(held, OPEN)


def split(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("修桥。补路。", ["修桥。", "补路。"]),
        ("他说：“修好了。”大家笑。", ["他说：“修好了。”", "大家笑。"]),
        ("（见附件。）此后", ["（见附件。）", "此后"]),
        ("增长3.5%。约1.2万", ["增长3.5%。", "约1.2万"]),
        ("修了吗？！修了……还在修", ["修了吗？！", "修了……还在修"]),
        ("查出问题***个。已改", ["查出问题***个。", "已改"]),
        ("", []),
    ],
)
def test_sentences_end_after_the_stop_and_what_it_closes(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(st.text(alphabet="修桥。！？”）“a3.5 \n", max_size=60))
def test_sentences_are_the_whole_text(text: str) -> None:
    assert "".join(split(text)) == text


def test_the_answering_sentence_is_marked_and_its_neighbours_stand_around_it() -> None:
    found = quote(passage(TEXT), UNDERSTANDING.understand("修桥投资多少万元"), MARKING, analyzer=OPEN)
    assert found.answer.of(found.text) == "全年修桥三座，投资46万元，惠及两个村。"
    assert found.text == TEXT
    assert [span.of(found.text) for span in found.highlights] == ["修桥", "投资", "万元"]


def test_a_quote_is_no_longer_than_asked() -> None:
    found = quote(passage(TEXT), UNDERSTANDING.understand("修桥投资"), MARKING, analyzer=OPEN, max_chars=36)
    assert found.text == "河湾镇先修路。全年修桥三座，投资46万元，惠及两个村。“谁来养护？”"
    assert found.start == 0


def test_of_a_sentence_too_long_to_quote_the_clauses_around_the_answer_are_quoted() -> None:
    long = "一要修路，" * 30 + "二要护桥，" + "三要通渠，" * 30
    found = quote(passage(long), UNDERSTANDING.understand("护桥"), MARKING, analyzer=OPEN, max_chars=40)
    assert len(found.text) <= 40
    assert "二要护桥" in found.answer.of(found.text)


def test_redaction_in_the_answering_sentence_is_flagged() -> None:
    text = "去年修桥***座。今年修路8条。"
    assert quote(passage(text), UNDERSTANDING.understand("修桥多少座"), MARKING, analyzer=OPEN).redacted
    assert not quote(passage(text), UNDERSTANDING.understand("修路多少条"), MARKING, analyzer=OPEN).redacted


def test_traditional_questions_mark_simplified_text_and_the_other_way_round() -> None:
    found = quote(passage("全年修橋３ 座。"), UNDERSTANDING.understand("修桥3"), MARKING, analyzer=OPEN)
    assert [span.of(found.text) for span in found.highlights] == ["修橋３"]


def test_a_number_is_not_found_inside_another() -> None:
    text = "今年修桥30座。去年修桥2030米。"
    found = quote(passage(text), UNDERSTANDING.understand("30"), MARKING, analyzer=OPEN)
    assert [span.of(found.text) for span in found.highlights] == ["30"]


def test_words_that_touch_or_overlap_are_marked_as_one() -> None:
    found = quote(passage("镇里修桥铺路，又铺路。"), UNDERSTANDING.understand("修桥铺路"), MARKING, analyzer=OPEN)
    assert [span.of(found.text) for span in found.highlights] == ["修桥铺路", "铺路"]


ANY = st.text(
    alphabet=st.sampled_from("修桥補橋路渠。！？；，、“”（）*xX0３.％ \u3000\u200b\n㎡aB𠮷"), max_size=120
) | st.text(max_size=60)


@settings(deadline=None)
@given(ANY.filter(bool), ANY, st.integers(min_value=1, max_value=80))
@example(text="？ ", question="", max_chars=2)  # a sentence of blanks alone
def test_every_quote_is_verbatim_and_its_spans_are_inside(text: str, question: str, max_chars: int) -> None:
    found = quote(passage(text), UNDERSTANDING.understand(question), MARKING, analyzer=OPEN, max_chars=max_chars)
    assert text[found.start : found.start + len(found.text)] == found.text
    assert len(found.text) <= max_chars
    assert 0 <= found.answer.start <= found.answer.end <= len(found.text)
    ends = [end for span in found.highlights for end in (span.start, span.end)]
    assert ends == sorted(set(ends))
    assert not ends or (ends[0] >= 0 and ends[-1] <= len(found.text))
