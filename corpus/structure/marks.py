"""Marks of an issue or a document: its number, office and date, as they are printed around articles."""

from __future__ import annotations

import re

from corpus.structure.numbering import chinese_number

ISSUE = re.compile(
    r"[（(]?总?第?\d{1,4}年?第?\d{0,4}期[）)]?(?:[（(](?:总|增刊).{0,8}[）)]|总第\d{1,4}期)?"
    r"|(?:\d{4}年)?第[一二三四五六七八九十百]{1,5}期"
)
NUMBER = re.compile(r"[\u4E00-\u9FFF]{0,12}(?:[〔\[（(【]\d{4}[〕\]）)】])\s*+(?:第)?\s*+\d{1,4}\s*+号")
YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
DATE = re.compile(
    r"[（(]?(\d{4}|[〇○零一二三四五六七八九]{4})(?:年|[-./])(\d{1,2}|[一二三四五六七八九十]{1,2})(?:月|[-./])?"
    r"(?:(\d{1,2}|[一二三四五六七八九十]{1,3})日?)?(?:印发|发布|印|编印)?[）)]?"
)
RED_HEAD = re.compile(r"[\u4E00-\u9FFF（）()]{4,30}文件")
OFFICE = re.compile(
    r"[\u4E00-\u9FFF、（）()*Xx×]{2,40}?(?:办公室|办公厅|委员会|领导小组|指挥部|人民政府|联合会|研究室|宣传部|组织部|统战部"
    r"|[市县区省州乡镇]委|政府|机关工委|工委|局|厅|部|院|中心|公司|处|社|会|办)(?:编印|编发|主编|主办|印发|编)?"
)
ISSUED = re.compile(r"(?:编印|编发|主编|主办|印发|编)$")
DATED = re.compile(r"(\S.*?) (\S*\d{4} ?年.*|\d{4}[-./]\S+)")


def squeezed(text: str) -> str:
    """Take the blanks out of *text*."""
    return "".join(text.split())


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


def dated_office(text: str) -> tuple[str, str] | None:
    """Read office and date from one line that holds both, blanks between them."""
    found = DATED.fullmatch(" ".join(text.split()))
    date = iso_date(found[2]) if found else None
    return (office(found[1]), date) if found and date and OFFICE.fullmatch(squeezed(found[1])) else None


def office(text: str) -> str:
    """Name an office without what it did: 编, 主办."""
    return ISSUED.sub("", text.strip()).strip()


def is_mark(text: str) -> bool:
    """Say whether a line is such a mark, or office and date together."""
    bare = squeezed(text)
    if len(bare) > 60:
        return False
    whole = (ISSUE, NUMBER, RED_HEAD)
    return bool(iso_date(bare) or any(each.fullmatch(bare) for each in whole) or dated_office(text))


def _figure(text: str) -> int:
    if text.isdecimal():
        return int(text)
    return chinese_number(text)
