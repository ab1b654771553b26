"""Read what a question says in the language of search: "a phrase", -without, 标题: 单位: 年份:, -单位: and so on.

Nothing here is ever an error: what is no operator is part of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "unit", "year"]

_FIELDS: dict[str, Field] = {
    "标题": "title",
    "標題": "title",
    "title": "title",
    "单位": "unit",
    "單位": "unit",
    "unit": "unit",
    "年份": "year",
    "年度": "year",
    "year": "year",
}
_SHOWN: dict[Field, str] = {"title": "标题", "unit": "单位", "year": "年份"}
_QUOTED = r"[\"＂]([^\"＂]+)[\"＂]|“([^“”]+)”|「([^「」]+)」|『([^『』]+)』"
# A comma ends a value, but for one between years: 年份:2014，2015.
_VALUE = rf"(?:{_QUOTED}|([^\s:：;；。,，]++(?:[,，][\d零〇一二三四五六七八九]+年?)*+))"
_NAME = rf"({'|'.join(_FIELDS)})\s*+[:：]"
_FIELD = re.compile(rf"(?<!\w)([-－−]?){_NAME}\s*+(?![-－−]|{_NAME}){_VALUE}", re.IGNORECASE)
_BEGINS = r"(?:^|(?<=[\s,，;；]))"
_EXCLUDED = re.compile(rf"{_BEGINS}[-－−](?:{_QUOTED}|([^\s\d\-－−][^\s,，;；]*))")
# Chinese keyboards give “ for ", but running text is full of it (“四优”机关): there it asks for nothing.
_PHRASE = re.compile(rf"[\"＂]([^\"＂]+)[\"＂]|{_BEGINS}(?:“([^“”]+)”|「([^「」]+)」|『([^『』]+)』)(?=$|[\s,，;；])")


@dataclass(frozen=True, slots=True)
class Operators:
    """Hold what was said in operators; *rest* is the question without them, but with its phrases.

    *fields* are what a passage must fit, *barred* what it must not.
    """

    rest: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[Field, str], ...] = ()
    barred: tuple[tuple[Field, str], ...] = ()


def read_operators(question: str) -> Operators:
    """Find the operators of *question*."""
    fields: list[tuple[Field, str]] = []
    barred: list[tuple[Field, str]] = []
    excluded: list[str] = []

    def narrow(match: re.Match[str]) -> str:
        (barred if match[1] else fields).append((_FIELDS[match[2].lower()], _said(match.groups()[3:])))
        return " "

    def leave_out(match: re.Match[str]) -> str:
        excluded.append(_said(match.groups()))
        return " "

    rest = _EXCLUDED.sub(leave_out, _FIELD.sub(narrow, question))
    phrases = tuple(phrase for match in _PHRASE.finditer(rest) if (phrase := _said(match.groups())))
    return Operators(rest, phrases, tuple(excluded), tuple(fields), tuple(barred))


def written(excluded: Iterable[str], fields: Iterable[tuple[Field, str]], barred: Iterable[tuple[Field, str]]) -> str:
    """Write operators as ``read_operators`` reads them, each in its plainest form."""
    said = [f"{_SHOWN[field]}:{_bare(value)}" for field, value in fields]
    said += [f"-{_SHOWN[field]}:{_bare(value)}" for field, value in barred]
    return " ".join((*said, *(f"-{_bare(word)}" for word in excluded)))


def _said(groups: Iterable[str | None]) -> str:
    return next((said for said in groups if said), "").strip()


def _bare(value: str) -> str:
    return value if re.fullmatch(r"\w+", value) else f'"{value}"'
