"""Read and write Chinese numerals, so that 六十三, 63 and ６３ can meet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import Span

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千]+|(?<![0-9a-z.])[0-9]+(?![0-9a-z]|\.[0-9])")
# A lone 一 or 三 is a number only before a measure: 三次 is, 统一 and 三农 are not.
_MEASURES = frozenset("个次项名人位场类级家条种份期届年月日天周批件篇组处座所户张轮大方步万亿岁倍册套班段层")
_POSITIONAL = re.compile(r"[零〇一二三四五六七八九]{2,}")


def read_numeral(text: str) -> int | None:
    """Read a Chinese numeral below ten thousand, or digits one by one (二〇二三); None for anything else."""
    if not text or any(char not in _DIGITS and char not in _UNITS for char in text):
        return None
    if _POSITIONAL.fullmatch(text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit, last = 0, None, 10_000
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            # 三百五十 descends; 五五十 and 十百 are no numbers.
            if unit >= last or (digit is None and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            last, digit = unit, None
        else:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
    return total + (digit or 0)


def write_numeral(value: int) -> str | None:
    """Write a number from 0 to 9999 in Chinese numerals as they are spoken; None beyond."""
    if not 0 <= value < 10_000:
        return None
    if value < 10:
        return "零一二三四五六七八九"[value]
    written, rest, gap = "", value, False
    for char, unit in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, rest = divmod(rest, unit)
        if digit:
            written += ("零" if gap and written else "") + "零一二三四五六七八九"[digit] + char
            gap = False
        elif written:
            gap = True
        if not rest:
            break
    return written.removeprefix("一") if 10 <= value < 20 else written


def other_spellings(folded: str) -> Iterator[tuple[Span, str]]:
    """Find the numbers of a folded text, each with its other spelling: 63 for 六十三, 六十三 for 63."""
    for match in _NUMERAL.finditer(folded):
        text = match.group()
        if text.isdigit():
            other = write_numeral(int(text)) if len(text) <= 4 and not text.startswith("0") else None
        else:
            alone = len(text) == 1 and folded[match.end() : match.end() + 1] not in _MEASURES
            value = None if alone else read_numeral(text)
            other = None if value is None else str(value)
        if other is not None:
            yield Span(*match.span()), other
