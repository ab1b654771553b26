"""What stands around the articles: contents lists, mastheads, and what they say of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.blocks import BODY, Block
from corpus.structure.numbering import chinese_number

CONTENTS = re.compile(r"(?:目[录錄次]|CONTENTS|Contents)[:：]?")
LEADERS = re.compile(r"[.．·…。\-—_]*\d{0,4}[；;，,]?")
ISSUE = re.compile(
    r"[（(]?总?第?\d{1,4}年?第?\d{0,4}期[）)]?(?:[（(](?:总|增刊).{0,8}[）)])?|第[一二三四五六七八九十百]{1,5}期"
)
NUMBER = re.compile(r"[\u4E00-\u9FFF]{0,12}(?:[〔\[（(【]\d{4}[〕\]）)】])\s*(?:第)?\s*\d{1,4}\s*号")
YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
DATE = re.compile(
    r"[（(]?(\d{4}|[〇○零一二三四五六七八九]{4})(?:年|[-./])(\d{1,2}|[一二三四五六七八九十]{1,2})(?:月|[-./])?"
    r"(?:(\d{1,2}|[一二三四五六七八九十]{1,3})日?)?(?:印发|发布|印|编印)?[）)]?"
)
RED_HEAD = re.compile(r"[\u4E00-\u9FFF（）()]{4,30}文件")
OFFICE = re.compile(
    r"[\u4E00-\u9FFF、（）()*Xx×]{2,40}?(?:办公室|办公厅|委员会|领导小组|指挥部|人民政府|联合会|研究室|宣传部|组织部|统战部"
    r"|[市县区省州乡镇]委|政府|机关工委|工委|局|厅|部|院|中心|公司|处|社|会|办)(?:编印|编|主办|印发)?"
)
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
    """Hold what stands above a title or below a text: its blocks, and publisher, date and number read from them."""

    blocks: frozenset[int]
    publisher: Printed | None = None
    published: Printed | None = None
    number: Printed | None = None


def squeezed(text: str) -> str:
    """Take the blanks out of *text*."""
    return "".join(text.split())


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
    return len(line) <= 60 and "。" not in line and re.search(r"[.．·…]{2,}\d{1,3}$", line) is not None


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


def iso_date(text: str) -> str | None:
    """Read a printed date as an ISO date; year and month alone as ``2023-11``."""
    found = DATE.fullmatch(squeezed(text))
    if not found:
        return None
    year = found[1].translate(YEAR_DIGITS)
    month, day = _figure(found[2]), _figure(found[3]) if found[3] else None
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    return f"{year}-{month:02}" + (f"-{day:02}" if day else "")


def _figure(text: str) -> int:
    if text.isdecimal():
        return int(text)
    return chinese_number(text)


def masthead(found: Sequence[Block], skip: frozenset[int]) -> Masthead:
    """Read issue number, office, date and document number above the title."""
    front: list[int] = []
    for index, block in enumerate(found):
        if index in skip:
            continue
        if not block.is_line or len(block.text) > FRONT_LINE or (block.level and not _is_marked(block.text)):
            break
        front.append(index)
    marked = {index for index in front if _is_marked(found[index].text)}
    if not marked:
        return Masthead(frozenset())
    offices = [index for index in front if _is_office(found, index, front) and _beside(index, marked)]
    taken = frozenset({*marked, *offices})
    if not any(index not in skip and index not in taken for index in range(len(found))):
        return Masthead(frozenset())
    texts = {index: squeezed(found[index].text) for index in marked}
    return Masthead(
        taken,
        publisher=Printed.of(found, offices[0]) if offices else _red_head(found, sorted(marked)),
        published=next((Printed(date, index) for index in sorted(marked) if (date := iso_date(texts[index]))), None),
        number=next((Printed.of(found, index) for index in sorted(marked) if NUMBER.fullmatch(texts[index])), None),
    )


def signature(found: Sequence[Block], body: Sequence[int]) -> Masthead:
    """Read office and date where they close an article: the last lines, or such a pair above its attachments."""
    for place in range(len(body) - 1, 0, -1):
        index = body[place]
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


def _is_marked(text: str) -> bool:
    text = squeezed(text)
    return bool(iso_date(text) or ISSUE.fullmatch(text) or NUMBER.fullmatch(text) or RED_HEAD.fullmatch(text))


def _is_office(found: Sequence[Block], index: int, front: Sequence[int]) -> bool:
    """Say whether a line is an office that publishes, not the one a title begins with."""
    if _is_marked(found[index].text) or not OFFICE.fullmatch(squeezed(found[index].text)):
        return False
    return not (index + 1 in front and found[index + 1].text.startswith("关于"))


def _red_head(found: Sequence[Block], marked: Sequence[int]) -> Printed | None:
    for index in marked:
        if RED_HEAD.fullmatch(squeezed(found[index].text)):
            return Printed(found[index].text.removesuffix("文件").rstrip(), index)
    return None


def _beside(index: int, marked: set[int]) -> bool:
    return any(index + step in marked for step in (-2, -1, 1, 2))
