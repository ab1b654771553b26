"""A thesaurus is read line by line, and a line that says nothing is named."""

from __future__ import annotations

import pytest

from corpus.errors import CorpusError
from corpus.model import Expansion, Span
from corpus.questions.thesaurus import parse


def test_an_arrow_goes_one_way_and_an_equals_sign_both() -> None:
    read = parse("# 钱\n钱,花费 => 资金,经费  # 旁注\n\n党建 = 党的建设\n")
    assert dict(read.words) == {
        "钱": ("资金", "经费"),
        "花费": ("资金", "经费"),
        "党建": ("党的建设",),
        "党的建设": ("党建",),
    }
    assert read.longest == 4


def test_a_word_on_several_lines_has_what_all_say_and_never_itself() -> None:
    assert parse("钱 => 资金,钱\n钱 => 经费").words["钱"] == ("资金", "经费")


@pytest.mark.parametrize("line", ["钱", "钱 =>", "=> 钱", "= 钱"])
def test_a_line_that_says_nothing_is_named(line: str) -> None:
    with pytest.raises(CorpusError, match="thesaurus"):
        parse(f"{line}\n")


def test_the_longest_run_of_whole_words_is_found_once() -> None:
    read = parse("修桥 => 造桥\n修桥补路 => 公益\n路 => 道路")
    tokens = [Span(0, 2), Span(2, 4), Span(4, 6), Span(6, 8)]
    assert read.expand("修桥补路修桥修桥", tokens) == [Expansion("修桥补路", ("公益",)), Expansion("修桥", ("造桥",))]
    assert read.expand("补路", [Span(0, 2)]) == []
