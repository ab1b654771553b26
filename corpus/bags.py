"""Hold the terms of a passage as what they are made of: five times shorter than written out, and countable at once."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import overload

from config import resource

RUN = "="
"""Begins what stands for more than itself: a run of Chinese characters."""


@functools.cache
def common() -> frozenset[str]:
    """Name the characters that are no terms by themselves: those that nearly every passage holds."""
    lines = resource("common-characters.txt").splitlines()
    return frozenset(char for line in lines if not line.startswith("#") for char in line)


def pairs(word: str) -> list[str]:
    """Name the terms of a word's pairs of characters."""
    return [f"b:{word[n : n + 2]}" for n in range(len(word) - 1)]


class Bag(Sequence[str]):
    """Be the terms that *text* stands for: it is words between blanks, and a run of Chinese characters begins with =.

    A run stands for its pairs of neighbours (``b:汉字``) and its characters (``u:字``) but for the most common; any
    other word is a term itself.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def words(self) -> list[str]:
        """Give the words of the text, runs as they are."""
        return self.text.split(" ") if self.text else []

    def __iter__(self) -> Iterator[str]:
        for word in self.words:
            if word.startswith(RUN):
                yield from pairs(word[1:])
                yield from (f"u:{char}" for char in word[1:] if char not in common())
            else:
                yield word

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Bag({self.text!r})"


def written(bag: Sequence[str]) -> str:
    """Write terms as one text, from which ``Bag`` makes them again."""
    return bag.text if isinstance(bag, Bag) else " ".join(bag)
