"""Read what a question says in the language of search: "a phrase", -without, 标题: 单位: 年份:.

Nothing here is ever an error: what is no operator is part of the question.
"""

from __future__ import annotations

import re
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
_FIELD = re.compile(rf"(?<![\w])({'|'.join(_FIELDS)})[:：](\"[^\"]+\"|[^\s:：]+)", re.IGNORECASE)
_PHRASE = re.compile(r"[\"＂]([^\"＂]+)[\"＂]")
_EXCLUDED = re.compile(r"(?:^|(?<=\s))[-－]([^\s\d\-－][^\s]*)")


@dataclass(frozen=True, slots=True)
class Operators:
    """Hold what was said in operators; *rest* is the question without them, phrases and field values left in."""

    rest: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[Field, str], ...] = ()


def read_operators(question: str) -> Operators:
    """Find the operators of *question*."""
    fields: list[tuple[Field, str]] = []
    excluded: list[str] = []

    def narrow(match: re.Match[str]) -> str:
        value = match.group(2).strip('"')
        fields.append((_FIELDS[match.group(1).lower()], value))
        return f" {value} "

    def leave_out(match: re.Match[str]) -> str:
        excluded.append(match.group(1).strip('"＂'))
        return " "

    rest = _FIELD.sub(narrow, question)
    rest = _EXCLUDED.sub(leave_out, rest)
    phrases = tuple(phrase.strip() for phrase in _PHRASE.findall(rest) if phrase.strip())
    return Operators(rest, phrases, tuple(excluded), tuple(fields))
