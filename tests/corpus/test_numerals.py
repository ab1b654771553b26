"""Numbers are read and written in Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numerals import other_spellings, read_numeral, write_numeral


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
        ("统一部署", []),
        ("三农", []),
        ("s454", []),
        ("3.5", []),
        ("007", []),
    ],
)
def test_numbers_are_found_with_their_other_spelling(text: str, others: list[str]) -> None:
    assert [other for _, other in other_spellings(text)] == others
