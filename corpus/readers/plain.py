"""Read plain text and Markdown: one line of the file is one line."""

from __future__ import annotations

from corpus.model import Line
from corpus.readers.decoding import decode
from corpus.readers.limits import ReadLimits, check_text


def lines(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, tuple[Line, ...]]:
    """Decode *content* and split it into lines; what Markdown marks mean is for the cleaning to say.

    Raises UndecodableText and FileTooLarge.
    """
    text = decode(content, name=name)
    check_text(text, name=name, limits=limits)
    found = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        found.append(Line(line, number, start))
        start += len(line) + 1
    return text, tuple(found)
