"""Take noise out of a source, and remember every character that was taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from corpus.cleaning.learning import FEWEST, Edges, edges, furniture_rule, learn
from corpus.cleaning.markdown import CLOSING, HEADING, bold_pairs, is_markdown, marks
from corpus.cleaning.rules import NoiseRule, Squeezed, load_rules, matches
from corpus.model import Cleaned, CleanLine, Line, Noise, Source, Span

__all__ = ["FEWEST", "Edges", "NoiseRule", "clean", "edges", "furniture_rule", "learn", "load_rules"]

Taken = tuple[int, int, str]
"""``(start, end, rule)`` in the source's text."""

# A head or tail of furniture is short lines; one that reaches into long ones is the report itself.
FURNITURE_LINE = 60
FURNITURE_LINES = 60
FURNITURE_CHARACTERS = 2_000
MARKS_ON_A_LINE = 12


def clean(source: Source, rules: Sequence[NoiseRule]) -> Cleaned:
    """Take out what *rules* say, and Markdown marks where the file is Markdown.

    Rules are applied in order, each to what the ones before it left. Every character of the source that is no blank is
    then either in a line that is returned or in a Noise.
    """
    work = [_Remains(line) for line in source.lines]
    for remains in work:
        if remains.source.furniture:
            remains.take_all(remains.source.furniture)
    for rule in rules:
        if rule.scope == "head":
            _take_head(work, rule)
        elif rule.scope == "tail":
            _take_tail(work, rule)
        else:
            for remains in work:
                remains.take(rule.name, matches(rule, remains.seen))
    _take_marks(work, is_file=PurePath(source.name).suffix.lower() in (".md", ".markdown"))
    noise = sorted((each for remains in work for each in remains.noise(source.text)), key=lambda each: each.span)
    return Cleaned(source, tuple(remains.line() for remains in work), tuple(noise))


class _Remains:
    """Keep what is left of one line while rule after rule takes from it."""

    def __init__(self, line: Line) -> None:
        self.source = line
        self.text = line.text
        self.seen = Squeezed(line.text)
        self.places: Sequence[int] = range(len(line.text))  # where each character of text stands in the line
        self.taken: list[tuple[int, int, str]] = []
        self.level = line.level
        self.bold: list[tuple[int, int]] = [(span.start, span.end) for span in line.bold]  # in the line

    def take(self, rule: str, found: Sequence[tuple[int, int]]) -> None:
        if not found:
            return
        gone: set[int] = set()
        for start, end in found:
            gone.update(range(start, end))
            for first, last in _runs(self.places[start:end]):
                self.taken.append((first, last, rule))
        kept = [index for index in range(len(self.text)) if index not in gone]
        self.places = [self.places[index] for index in kept]
        self.text = "".join(self.text[index] for index in kept)
        self.seen = Squeezed(self.text)

    def take_all(self, rule: str) -> None:
        if self.text.strip():
            self.take(rule, [(len(self.text) - len(self.text.lstrip()), len(self.text.rstrip()))])

    def noise(self, text: str) -> Iterable[Noise]:
        for start, end, rule in self.taken:
            span = Span(self.source.start + start, self.source.start + end)
            yield Noise(rule, span, self.source.number, span.of(text))

    def line(self) -> CleanLine:
        start = self.source.start
        if not self.taken:
            whole = (Span(start, start + len(self.text)),) if self.text else ()
            return CleanLine(self.source, self.text, whole, self.level, self.source.bold)
        pieces = tuple(Span(start + first, start + last) for first, last in _runs(self.places))
        at = {place: index for index, place in enumerate(self.places)}
        bold = []
        for first, last in self.bold:
            inside = [at[place] for place in range(first, last) if place in at]
            if inside:
                bold.append(Span(inside[0], inside[-1] + 1))
        return CleanLine(self.source, self.text, pieces, self.level, tuple(bold))


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Group ascending *places* into stretches without a gap."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _take_head(work: list[_Remains], rule: NoiseRule) -> None:
    last = None
    filled = 0
    for index, remains in enumerate(work):
        if not remains.text.strip():
            continue
        filled += 1
        if len(remains.text.strip()) > FURNITURE_LINE or filled > FURNITURE_LINES:
            break
        if matches(rule, remains.seen):
            last = index
    if last is not None:
        for remains in work[: last + 1]:
            remains.take_all(rule.name)


def _take_tail(work: list[_Remains], rule: NoiseRule) -> None:
    first = None
    filled = characters = 0
    for index in range(len(work) - 1, -1, -1):
        text = work[index].seen.squeezed
        filled += bool(text)
        characters += len(text)
        if filled > FURNITURE_LINES or characters > FURNITURE_CHARACTERS:
            break
        if text and matches(rule, work[index].seen):
            first = index
    if first is not None:
        for remains in work[first:]:
            remains.take_all(rule.name)


def _take_marks(work: list[_Remains], *, is_file: bool) -> None:
    for remains in work:
        heading = HEADING.match(remains.text)
        if heading:
            remains.level = len(heading[1])
            remains.take("markdown-heading", _heading_marks(remains.text, heading))
    if is_file:
        for remains in work:
            # Each mark that is taken can lay another one bare: a quoted list, a link in a table.
            for _ in range(MARKS_ON_A_LINE):
                found = marks(remains.text)
                if found is None:
                    break
                remains.take(*found)
    if not is_file and not is_markdown(remains.text for remains in work):
        return
    for remains in work:
        pairs = bold_pairs(remains.text)
        remains.bold += [(remains.places[start + 2], remains.places[end - 1] + 1) for start, end in pairs]
        remains.take("markdown-bold", [(place, place + 2) for pair in pairs for place in pair])


def _heading_marks(text: str, heading: re.Match[str]) -> list[tuple[int, int]]:
    closing = CLOSING.search(text)
    return [(heading.start(1), heading.end(1)), *([(closing.start(), closing.end())] if closing else [])]
