"""Where articles begin: at titles told by the format, by a contents list, by subtitles, by 篇一, or by new numbers."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.structure.blocks import Block, bare_heading
from corpus.structure.forms import alike
from corpus.structure.marks import OFFICE, squeezed
from corpus.structure.numbering import chinese_number, numbering

COLLECTION = re.compile(
    r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*篇\s*[）)]?$|汇编|合集|选编|选集|选辑|集锦|汇总|材料选$"
)
COUNTED = re.compile(r"(\d{1,3}|[一二三四五六七八九十]{1,3})\s*篇")
UNIT_FIRST = re.compile(
    r"[\u4E00-\u9FFF]{1,10}?(?:[市县区省州旗镇乡村局委厅部院社]|街道|社区|公司|中心|政府|办公室|学校|医院)"
)
SUBTITLE = re.compile(r"(?:[—–―─-]{2,}|[—―─])\s*\S")
PIECE = re.compile(
    r"[【\[]?(?:第[一二三四五六七八九十]{1,3}篇|(?:篇|范文|例文|材料|经验)(?:[一二三四五六七八九十]{1,3}|\d{1,2}))[】\]：:、\s]"
)


# Who speaks or writes: a short name, with an office before it or not.
BYLINE = re.compile(
    r"(?:作者|来源|供稿|撰稿|执笔|单位|报送单位|日期|时间|发布时间)[:：].*"
    r"|[\u4E00-\u9FFF·]{2,4}|.{2,20}[\s\u3000][\u4E00-\u9FFF·]{2,4}(?:[\s\u3000][\u4E00-\u9FFF])?"
)


@dataclass(slots=True)
class Draft:
    """Hold an article while it is found: the blocks of its title, of its subtitle, and the rest, by their indexes."""

    title: tuple[int, ...]
    subtitle: tuple[int, ...] = ()
    body: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Division:
    """Hold the title lines of a whole collection, and the articles."""

    collection: tuple[int, ...]
    articles: tuple[Draft, ...]


def divide(found: Sequence[Block], rest: Sequence[int], entries: Sequence[str], *, is_issue: bool = False) -> Division:
    """Divide the blocks of *rest* into articles; *entries* are what a contents list names, *is_issue* says that they
    stand in an issue of a bulletin, which can hold several."""
    if not rest:
        return Division((), ())
    starts = _starts(found, rest, entries, is_issue=is_issue)
    if not starts:
        return Division((), (_single(found, rest),))
    first = rest.index(min(starts))
    front = list(rest[:first])
    drafts: list[Draft] = []
    collection: tuple[int, ...] = ()
    if front and all(found[index].is_line for index in front):
        collection = tuple(front)
    elif front:
        drafts.append(_single(found, front))
    for index in rest[first:]:
        if index in starts:
            drafts.append(Draft((index,)))
        elif not drafts[-1].body and not drafts[-1].subtitle and is_subtitle(found[index]):
            drafts[-1].subtitle = (index,)
        else:
            drafts[-1].body.append(index)
    return Division(collection, tuple(drafts))


def is_subtitle(block: Block) -> bool:
    """Say whether *block* is a line that begins with a dash."""
    return bool(SUBTITLE.match(block.text)) and block.is_line and not block.text.startswith("---")


def _starts(found: Sequence[Block], rest: Sequence[int], entries: Sequence[str], *, is_issue: bool) -> set[int]:
    """Find the title lines of several articles, by the first evidence there is; nothing where there is one article."""
    for evidence in (_levels, _subtitles, _pieces):
        starts = evidence(found, rest)
        if starts:
            return starts
    several = is_issue or _is_collection(found, rest)
    return (
        _listed(found, rest, entries, several=several)
        or _restarts(found, rest)
        or (_isolated(found, rest) if several else set())
    )


def _front(found: Sequence[Block], rest: Sequence[int]) -> list[int]:
    """Take the lines above the first paragraph and the first numbered heading."""
    front: list[int] = []
    for index in rest:
        if not found[index].is_line or numbering(found[index].text) or found[index].text.endswith("。"):
            break
        front.append(index)
    return front


def _is_collection(found: Sequence[Block], rest: Sequence[int]) -> bool:
    return any(COLLECTION.search(found[index].text) for index in _front(found, rest)[:3])


def _levels(found: Sequence[Block], rest: Sequence[int]) -> set[int]:
    headed = [index for index in rest if found[index].level]
    if not headed:
        return set()
    levels = sorted({found[index].level or 0 for index in headed})
    tops = [index for index in headed if found[index].level == levels[0]]
    titled = [index for index in rest if index < tops[0]]
    if len(tops) == 1 and not titled:
        if len(levels) == 1 or not _is_collection(found, rest):
            return set()
        tops = [index for index in headed if found[index].level == levels[1]]
    elif titled and not _is_collection(found, rest):
        return set()
    if sum(numbering(found[index].text) is not None for index in tops) * 2 > len(tops):
        return set()
    return set(tops) if len(tops) > 1 else set()


def _subtitles(found: Sequence[Block], rest: Sequence[int]) -> set[int]:
    starts = set()
    for before, index in pairwise(rest):
        title = found[before]
        if is_subtitle(found[index]) and title.is_line and not is_subtitle(title) and not numbering(title.text):
            starts.add(before)
    return starts if len(starts) > 1 else set()


def _pieces(found: Sequence[Block], rest: Sequence[int]) -> set[int]:
    starts = {index for index in rest if found[index].is_line and PIECE.match(found[index].text + " ")}
    return starts if len(starts) > 1 else set()


def _listed(found: Sequence[Block], rest: Sequence[int], entries: Sequence[str], *, several: bool) -> set[int]:
    first: dict[str, int] = {}
    for index in rest:
        first.setdefault(squeezed(bare_heading(found[index].text)), index)
    starts = {first[entry] for entry in entries if entry in first and not numbering(entry)}
    if len(starts) < 2:
        return set()
    if several:
        return starts
    # Of a report that is no collection, the list names the sections, unless most of them have headings of their own.
    bounds = [*sorted(starts), rest[-1] + 1]
    lines = [index for index in rest if found[index].is_line]
    headed = sum(bisect_left(lines, end) > bisect_right(lines, start) for start, end in pairwise(bounds))
    return starts if 2 * headed > len(starts) else set()


def _restarts(found: Sequence[Block], rest: Sequence[int]) -> set[int]:
    """Find titles above a 一、 that comes again after higher numbers."""
    starts: set[int] = set()
    highest = 0
    titles: list[int] = []
    front = _front(found, rest)
    for place, index in enumerate(rest):
        block = found[index]
        number = numbering(block.text)
        if number and number.kind == "comma":
            if number.value == 1 and highest >= 2 and titles:
                starts.add(titles[-1])
            highest = number.value
            titles = []
        elif block.is_line and not number and place + 1 < len(rest) and not block.text.endswith("。"):
            titles.append(index)
    return {front[-1], *starts} if starts and front else set()


def _isolated(found: Sequence[Block], rest: Sequence[int]) -> set[int]:
    """Find titles that are told by nothing but the empty line above, each with a text below.

    They are as many as the collection says, or else built like the first one or begin with a name as it does:
    sections of a single article are not built like its title.
    """
    lines = [
        index
        for index, below in pairwise(rest)
        if found[index].is_line
        and not numbering(found[index].text)
        and not found[index].text.endswith("。")
        and (found[index].gap or index == rest[0])
        and (not found[below].is_line or numbering(found[below].text) or is_subtitle(found[below]))
    ]
    apart = [index for index in lines if found[index].gap > 1]
    counted = next((each for index in _front(found, rest)[:3] if (each := COUNTED.search(found[index].text))), None)
    for titles in (lines, apart):
        if len(titles) < 2:
            continue
        if counted:
            if len(titles) == chinese_number(counted[1]):
                return set(titles)
            continue
        first = found[titles[0]].text
        like = sum(alike(first, found[index].text) or _named(first, found[index].text) for index in titles[1:])
        if 10 * like >= 6 * (len(titles) - 1):
            return set(titles)
    return set()


def _named(first: str, second: str) -> bool:
    return bool(UNIT_FIRST.match(first) and UNIT_FIRST.match(second))


def _single(found: Sequence[Block], rest: Sequence[int]) -> Draft:
    """Make one article of *rest*; its title is the line, or the lines, at its top."""
    front = _title_lines(found, rest)
    if len(rest) < 2 or not front:
        return Draft((), (), list(rest))
    title, subtitle = [front[0]], []
    above = set(front)
    has_sections = any(
        index not in above and found[index].is_line and not numbering(found[index].text) for index in rest[:-1]
    )
    for index in front[1:]:
        text = found[index].text
        if is_subtitle(found[index]) or text[0] in "（(" or BYLINE.fullmatch(text) or _is_office(found[index]):
            subtitle.append(index)
        elif subtitle or found[index].level:
            break
        elif (_is_office(found[title[-1]]) and text.startswith("关于")) or (
            not has_sections and len(title) < 3 and not found[title[0]].level
        ):
            title.append(index)
        else:
            break
    used = {*title, *subtitle}
    return Draft(tuple(title), tuple(subtitle), [index for index in rest if index not in used])


def _title_lines(found: Sequence[Block], rest: Sequence[int]) -> list[int]:
    """Take the lines that can be the title of *rest*: what the format says is one, or the lines at the top."""
    front = _front(found, rest)
    headed = [index for index in rest if found[index].level]
    if not headed or rest.index(headed[0]) > len(front):
        return front
    highest = min(found[index].level or 0 for index in headed)
    if found[headed[0]].level == highest and sum(found[index].level == highest for index in headed) == 1:
        return [headed[0], *(index for index in front if index > headed[0] and not found[index].level)]
    return [index for index in front if index < headed[0]]


def _is_office(block: Block) -> bool:
    return OFFICE.fullmatch(squeezed(block.text)) is not None
