"""What stands around the articles: contents lists, mastheads, and what they say of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.blocks import BODY, Block
from corpus.structure.marks import ISSUE, NUMBER, OFFICE, RED_HEAD, dated_office, is_mark, iso_date, office, squeezed
from corpus.structure.numbering import numbering

CONTENTS = re.compile(r"[【\[]?(?:本期)?(?:目[录錄次]|要目|CONTENTS|Contents)[】\]]?[:：]?")
LEADERS = re.compile(r"[.．·…。\-—_]*\d{0,4}[；;，,]?")
FRONT_LINE = 40
LONGEST_LIST = 1_000  # lines of a contents list


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold a contents list: which blocks it is made of, and the squeezed texts of the lines it lists."""

    blocks: frozenset[int]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """Hold a value and the index of the block it was read from."""

    value: str
    block: int

    @classmethod
    def of(cls, found: Sequence[Block], index: int) -> Printed:
        """Take the text of a block as the value."""
        return cls(found[index].text, index)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Hold what stands above a title or below a text: its blocks, and publisher, date and number read from them.

    *name* are the blocks of the name that a bulletin bears above all this.
    """

    blocks: frozenset[int]
    publisher: Printed | None = None
    published: Printed | None = None
    number: Printed | None = None
    name: tuple[int, ...] = ()


def contents(found: Sequence[Block]) -> Contents:
    """Find a contents list: its heading, then lines made of lines that come again, with page numbers glued on."""
    for index, block in enumerate(found):
        if CONTENTS.fullmatch(squeezed(block.text)):
            taken, entries = _entries(found, index + 1)
            return Contents(frozenset({index, *taken}), tuple(entries))
    return Contents(frozenset(), ())


def _entries(found: Sequence[Block], start: int) -> tuple[list[int], list[str]]:
    last = {squeezed(each.text).rstrip("。"): index for index, each in enumerate(found) if each.is_line}
    taken: list[int] = []
    entries: dict[str, None] = {}
    for index in range(start, min(len(found), start + LONGEST_LIST)):
        line = squeezed(found[index].text)
        listed = _consume(line, last, index)
        if not listed and not _looks_listed(line):
            break
        entries.update(dict.fromkeys(listed))
        taken.append(index)
    return taken, list(entries)


def _looks_listed(line: str) -> bool:
    """Say whether *line* ends in leaders and a page number, though no such line comes again."""
    return len(line) <= 60 and "。" not in line and re.search(r"[.．·…]{2}\d{1,3}$", line) is not None


def _consume(line: str, last: dict[str, int], index: int) -> list[str]:
    """Spell *line* with lines that come after *index*, each with leaders and a page number; nothing if it cannot be."""
    listed: list[str] = []
    place = 0
    while place < len(line):
        lengths = range(min(len(line) - place, BODY), 1, -1)
        entry = next((each for size in lengths if last.get(each := line[place : place + size], -1) > index), None)
        if entry is None:
            return []
        listed.append(entry)
        leaders = LEADERS.match(line, place + len(entry))
        place = leaders.end() if leaders else place + len(entry)
    return listed


def masthead(found: Sequence[Block], skip: frozenset[int]) -> Masthead:
    """Read issue number, office, date and document number above the title, and the name that an issue bears."""
    front = _above_title(found, skip)
    marked = {index for index in front if is_mark(found[index].text)}
    if not marked:
        return Masthead(frozenset())
    front = front[: front.index(max(marked)) + 3]  # an office can stand below the marks
    offices = [index for index in front if _is_office(found, index, front) and _beside(index, marked)]
    taken = frozenset({*marked, *offices})
    rest = [index for index in range(len(found)) if index not in skip and index not in taken]
    if not rest:
        return Masthead(frozenset())
    dates = (Printed(date, index) for index in sorted(marked) if (date := _date(found[index].text)))
    return Masthead(
        taken,
        publisher=_publisher(found, offices, sorted(marked)),
        published=next(dates, None),
        number=next((Printed.of(found, index) for index in sorted(marked) if _is_number(found[index].text)), None),
        name=_name(found, rest, sorted(marked)),
    )


def _above_title(found: Sequence[Block], skip: frozenset[int]) -> list[int]:
    """Take the short lines at the top: to the first paragraph, or to a heading with no mark below it."""
    front: list[int] = []
    for index, block in enumerate(found):
        if index in skip:
            continue
        mark = is_mark(block.text)
        if not mark and (not block.is_line or len(block.text) > FRONT_LINE or numbering(block.text)):
            break
        if block.level and not mark and (front or not _marked_next(found, index)):
            break
        front.append(index)
    return front


def _marked_next(found: Sequence[Block], index: int) -> bool:
    return index + 1 < len(found) and is_mark(found[index + 1].text)


def _name(found: Sequence[Block], rest: Sequence[int], marked: Sequence[int]) -> tuple[int, ...]:
    """Find the name above an issue's number: 某某简报; none where no title would be left below."""
    issues = [index for index in marked if ISSUE.fullmatch(squeezed(found[index].text))]
    if not issues:
        return ()
    above = tuple(index for index in rest if index < issues[0])
    below = next((index for index in rest if index > issues[0]), None)
    if not above or len(above) > 2 or below is None or not all(found[index].is_line for index in above):
        return ()
    return above if found[below].is_line and not numbering(found[below].text) else ()


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(squeezed(text)) is not None


def _date(text: str) -> str | None:
    both = dated_office(text)
    return both[1] if both else iso_date(text)


def _publisher(found: Sequence[Block], offices: Sequence[int], marked: Sequence[int]) -> Printed | None:
    if offices:
        return Printed(office(found[offices[0]].text), offices[0])
    for index in marked:
        if both := dated_office(found[index].text):
            return Printed(both[0], index)
        if RED_HEAD.fullmatch(squeezed(found[index].text)):
            return Printed(found[index].text.removesuffix("文件").rstrip(), index)
    return None


def signature(found: Sequence[Block], body: Sequence[int]) -> Masthead:
    """Read office and date where they close an article: the last lines, or such a pair above its attachments."""
    for place in range(len(body) - 1, 0, -1):
        index = body[place]
        both = dated_office(found[index].text)
        if both and place > 1:
            return Masthead(frozenset({index}), Printed(both[0], index), Printed(both[1], index))
        date = iso_date(found[index].text)
        if not date or not found[index].is_line:
            continue
        above = body[place - 1]
        has_office = found[above].is_line and OFFICE.fullmatch(squeezed(found[above].text)) is not None
        if not has_office and place < len(body) - 1:
            continue
        taken = frozenset({index, above}) if has_office and place > 1 else frozenset({index})
        publisher = Printed.of(found, above) if above in taken else None
        return Masthead(taken, publisher=publisher, published=Printed(date, index))
    return Masthead(frozenset())


def _is_office(found: Sequence[Block], index: int, front: Sequence[int]) -> bool:
    """Say whether a line is an office that publishes, not the one a title begins with."""
    if is_mark(found[index].text) or not OFFICE.fullmatch(squeezed(found[index].text)):
        return False
    return not (index + 1 in front and found[index + 1].text.startswith("关于"))


def _beside(index: int, marked: set[int]) -> bool:
    return any(index + step in marked for step in (-2, -1, 1, 2))
