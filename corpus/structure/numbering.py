"""How headings are numbered: 第一章, 一、, （一）, 1., （1）, 一是."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["part", "comma", "bracket", "figure", "figure_bracket", "ordinal"]

DIGITS = "一二三四五六七八九"
PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("part", re.compile(r"第([一二三四五六七八九十百]{1,5}|\d{1,3})(?:部分|章|篇|编|节)[：:、\s]*")),
    ("comma", re.compile(r"([一二三四五六七八九十]{1,3})\s*[、．.]\s*")),
    ("bracket", re.compile(r"[（(〔]\s*([一二三四五六七八九十]{1,3})\s*[）)〕][、\s]*")),
    ("figure", re.compile(r"(\d{1,2})\s*(?:[．、]|\.(?!\d))\s*")),
    ("figure_bracket", re.compile(r"[（(]\s*(\d{1,2})\s*[）)][、\s]*")),
    ("ordinal", re.compile(r"([一二三四五六七八九十]{1,3})(?:是|要)")),
    ("ordinal", re.compile(r"第([一二三四五六七八九十]{1,3})[，、,]\s*")),
)
OPENINGS = frozenset("第一二三四五六七八九十百（(〔0123456789")
RANKS: dict[Kind, int] = {"part": 0, "comma": 1, "bracket": 2, "figure": 3, "figure_bracket": 4, "ordinal": 6}


@dataclass(frozen=True, slots=True)
class Number:
    """Hold how a line is numbered: the *kind* of mark, its *value*, and how many characters it takes."""

    kind: Kind
    value: int
    length: int

    @property
    def rank(self) -> int:
        """Say how deep headings of this kind stand; 0 is the top."""
        return RANKS[self.kind]


def numbering(text: str) -> Number | None:
    """Read the number *text* begins with, if it does."""
    if text[:1] not in OPENINGS:
        return None
    for kind, pattern in PATTERNS:
        found = pattern.match(text)
        if found:
            return Number(kind, chinese_number(found[1]), found.end())
    return None


def chinese_number(digits: str) -> int:
    """Read 三, 十二, 二十 or 12 as a number."""
    if digits.isdecimal():
        return int(digits)
    total = 0
    for part, unit in (("百", 100), ("十", 10)):
        before, has, after = digits.partition(part)
        if has:
            total += (DIGITS.find(before) + 1 or 1) * unit
            digits = after
    return total + DIGITS.find(digits) + 1 if digits else total
