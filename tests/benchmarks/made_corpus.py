"""Make a corpus of any size that is nobody's: Chinese words in the proportions of real text, in passages and questions.

Words come from jieba's dictionary with its frequencies, so that terms are as frequent as they are in Chinese; words of
our own making come in at the rate of Heaps' law (the vocabulary grows as ``K n^β``, Heaps 1978), so that it never
stops growing. An article has words of its own that it returns to, which makes passages that are about something. Every
twentieth passage is nearly an earlier one. Same seed, same text; a larger corpus begins with a smaller one.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

HEAPS_K, HEAPS_BETA = 12.0, 0.6
"""New words by length of text: about 0.7 million in 90 million characters, beside the dictionary's 0.3 million."""

PASSAGES = 40
"""Passages of an article, which is a report of its own."""

WORDS = 80
"""Words of a passage in the middle (log-normal): about 185 characters."""

_OWN = 240
"""Words an article returns to."""


class Maker:
    """Make articles one after the other: lists of passages."""

    def __init__(self, *, seed: int = 2026) -> None:
        self._chance = np.random.default_rng(seed)
        frequencies = []
        self._words = ["", "，", "。", *map(str, range(2, 10_000))]
        self._first = len(self._words)
        with (files("jieba") / "dict.txt").open(encoding="utf-8") as lines:
            for line in lines:
                word, frequency, *_ = line.split(" ")
                if min(word) >= "\u4e00" and max(word) <= "\u9fff":
                    self._words.append(word)
                    frequencies.append(int(frequency))
        weights = np.array(frequencies, dtype=np.float64) + 0.3
        self._everywhere = np.cumsum(weights / weights.sum())
        # What an article is about is drawn from the rarer words.
        rarer = np.where(weights > weights.sum() * 2e-4, 0.0, weights**0.75)
        self._topical = np.cumsum(rarer / rarer.sum())
        self._characters = np.array(sorted(set("".join(self._words[self._first : self._first + 4000]))))
        self._written = 0
        self._coined = 0
        self._before: list[str] = []

    def articles(self, characters: int) -> Iterator[list[str]]:
        """Make articles until they hold so many *characters*."""
        made = 0
        while made < characters:
            passages = self._article()
            made += sum(map(len, passages))
            yield passages

    def question(self, passage: str) -> str:
        """Ask about a passage: some stretches of it, of 2 to 6 characters, and sometimes one from elsewhere."""
        stretches = [stretch for stretch in passage.replace("。", "，").split("，") if len(stretch) > 3]
        if not stretches:
            return passage[:12]
        pieces = []
        for _ in range(int(self._chance.integers(2, 5))):
            stretch = stretches[self._chance.integers(len(stretches))]
            start = int(self._chance.integers(max(1, len(stretch) - 4)))
            pieces.append(stretch[start : start + int(self._chance.integers(2, 7))])
        if self._chance.random() < 0.3:
            pieces.append(self._words[int(self._drawn(self._everywhere, 1)[0])])
        return "".join(pieces)

    def _drawn(self, distribution: NDArray[np.float64], count: int) -> NDArray[np.int64]:
        places = np.searchsorted(distribution, self._chance.random(count))
        return self._first + np.minimum(places, len(distribution) - 1)

    def _coinages(self, count: int) -> NDArray[np.int64]:
        characters = self._chance.choice(self._characters, (count, 4))
        lengths = self._chance.choice([2, 3, 4], count, p=[0.5, 0.35, 0.15])
        first = len(self._words)
        self._words += ["".join(row[:length]) for row, length in zip(characters.tolist(), lengths, strict=True)]
        return np.arange(first, first + count)

    def _article(self) -> list[str]:
        chance = self._chance
        lengths = np.clip(chance.lognormal(np.log(WORDS), 0.55, PASSAGES), 8, 600).astype(int)
        total = int(lengths.sum())
        self._written += total
        due = int(HEAPS_K * self._written**HEAPS_BETA) - self._coined
        self._coined += due
        own = np.concatenate([self._drawn(self._topical, _OWN), self._coinages(due)])
        words = self._drawn(self._everywhere, total)
        # Words of its own come again and again, some of them far more often than others.
        about = chance.random(total) < 0.35
        words[about] = own[(chance.random(int(about.sum())) ** 2 * len(own)).astype(int)]
        figures = chance.random(total) < 0.012
        words[figures] = chance.integers(3, self._first, int(figures.sum()))
        ends = chance.choice([0, 1, 2], total, p=[0.89, 0.08, 0.03])
        texts = [self._words[one] for one in np.stack([words, ends], axis=1).ravel().tolist()]
        passages, start = [], 0
        for length in lengths.tolist():
            if self._before and chance.random() < 0.05:
                passages.append(self._nearly(self._before[int(chance.integers(len(self._before)))]))
            else:
                passages.append("".join(texts[2 * start : 2 * (start + length)]))
            start += length
        if len(self._before) < 2000:
            self._before += passages[:4]
        return passages

    def _nearly(self, passage: str) -> str:
        """Copy a passage with a word or two put in."""
        place = int(self._chance.integers(1, max(2, len(passage))))
        return passage[:place] + self._words[int(self._drawn(self._everywhere, 1)[0])] + passage[place:]
