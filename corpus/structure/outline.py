"""Headings inside an article: own lines, numbered, set in bold, or run in at the opening of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from corpus.structure.blocks import Block, bare_heading
from corpus.structure.forms import Forms, alike
from corpus.structure.numbering import Number, numbering

Role = Literal["heading", "run_in", "passage", "caption"]

RUN_IN = 50  # no run-in heading is longer
STOPPED = 40  # nor an unnumbered line that ends in 。
OPENING = re.compile(r"[^。！？；\n]{2,80}?。")
FREE_RANK = 1
OVER_RANK = -1
OVER = 30  # no line that stands over numbered headings is longer; a sentence without its stop is
BOLD_RANK = 5
PARALLEL_RANK = 5


@dataclass(frozen=True, slots=True)
class Part:
    """Say what one block is. Headings have a *rank* (0 is the top) and their *heading* text; *opening* is how many
    characters of the block a run-in heading takes."""

    block: Block
    role: Role
    rank: int = 0
    heading: str = ""
    opening: int = 0


def outline(body: Sequence[Block]) -> list[Part]:
    """Say of every block of an article whether it is a heading, a caption or a passage."""
    roles = _own_lines(body)
    ranks = _Ranks(body)
    parts = [
        Part(block, role, ranks.of(block), bare_heading(block.text)) if role == "heading" else Part(block, role)
        for block, role in zip(body, roles, strict=True)
    ]
    passages = [place for place, role in enumerate(roles) if role == "passage"]
    found = _run_ins([body[place] for place in passages], has_headings="heading" in roles)
    for place, run_in in zip(passages, found, strict=True):
        if run_in:
            rank, opening = run_in
            block = body[place]
            parts[place] = Part(block, "run_in", rank, bare_heading(block.text[:opening]), opening)
    return parts


# ── Headings on lines of their own ───────────────────────────────────────────────────────────────────────────────────


def _own_lines(body: Sequence[Block]) -> list[Role]:
    roles: list[Role] = ["passage"] * len(body)
    runs = [_before_the_last(body, run) for run in _runs([_is_candidate(block) for block in body])]
    # The last line before a paragraph is its heading, most likely; the others are judged by what it looks like.
    nearest = Forms(
        bare_heading(body[end - 1].text) for _, end in runs if end < len(body) and not numbering(body[end - 1].text)
    )
    above: list[str] = []
    ranks = _Ranks(body)
    numbered = sum(_is_candidate(block) and _is_section_number(numbering(block.text)) for block in body) > 1
    for start, end in runs:
        if end == len(body):
            continue  # nothing follows: a heading without text is none
        for place in range(start, end):
            if numbered and not numbering(body[place].text) and body[place].text.endswith("。"):
                continue  # where headings are numbered, a line without a number that ends in 。 is a paragraph
            roles[place] = _role(body, place, (start, end), nearest, above[-6:])
        if not numbering(body[end - 1].text):
            above.append(bare_heading(body[end - 1].text))
    for place in range(len(body) - 2, -1, -1):
        if roles[place] == roles[place + 1] == "heading" and ranks.of(body[place]) >= ranks.of(body[place + 1]):
            roles[place] = "passage"  # nothing stands between it and the next heading, which is not under it
    return roles


def _before_the_last(body: Sequence[Block], run: tuple[int, int]) -> tuple[int, int]:
    """Take an article's last line out of the *run* that ends with it, where it is a short paragraph under a heading."""
    start, end = run
    if end < len(body) or end - start < 2 or not body[-1].text.endswith(("。", "！", "？")):
        return run
    above = body[-2].text
    return (start, end - 1) if numbering(above) or not above.endswith(("。", "！", "？")) else run


def _is_candidate(block: Block) -> bool:
    if block.level:
        return len(block.text) <= 120
    if not block.is_line or block.text.startswith("——"):
        return False
    return block.level is None or numbering(block.text) is not None or _is_bold_line(block)


def _is_section_number(number: Number | None) -> bool:
    return number is not None and number.kind in ("part", "comma", "bracket")


def _is_bold_line(block: Block) -> bool:
    return bool(block.bold) and sum(map(len, block.bold)) >= len(bare_heading(block.text))


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        elif flag:
            runs.append((place, place + 1))
    return runs


def _role(body: Sequence[Block], place: int, run: tuple[int, int], nearest: Forms, above: Sequence[str]) -> Role:
    block = body[place]
    start, end = run
    if block.level:
        return "heading"
    number = numbering(block.text)
    following = body[place + 1] if place + 1 < end else None
    if number:
        return "passage" if _in_list(body, place, number) else "heading"
    heading = bare_heading(block.text)
    if following is None:
        if not block.text.endswith("。"):
            return "heading"
        return "heading" if len(heading) <= STOPPED and nearest.has_like(heading) else "passage"
    if start > 0 and not nearest.has_like(heading) and _surely_headed(body, place, end, above):
        return "caption"
    return "passage" if block.text.endswith("。") else "heading"


