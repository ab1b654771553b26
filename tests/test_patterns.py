"""Every regular expression of ours, on strings made of its own pieces: none takes more than linear time."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.support.adversarial import LINE, Ours, ours, trials
from tests.support.counts import counts


# Quadratic time is many seconds at the first length, hours at the second.
@pytest.mark.parametrize("length", [20_000, pytest.param(LINE, marks=pytest.mark.torture)])
def test_no_pattern_of_ours_can_be_choked(length: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.adversarial", str(length)], capture_output=True, check=True, timeout=1200
    )
    tried = json.loads(ended.stdout)
    counts["hostile files and inputs tried"] += tried["inputs"]
    assert tried["slow"] == {}
    assert tried["patterns"] > 100
    assert tried["inputs"] > 20 * tried["patterns"]


def test_patterns_are_found_wherever_they_stand() -> None:
    named = {one.name: one for one in ours()}
    for name in ("corpus.ranking.matching._LOOKS.why.0", "corpus.cleaning.markdown.LINK", "noise.toml:credits"):
        assert name in named
    assert named["noise.toml:credits"].ways == {"fullmatch"}
    assert named["corpus.readers.web.CHARSET"].ways == {"search"}
    assert any(name.startswith("corpus.store.database:") for name in named), "written where it is used"


@pytest.mark.parametrize("bad", [r"(?:a+)+b", r"(?:x\s*)+\s*$", r"#{2,}z", r"\A(?:[-=]{2,}|(?:[*_]\s*){3,})\s*\Z"])
def test_a_pattern_that_can_be_choked_is_choked(bad: str) -> None:
    choking = Ours("bad", re.compile(bad), frozenset({"search"}))
    _, slow = trials(20_000, patterns=[choking], most=0.2)
    assert list(slow) == ["bad"]
