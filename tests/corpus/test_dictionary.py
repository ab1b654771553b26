"""jieba's dictionary on disk is the whole one, and is read as it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import dictionary
from corpus.words import SAMPLE, Words

ENTRIES = {"修": 3, "修桥": 0, "修桥补": 0, "修桥补路": 7, "路": 900, "a": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    dictionary.write(tmp_path / "kept", ENTRIES, total=911, maker="one")
    return tmp_path / "kept"


def test_only_what_begins_as_the_text_does_somewhere_is_read(path: Path) -> None:
    kept = dictionary.opened(path, maker="one")
    assert kept is not None
    assert (kept.entries, kept.total) == ({}, 911)
    kept.need("道路")
    assert kept.entries == {"路": 900}
    assert kept.before(len)("修") == 1
    assert kept.entries == {"路": 900, "修": 3, "修桥": 0, "修桥补": 0, "修桥补路": 7}


@pytest.mark.parametrize("size", [0, 5, 40, -1])
def test_a_torn_dictionary_is_none(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    assert dictionary.opened(path, maker="one") is None


def test_a_damaged_one_and_another_makers_are_none(path: Path) -> None:
    assert dictionary.opened(path, maker="two") is None
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    assert dictionary.opened(path, maker="one") is None
    assert dictionary.opened(path.with_name("nowhere"), maker="one") is None


def test_a_dictionary_that_was_kept_cuts_as_one_that_was_just_made(tmp_path: Path) -> None:
    made, kept = (Words(("补短强弱", "AB村"), cache_dir=tmp_path) for _ in range(2))
    assert [made.reference(run) for run in SAMPLE] == [kept.reference(run) for run in SAMPLE]
    assert kept.reference("补短强弱在AB村") == ["补短强弱", "在", "AB村"]
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]
    assert len(kept._jieba.FREQ) < len(made._jieba.FREQ) / 5
    other = Words(("开展五比三看",), cache_dir=tmp_path)
    assert other.reference("开展五比三看") == ["开展五比三看"]
