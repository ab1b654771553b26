"""Words are jieba's, with ours added."""

from __future__ import annotations

from pathlib import Path

from corpus.words import Words


def test_words_of_ours_are_words() -> None:
    assert "五比三看" in Words(("五比三看",)).cut("开展五比三看活动")
    assert "五比三看" not in Words(()).cut("开展五比三看活动")


def test_a_dictionary_kept_in_a_file_cuts_as_the_whole_one(tmp_path: Path) -> None:
    texts = [
        "全县上下坚持以人民为中心的发展思想",
        "李明芳同志在会上作了题为补短强弱的发言",
        "结婚的和尚未结婚的",
        "〇𠮷 abc12",
    ]
    whole = Words(("五比三看",))
    Words(("五比三看",), cache_dir=tmp_path).warm()
    kept = Words(("五比三看",), cache_dir=tmp_path)
    assert [kept.cut(text) for text in texts] == [whole.cut(text) for text in texts]
