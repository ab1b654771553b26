"""Write down what a format holds as one text with lines in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.model import Line, Span

CONTROLS = {code: None for code in range(32) if chr(code) not in "\t"} | {0x7F: None}


@dataclass(slots=True)
class Written:
    """Hold one paragraph or line while it is read; *bold* are ``(start, end)`` in *text*, *level* as in Line."""

    text: str = ""
    level: int | None = None
    page: int | None = None
    furniture: str = ""
    bold: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, *, bold: bool = False) -> None:
        """Append *text* without control characters."""
        text = text.translate(CONTROLS)
        if bold and text:
            start = len(self.text)
            if self.bold and self.bold[-1][1] == start:
                self.bold[-1] = (self.bold[-1][0], start + len(text))
            else:
                self.bold.append((start, start + len(text)))
        self.text += text

    def open(self, text: str) -> None:
        """Put *text* before what is there."""
        self.text = text + self.text
        self.bold = [(start + len(text), end + len(text)) for start, end in self.bold]


def write(written: Iterable[Written], *, tells_body: bool = True) -> tuple[str, tuple[Line, ...]]:
    """Join what was read into a text, a line each.

    A format that marks its headings thereby says what is none: where it marks several, the rest is body text, level 0
    (not with *tells_body* off).
    """
    kept = list(written)
    marked = [each.level for each in kept if each.level]
    body = 0 if tells_body and (len(marked) >= 3 or len(set(marked)) >= 2) else None
    lines = []
    start = 0
    for number, each in enumerate(kept, 1):
        bold = tuple(Span(*span) for span in each.bold)
        lines.append(Line(each.text, number, start, each.level or body, each.page, bold, each.furniture))
        start += len(each.text) + 1
    return "\n".join(each.text for each in kept), tuple(lines)
