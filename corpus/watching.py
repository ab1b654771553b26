"""Which passages hold words that somebody watches for; pure."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.analysis import Analyzer


def matching(words: str, passages: Sequence[str], analyzer: Analyzer) -> list[int]:
    """Name the *passages*, from 0, that hold every one of *words* (split at blanks), in whatever script or width."""
    wanted = [folded for word in words.split() if (folded := analyzer.fold(word).text.strip())]
    if not wanted:
        return []
    return [n for n, text in enumerate(passages) if _holds(analyzer.fold(text).text, wanted)]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)
