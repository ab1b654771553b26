"""Numbers are read and written in Chinese numerals."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.analysis import Analyzer
from corpus.numerals import other_spellings, read_numeral, read_quantity, write_numeral, write_quantity
from corpus.questions.understanding import Understanding


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("六十三", 63),
        ("十三", 13),
        ("二十", 20),
        ("一百零五", 105),
        ("六百五十", 650),
        ("两千", 2000),
        ("二〇二三", 2023),
        ("三", 3),
        ("三百五", 350),
    ],
)
def test_numerals_are_read(text: str, value: int) -> None:
    assert read_numeral(text) == value


@pytest.mark.parametrize("text", ["", "百", "五五十", "十百", "桥", "三万"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_numeral(text) is None


@given(st.integers(0, 9999))
def test_what_is_written_is_read_back(value: int) -> None:
    written = write_numeral(value)
    assert written is not None
    assert read_numeral(written) == value


def test_only_small_numbers_are_written() -> None:
    assert write_numeral(10_000) is None
    assert write_numeral(-1) is None


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("连续三次", ["3"]),
        ("七十四个镇", ["74"]),
        ("3座桥", ["三"]),
        ("三百五十户", ["350"]),
        ("12500户", ["1.25万", "一万二千五百"]),
        ("1.5亿元", ["150000000", "15000万", "一亿五千万"]),
        ("3.5", ["三点五"]),
        ("增长5%", ["百分之五"]),
        ("百分之三点五", ["3.5%"]),
        ("三成农户", ["30%", "百分之三十"]),
        ("2023年", ["二〇二三", "二零二三"]),
        ("二〇二三年", ["2023"]),
        ("统一部署", []),
        ("三农", []),
        ("三成员", []),
        ("五一劳动节", []),
        ("千万不要万众", []),
        ("百分之多少", []),
        ("s454", []),
        ("007", []),
    ],
)
def test_numbers_are_found_with_their_other_spellings(text: str, others: list[str]) -> None:
    assert [other for _, spellings in other_spellings(text) for other in spellings] == others


@given(st.integers(1, 10**9 - 1), st.sampled_from([Decimal(1), Decimal("0.01"), Decimal(10000)]))
@example(40010, Decimal(1))
def test_a_number_is_the_same_in_every_spelling(digits: int, scale: Decimal) -> None:
    value = digits * scale
    spelled = write_quantity(value)
    assert {read_quantity(text) for text in spelled} <= {value}
    if value < 10**12:
        assert spelled


OPEN = Analyzer()
ASKING = Understanding(OPEN, thesaurus="")
SPELLINGS = [
    ["六十三", "63", "６３"],
    ["二〇二三年", "2023年", "２０２３年", "二零二三年"],
    ["1.5亿", "15000万", "一亿五千万", "1．5亿"],
    ["百分之五", "5%", "５％"],
    ["三成", "30%", "百分之三十"],
    ["1,200", "1200", "一千二百", "１２００"],
]


@pytest.mark.parametrize(
    ("asked", "told"), [pair for spelled in SPELLINGS for pair in itertools.permutations(spelled, 2)]
)
def test_a_number_asked_in_one_spelling_meets_every_other(asked: str, told: str) -> None:
    terms = {term.text for term in ASKING.understand(f"修桥{asked}处").terms}
    held = set(OPEN.terms(f"今年修桥{told}处"))
    beside = set(OPEN.terms("今年修桥座处"))
    assert terms & held - beside


def test_other_spellings_of_a_number_hardly_lengthen_a_question() -> None:
    plain, numbered = (ASKING.understand(f"花了{value}元").terms for value in ("", "1.5亿"))
    assert len(numbered) - len(plain) < 20


@pytest.mark.parametrize("asked", ["2" + "0" * 40 + "亩", "1" * 400 + "%", "九" * 60 + "亿", "9" * 30 + ".5万亿"])
def test_a_number_that_nobody_would_say_is_no_reason_to_fail(asked: str) -> None:
    assert all(span.end <= len(asked) for span, _ in other_spellings(asked))