def _surely_headed(body: Sequence[Block], place: int, end: int, above: Sequence[str]) -> bool:
    """Say whether the heading below a line is so surely one that the line is none: its number goes on from another, or
    it is built like the headings *above*. Where the form changes, the line can be a title and is kept."""
    number = numbering(body[place + 1].text)
    if number:
        return number.value > 1
    heading = bare_heading(body[end - 1].text)
    return any(alike(heading, each) for each in above)


def _in_list(body: Sequence[Block], place: int, number: Number) -> bool:
    """Say whether a numbered line has a sibling directly above or below that is no heading: an item of a list."""
    for other, step in ((place - 1, -1), (place + 1, 1)):
        if 0 <= other < len(body):
            sibling = numbering(body[other].text)
            is_item = body[other].is_line or body[other].text[-1] in "；;"
            if sibling and is_item and sibling.kind == number.kind and sibling.value == number.value + step:
                return True
    return False


class _Ranks:
    """Say how deep headings stand: by their numbers, or else by the levels of the format."""

    def __init__(self, body: Sequence[Block]) -> None:
        self._top = min((each.level for each in body if each.level), default=1)
        # A line right above 一、 stands over what is numbered, and so do its like.
        over = any(_stands_over(line, below) for line, below in pairwise(body))
        self._free = OVER_RANK if over else FREE_RANK

    def of(self, block: Block) -> int:
        number = numbering(block.text)
        if number:
            return number.rank
        return FREE_RANK + block.level - self._top if block.level else self._free


def _stands_over(line: Block, below: Block) -> bool:
    number = numbering(below.text)
    if not number or number.value != 1 or not _is_section_number(number) or not below.is_line:
        return False
    text = line.text
    is_free = _is_candidate(line) and not line.level and not numbering(text)
    return is_free and len(text) <= OVER and text.count("，") < 2 and not text.endswith("。")


# ── Headings that open a paragraph ───────────────────────────────────────────────────────────────────────────────────


def _run_ins(passages: Sequence[Block], *, has_headings: bool) -> list[tuple[int, int] | None]:
    """Find ``(rank, length)`` of the run-in heading of each passage, or None."""
    found: list[tuple[int, int] | None] = [_numbered(block) or _bold(block) for block in passages]
    ordinals = _ordinals(passages)
    for place in ordinals:
        found[place] = found[place] or _opened(passages[place], numbering(passages[place].text))
    if not has_headings and not any(found):
        for place in _alike(passages):
            opening = OPENING.match(passages[place].text)
            if opening:
                found[place] = (PARALLEL_RANK, opening.end())
    return found


def _opened(block: Block, number: Number | None) -> tuple[int, int] | None:
    opening = OPENING.match(block.text)
    if not number or not opening or opening.end() > RUN_IN + number.length or opening.end() == len(block.text):
        return None
    return number.rank, opening.end()


def _numbered(block: Block) -> tuple[int, int] | None:
    number = numbering(block.text)
    return _opened(block, number) if number and number.kind != "ordinal" else None


def _bold(block: Block) -> tuple[int, int] | None:
    if not block.bold or block.bold[0].start > 0:
        return None
    end = block.bold[0].end
    stop = block.text.find("。", 0, end + 1)
    opening = stop + 1 if stop >= 0 else end
    if opening >= len(block.text) or not 2 <= opening <= RUN_IN + 10:
        return None
    return BOLD_RANK, opening


def _ordinals(passages: Sequence[Block]) -> set[int]:
    """Find paragraphs that open with 一是, 二是 …, one number each; a list inside one paragraph is no such thing."""
    numbers = [(place, number) for place, block in enumerate(passages) if (number := numbering(block.text))]
    ordinals = [(place, number) for place, number in numbers if number.kind == "ordinal"]
    chained: set[int] = set()
    for (place, number), (following, second) in pairwise(ordinals):
        if second.value == number.value + 1 and not _holds_next(passages[place].text, number):
            chained |= {place, following}
    return {place for place in chained if not _holds_next(passages[place].text, numbering(passages[place].text))}


def _holds_next(text: str, number: Number | None) -> bool:
    if number is None:
        return False
    return any(
        (inner := numbering(text[stop.end() : stop.end() + 8])) is not None
        and inner.kind == number.kind
        and inner.value == number.value + 1
        for stop in re.finditer("[。；]", text)
    )


def _alike(passages: Sequence[Block]) -> set[int]:
    """Find paragraphs whose opening sentences are built alike, where at least three and most of them are."""
    openings = {}
    for place, block in enumerate(passages):
        opening = OPENING.match(block.text)
        if opening and opening.end() <= RUN_IN and opening.end() < len(block.text):
            openings[place] = bare_heading(opening[0])
    forms = Forms(openings.values())
    alike = {place for place, text in openings.items() if forms.has_like(text)}
    if len(alike) > 3:
        alike.discard(0)
    return alike if len(alike) >= 3 and 10 * len(alike) >= 6 * (len(passages) - 1) else set()
