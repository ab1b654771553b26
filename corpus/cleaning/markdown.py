"""Tell Markdown marks from redactions.

``**`` is bold in one file and a name that was blotted out in the next. A file is judged as a whole, on evidence: bold
marks come in pairs, open where a sentence begins and enclose words; redactions come in any number and stand where a
name or a figure should.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

HEADING = re.compile(r"\s{0,3}(#{1,6})[ \t\u3000]+(?=\S)")
# Possessive quantifiers (++): a hundred thousand blanks are not tried from every one of them.
CLOSING = re.compile(r"(?<![ \t])[ \t]++#{1,6}[ \t]*+$")
ASTERISKS = re.compile(r"\*+")
STOPS = "。！？；!?;"
# What is blotted out is a place, a unit or a figure, so one of these follows.
AFTER_REDACTION = "市县区省镇乡村局委办部厅年月日时个名人户家余多万亿次期项件条场度％%届号处"


def bold_pairs(line: str) -> list[tuple[int, int]]:
    """Pair the ``**`` of *line*: ``(opening, closing)`` offsets, only where what they enclose can be bold."""
    marks = [each for each in ASTERISKS.finditer(line) if len(each[0]) in (2, 4)]
    # Two bold stretches that touch share four asterisks: a closing and an opening mark.
    places = [start for each in marks for start in range(each.start(), each.end(), 2)]
    pairs = []
    taken = -1
    for opening, closing in pairwise(places):
        inside = line[opening + 2 : closing]
        if opening <= taken or not inside.strip() or inside[0].isspace() or inside[-1].isspace() or len(inside) > 120:
            continue
        pairs.append((opening, closing))
        taken = closing
    return pairs


def is_markdown(lines: Iterable[str]) -> bool:
    """Judge whether the asterisks of a file are bold marks, by the share of pairs that look like it."""
    bold = other = 0
    for line in lines:
        tokens = len(ASTERISKS.findall(line))
        if not tokens:
            continue
        convincing = sum(_convincing(line, pair) for pair in bold_pairs(line))
        bold += convincing
        other += max(tokens - 2 * convincing, 0)
    return bold >= 1 and 2 * bold >= 3 * other


def _convincing(line: str, pair: tuple[int, int]) -> bool:
    opening, closing = pair
    inside = line[opening + 2 : closing]
    before = line[max(opening - 8, 0) : opening].rstrip()
    after = line[closing + 2 : closing + 10].lstrip()
    if inside[0] in AFTER_REDACTION and after[:1] in AFTER_REDACTION:
        return False
    opens = not before or before[-1] in STOPS + "：:*" or before.endswith(("- ", "、"))
    closes = inside[-1] in STOPS + "：:" or not after or after[0] in "，。：；、,.:;！？"
    return opens and (closes or len(inside) >= 4) and inside[0] not in "，。、；：）》”"


MARKS = (
    ("markdown-picture", re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,2000}\)")),
    ("markdown-comment", re.compile(r"<!--.{0,200}?-->|</?(?:br|hr|p|div|span|center|font)\b[^<>]{0,300}>")),
    ("markdown-quote", re.compile(r"\A\s{0,3}(?:>\s?)+")),
    ("markdown-list", re.compile(r"\A\s{0,12}[-+*](?=[ \t\u3000])")),
    ("markdown-table", re.compile(r"\A\s*+\|?(?:\s*+:?-{2,}+:?\s*+\|)+(?:\s*+:?-{2,}+:?\s*+)?\Z|\A\s*+\||\|\s*+\Z")),
    ("markdown-fence", re.compile(r"\A\s{0,3}(?:`{3,}|~{3,})[^`]{0,40}\Z")),
    ("markdown-rule", re.compile(r"\A\s{0,3}(?:[-=]{2,}|(?:[*_-]\s*+){3,})\s*\Z")),
    ("markdown-escape", re.compile(r"\\(?=[\\`*_{}\[\]()#+.!|>~-])")),
)
LINK = re.compile(r"\[([^\[\]\n]{1,300})\](\([^()\s]{0,2000}\))")


def marks(line: str) -> tuple[str, list[tuple[int, int]]] | None:
    """Find the first other kind of Markdown mark in *line*: a rule's name and ``(start, end)`` offsets."""
    for name, pattern in MARKS:
        found = [each.span() for each in pattern.finditer(line)]
        if found:
            return name, found
    links = [each for link in LINK.finditer(line) for each in ((link.start(), link.start() + 1), link.span(2))]
    # The bracket that closes a link's text goes with its address.
    links = [(start - 1, end) if index % 2 else (start, end) for index, (start, end) in enumerate(links)]
    return ("markdown-link", links) if links else None
