"""rjieba may do jieba's work as long as it does the same."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import pytest

from config import resource
from corpus.analysis import Analyzer, entries, han, runs
from corpus.words import SAMPLE, Words

OURS = tuple(entries(resource("words.txt")))


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(OURS)


def sample_runs() -> Iterator[str]:
    opened = Analyzer()
    for path in files("corpus").joinpath("samples").iterdir():
        for match in runs(opened.fold(path.read_text("utf-8")).text):
            if han(match.group()):
                yield match.group()


def test_rjieba_cuts_the_samples_as_jieba_does_with_our_words(words: Words) -> None:
    pytest.importorskip("rjieba")
    words.warm(much=True)
    assert words.agree([*SAMPLE, *OURS, *(word + other for word, other in pairwise(OURS))])
    assert words.agree(sample_runs())


@pytest.mark.parametrize("run", ["〇", "二〇二三年〇五", "𠮷野家", "鿕鿖桥鿫", "㐀㐁路", "龥龦"])
def test_characters_that_only_one_of_them_knows_go_to_jieba(words: Words, run: str) -> None:
    assert words.cut(run) == words.reference(run)


class Differs:
    """Cuts otherwise than jieba."""

    def cut(self, run: str) -> list[str]:
        return list(run)


def test_where_they_differ_jieba_is_used_from_then_on_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("rjieba")
    wrong = Words(OURS)
    wrong._fast = Differs()
    assert wrong.cut("修桥补路") == ["修", "桥", "补", "路"]
    wrong.warm(much=True)
    assert wrong.cut("全县上下") == wrong.reference("全县上下")
    assert "not used any more" in caplog.text


def test_without_rjieba_jieba_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.words.find_spec", lambda name: None)
    plain = Words(("五比三看",))
    plain.warm(much=True)
    assert "五比三看" in plain.cut("开展五比三看活动")
