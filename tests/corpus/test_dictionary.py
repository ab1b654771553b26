"""The file that jieba's dictionary is kept in: read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from corpus.dictionary import opened, write

ENTRIES = {"水库": 3, "水": 5, "水利局": 2, "隐患": 7, "隐": 0}


def test_a_text_brings_the_words_that_begin_with_its_characters(tmp_path: Path) -> None:
    write(tmp_path / "a", ENTRIES, total=17, maker="m")
    kept = opened(tmp_path / "a", maker="m")
    assert kept is not None
    kept.need("水面")
    assert (kept.entries, kept.total) == ({"水库": 3, "水": 5, "水利局": 2}, 17)
    kept.need("隐")
    assert kept.entries == ENTRIES
    assert opened(tmp_path / "a", maker="another") is None


def test_a_file_cut_off_zeroed_or_changed_anywhere_is_no_dictionary(tmp_path: Path) -> None:
    write(tmp_path / "a", ENTRIES, total=17, maker="m")
    whole = (tmp_path / "a").read_bytes()
    spoiled = [whole[:at] for at in range(len(whole))]
    spoiled += [whole[:at] + bytes(len(whole) - at) for at in range(len(whole) - 1)]
    spoiled += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    for content in spoiled:
        (tmp_path / "b").write_bytes(content)
        assert opened(tmp_path / "b", maker="m") is None, content


def test_a_file_of_another_form_is_no_dictionary(tmp_path: Path) -> None:
    head = b"\xe4\xbb"  # the beginning of a character
    rest = len(head).to_bytes(8, "little") + head
    (tmp_path / "a").write_bytes(crc32(rest).to_bytes(4, "little") + rest)
    assert opened(tmp_path / "a", maker="m") is None
