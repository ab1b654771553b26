"""The automatic numbers of a Word file: what Word prints before a paragraph and does not keep in its text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "零一二三四五六七八九"
LEGAL = "零壹贰叁肆伍陆柒捌玖"
ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
         (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
LEVELS = 9
MOST_LETTERED = 26 * 30  # thirty Zs; a list that says it starts at a billion would fill the memory


def value(element: Any, path: str) -> str | None:
    """Read the ``w:val`` of the element at *path* (``a/b``, without prefixes) below *element*."""
    found = element.find("/".join(f"{WORD}{step}" for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(f"{WORD}val")


@dataclass(slots=True)
class Level:
    """Hold how one level of a list is numbered."""

    form: str
    text: str
    start: int
    suffix: str


@dataclass(slots=True)
class Numbers:
    """Count through a document as Word does; *part* is the root of its numbering part, or None."""

    part: Any
    _lists: dict[str, str] = field(default_factory=dict)
    _levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    _restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * LEVELS))

    def __post_init__(self) -> None:
        if self.part is None:
            return
        for abstract in self.part.findall(f"{WORD}abstractNum"):
            name = abstract.get(f"{WORD}abstractNumId") or ""
            for level in abstract.findall(f"{WORD}lvl"):
                self._levels[name, _depth(level)] = _level(level)
        for each in self.part.findall(f"{WORD}num"):
            name = each.get(f"{WORD}numId") or ""
            self._lists[name] = value(each, "abstractNumId") or ""
            for override in each.findall(f"{WORD}lvlOverride"):
                start = value(override, "startOverride")
                if start and start.isdecimal():
                    self._restarts[name, _depth(override)] = int(start)

    def next(self, name: str, depth: int) -> str:
        """Tell what is printed before the next paragraph of the list *name*, *depth* levels in (0 is the top)."""
        abstract = self._lists.get(name, "")
        level = self._levels.get((abstract, depth))
        if level is None or not 0 <= depth < LEVELS:
            return ""
        counts = self._counts[abstract]
        restart = self._restarts.pop((name, depth), None)
        if restart is not None:
            counts[depth] = restart
        else:
            counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (LEVELS - depth - 1)
        if level.form in ("bullet", "none"):
            return ""

        def number(found: re.Match[str]) -> str:
            inner = int(found[1]) - 1
            other = self._levels.get((abstract, inner), level)
            return written(counts[inner] or other.start, other.form)

        text = re.sub(r"%([1-9])", number, level.text)
        return text + (" " if text and level.suffix != "nothing" and re.search(r"[\w.]$", text, re.ASCII) else "")


def _depth(element: Any) -> int:
    depth = element.get(f"{WORD}ilvl") or ""
    return int(depth) if depth.isdecimal() else LEVELS


def _level(element: Any) -> Level:
    start = value(element, "start") or "1"
    return Level(
        value(element, "numFmt") or "decimal",
        value(element, "lvlText") or "",
        int(start) if start.isdecimal() else 1,
        value(element, "suff") or "tab",
    )


def written(number: int, form: str) -> str:
    """Write *number* in one of Word's forms; in figures where the form is none of those that reports use."""
    lowered = form.lower()
    if lowered in ("upperletter", "lowerletter") and 0 < number <= MOST_LETTERED:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form.startswith("upper") else letter.lower()
    if lowered in ("upperroman", "lowerroman") and 0 < number < 4000:
        roman, left = "", number
        for size, sign in ROMAN:
            roman += sign * (left // size)
            left %= size
        return roman if form.startswith("upper") else roman.lower()
    if lowered.startswith("decimalenclosedcircle") and 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if lowered.startswith("chineselegal") or lowered.startswith("ideographlegal"):
        return _chinese(number, LEGAL, "拾佰仟")
    if lowered.startswith(("chinesecounting", "japanesecounting", "taiwanesecounting", "ideographdigital")):
        return _chinese(number, DIGITS, "十百千")
    return f"{number:02}" if form == "decimalZero" else str(number)


def _chinese(number: int, digits: str, units: str) -> str:
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for place in range(3, -1, -1):
        figure = number // 10**place % 10
        if not figure:
            gap = bool(text)
            continue
        text += (digits[0] if gap else "") + digits[figure] + (units[place - 1] if place else "")
        gap = False
    return text[1:] if text.startswith(digits[1] + units[0]) else text
