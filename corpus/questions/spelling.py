"""Guess what a mistyped word was meant to be, from the words of the passages that are near: 您是不是要找.

A Chinese word is mistyped as another that sounds the same (报道 for 报到), a Latin one by a letter too many, too few,
or in another's place.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

_BESIDE = 2
_LATIN = re.compile(r"[a-z][a-z0-9]{2,}")


@functools.lru_cache(maxsize=8192)
def sound(char: str) -> str:
    """Give the sound of a Chinese character without its tone, as those hear it who tell no z from zh."""
    # It costs a fifth of a second to import, which a question without a typing error need not pay.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    (heard,) = lazy_pinyin(char, style=Style.NORMAL) or [char]
    return re.sub(r"^([zcs])h", r"\1", re.sub(r"(?<=[aei])ng$", "n", heard))


def suggestions(words: Iterable[str], question: str, texts: Sequence[str], *, limit: int = 3) -> dict[str, str]:
    """Find for each of *words*, which nobody holds, a word of the folded *texts* that it may be meant to be.

    Many words sound alike and few are slips: what is meant must stand in a text beside two characters that stand
    beside the slip in the folded *question* too, unless the question is hardly more than the word.
    """
    found: dict[str, str] = {}
    for word in words:
        meant = _sounding(word, _beside(word, question), texts) if not word.isascii() else _spelled(word, texts)
        if meant is not None:
            found[word] = meant
        if len(found) == limit:
            break
    return found


def _beside(word: str, question: str) -> tuple[str, str]:
    """Give two characters before a word and two after it in a question; none where it has no more than three others."""
    before, _, after = question.partition(word)
    return ("", "") if len(before + after) <= _BESIDE + 1 else (before[-_BESIDE:], after[:_BESIDE])


def _sounding(word: str, beside: tuple[str, str], texts: Sequence[str]) -> str | None:
    """Find what sounds like a Chinese word of two characters or more, and shares a character with it."""
    if len(word) < 2:
        return None
    heard = [sound(char) for char in word]
    for text in texts:
        # Wherever a character of the word stands: there are few such places in a text.
        places = {at.start() - n for n, char in enumerate(word) for at in re.finditer(re.escape(char), text)}
        for place in sorted(places):
            other = text[max(0, place) : place + len(word)]
            if (
                other != word
                and len(other) == len(word)
                and _fits(text, place, len(word), beside)
                and all(h == sound(char) for h, char in zip(heard, other, strict=True))
            ):
                return other
    return None


def _fits(text: str, place: int, length: int, beside: tuple[str, str]) -> bool:
    before, after = beside
    if not before and not after:
        return True
    return (len(before) == _BESIDE and text.endswith(before, 0, place)) or (
        len(after) == _BESIDE and text.startswith(after, place + length)
    )


def _spelled(word: str, texts: Sequence[str]) -> str | None:
    if not _LATIN.fullmatch(word):
        return None
    others = dict.fromkeys(other for text in texts for other in _LATIN.findall(text))
    return next((other for other in others if other != word and near(word, other)), None)


def near(word: str, other: str) -> bool:
    """Say whether one letter added, dropped, changed or swapped with its neighbour makes *other* of *word*."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    mine, theirs = word[start:], other[start:]
    return (
        mine[1:] == theirs[1:]
        or mine[1:] == theirs
        or mine == theirs[1:]
        or (len(mine) > 1 and len(theirs) > 1 and mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:])
    )
