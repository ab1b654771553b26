"""Parallel forms: headings of one article are built alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

MARKS = re.compile(r"[，、：；,\s\u3000“”‘’《》（）()]+")

# How much longer one of two texts can be, by what they share.
LENGTHS = {"marks": 6, "first": 4, "opening": 10_000, "end": 10_000}


class Forms:
    """Keep texts by how they are built: their beginning, their end, their punctuation."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._kept: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for text in set(texts):
            for key in _keys(text):
                # Ten texts tell as much of a form as ten thousand.
                if len(self._kept[key]) < 10:
                    self._kept[key].add(text)

    def has_like(self, text: str) -> bool:
        """Say whether another text is built like *text*: the same two characters at either end, or else the same
        punctuation or first character and about the same length."""
        return any(
            other != text and abs(len(other) - len(text)) <= LENGTHS[key[0]]
            for key in _keys(text)
            for other in self._kept.get(key, ())
        )


def alike(first: str, second: str) -> bool:
    """Say whether two texts are built alike, as Forms does."""
    shared = set(_keys(first)) & set(_keys(second))
    return any(abs(len(first) - len(second)) <= LENGTHS[key[0]] for key in shared)


def _keys(text: str) -> list[tuple[str, ...]]:
    if not text:
        return []
    marks = MARKS.findall(text)
    keys: list[tuple[str, ...]] = [("first", text[0]), ("opening", text[:2]), ("end", text[-2:])]
    return [*keys, ("marks", *marks)] if marks else keys
