"""What stands around the articles: contents lists, mastheads, and what they say of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.blocks import Block
from corpus.structure.numbering import chinese_number

CONTENTS = re.compile(r"(?:目[录錄次]|CONTENTS|Contents)[:：]?")
LEADERS = re.compile(r"[.．·…。\-—_]*\d{0,4}[；;，,]?")
ISSUE = re.compile(
    r"[（(]?总?第?\d{1,4}年?第?\d{0,4}期[）)]?(?:[（(](?:总|增刊).{0,8}[）)])?|第[一二三四五六七八九十百]{1,5}期"
)
NUMBER = re.compile(r"[\u4E00-\u9FFF]{0,12}(?:[〔\[（(【]\d{4}[〕\]）)】])\s*(?:第)?\s*\d{1,4}\s*号")
YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
DATE = re.compile(
    r"[（(]?(\d{4}|[〇○零一二三四五六七八九]{4})年(\d{1,2}|[一二三四五六七八九十]{1,2})月"
    r"(?:(\d{1,2}|[一二三四五六七八九十]{1,3})日)?(?:印发|发布|印|编印)?[）)]?"
)
OFFICE = re.compile(
    r"[\u4E00-\u9FFF、（）()*Xx×]{2,40}?(?:办公室|办公厅|委员会|领导小组|指挥部|人民政府|联合会|研究室|宣传部|组织部|统战部"
    r"|[市县区省州乡镇]委|政府|机关工委|工委|局|厅|部|院|中心|公司|处|社|会|办)(?:编印|编|主办|印发)?"
)
FRONT_LINE = 40


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold a contents list: which blocks it is made of, and the squeezed texts of the lines it lists."""

    blocks: frozenset[int]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Masthead:
    """Hold what stands above the title: its blocks, and the publisher, date and document number read from them."""

    blocks: frozenset[int]
    publisher: str | None = None
    published: str | None = None
    number: str | None = None


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
    taken: list[int] = []
    entries: list[str] = []
    for index in range(start, len(found)):
        line = squeezed(found[index].text)
        later = {squeezed(each.text).rstrip("。") for each in found[index + 1 :] if each.is_line}
        listed = _consume(line, later)
        entries += [each for each in listed if each not in entries]
        if not listed and not _looks_listed(line):
            break
        taken.append(index)
    return taken, entries


def _looks_listed(line: str) -> bool:
    """Say whether *line* ends in leaders and a page number, though no such line comes again."""
    return len(line) <= 60 and "。" not in line and re.search(r"[.．·…]{2,}\d{1,3}$", line) is not None


def _consume(line: str, later: set[str]) -> list[str]:
    """Spell *line* with the lines of *later*, each with leaders and a page number; nothing where it cannot be."""
    by_length = sorted((each for each in later if each and each in line), key=len, reverse=True)
    listed: list[str] = []
    place = 0
    while place < len(line):
        entry = next((each for each in by_length if line.startswith(each, place)), None)
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
        if not block.is_line or len(block.text) > FRONT_LINE or block.level:
            break
        front.append(index)
    dates = {index: date for index in front if (date := iso_date(found[index].text))}
    issues = {index for index in front if ISSUE.fullmatch(squeezed(found[index].text))}
    numbers = {index for index in front if NUMBER.fullmatch(squeezed(found[index].text))}
    marked = {*dates, *issues, *numbers}
    if not marked:
        return Masthead(frozenset())
    offices = [
        index
        for index in front
        if index not in marked and OFFICE.fullmatch(squeezed(found[index].text)) and _beside(index, marked, skip)
    ]
    rest = [index for index in range(len(found)) if index not in skip and index not in marked and index not in offices]
    if not rest:
        return Masthead(frozenset())
    return Masthead(
        frozenset({*marked, *offices}),
        publisher=found[offices[0]].text if offices else None,
        published=next(iter(dates.values()), None),
        number=next((found[index].text for index in sorted(numbers)), None),
    )


def _beside(index: int, marked: set[int], skip: frozenset[int]) -> bool:
    return any(abs(index - each) <= 2 for each in marked if each not in skip)
