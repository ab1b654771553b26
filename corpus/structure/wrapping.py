"""Text that was broken to a measure: every line as long as the page was wide, whatever the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from corpus.model import CleanLine
from corpus.structure.numbering import numbering

STOPS = "。！？；：!?;:"
RAGGED = 4  # half widths that a full line can lack: a mark or a figure that must not be cut
NARROWEST, WIDEST = 40, 130  # half widths
FEWEST = 6  # full lines; fewer prove nothing
FULL = 0.4  # of the lines at least
OPEN = 0.6  # of the full lines at least end in the middle of a sentence


def continued(lines: Sequence[CleanLine]) -> frozenset[int]:
    """Find the lines that go on with the line above, by their indexes; none where the text is not broken so.

    A text is taken to be broken to a measure if hardly a line is longer than it, many are about as long, and most of
    these end within a sentence. A line goes on with a full one above unless it is indented as paragraphs are.
    """
    filled = [index for index, each in enumerate(lines) if each.text.strip() and each.level is None]
    if len(filled) < FEWEST or _measure([len(lines[index].text) for index in filled]) > WIDEST:
        return frozenset()  # most texts are told by this alone, which is cheap
    widths = {index: _width(lines[index].text.rstrip()) for index in filled}
    measure = _measure(list(widths.values()))
    full = [index for index, width in widths.items() if measure - RAGGED <= width <= measure + RAGGED]
    if not NARROWEST <= measure <= WIDEST or len(full) < max(FEWEST, FULL * len(filled)):
        return frozenset()
    is_open = [lines[index].text.rstrip()[-1] not in STOPS for index in full]
    if sum(is_open) < OPEN * len(full):
        return frozenset()
    return frozenset(index + 1 for index in full if index + 1 < len(lines) and _goes_on(lines[index], lines[index + 1]))


def _measure(widths: list[int]) -> int:
    """Take the widest line, but for one in twenty."""
    return sorted(widths)[19 * (len(widths) - 1) // 20]


def _goes_on(above: CleanLine, line: CleanLine) -> bool:
    text = line.text
    if not text.strip() or line.level or above.level or text[0].isspace():
        return False
    return above.text.rstrip()[-1] not in STOPS or not (numbering(text) or text.startswith("——"))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
