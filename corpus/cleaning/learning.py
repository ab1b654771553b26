"""Learn furniture from a folder: what most of its files print at their head or foot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning.rules import NoiseRule
from corpus.model import Source

FEWEST = 5  # files; fewer prove nothing
MOST = 0.6  # of the files
EDGE = 4  # filled lines at the top, and at the foot
LONGEST = 60
STOPS = "。！？；：.!?;:…”’）)"
# Titles, offices and salutations come again too, and are content. Who sells or hosts a file says how to reach him.
SIGN = re.compile(r"https?:|www\.|[A-Za-z][A-Za-z0-9_-]{4,}|微信|公众号|[qQ]{2}|群|版权|下载|会员|文库|资料网")
# Who signs a report, when, what is attached to it and how it takes its leave is for the structure to read.
SIGNED = re.compile(
    r".*(?:[室部委局办会组厅院社处科站所府团党]|\d月|\d日)|附[件表录注].*"
    r"|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．].*|(?:特此|以上|妥否|此致|敬礼|谢谢|汇报完毕).*"
)


@dataclass(frozen=True, slots=True)
class Edges:
    """Hold the lines at the edges of one file, less their blanks: those above and below its text, and of them the
    *loose* ones at the foot, below its last sentence."""

    digest: str
    lines: frozenset[str]
    loose: frozenset[str]


def edges(source: Source) -> Edges:
    """Take the edges of a file."""
    filled = [each for line in source.lines if not line.furniture and (each := "".join(line.text.split()))]
    loose: list[str] = []
    for line in reversed(filled[-EDGE:]):
        if len(line) > LONGEST or line[-1] in STOPS:
            break
        loose.append(line)
    lines = frozenset(each for each in (*filled[:EDGE], *filled[-EDGE:]) if len(each) <= LONGEST)
    # Where nothing but short lines stands in a file, none of them stands below its text.
    return Edges(source.digest, lines, frozenset(loose) if len(loose) < len(filled) else frozenset())


def learn(seen: Sequence[Edges]) -> tuple[str, ...]:
    """Find the lines at the edges of most of the files *seen* that are no content: they name a shop, a site or a
    contact, or stand below the last sentence and sign nothing.

    Nothing is learned from fewer than five files, nor from copies of one file.
    """
    distinct = {each.digest: each for each in seen}.values()
    if len(distinct) < FEWEST:
        return ()
    counted: Counter[str] = Counter()
    for each in distinct:
        counted.update(line for line in each.lines if SIGN.search(line))
        counted.update(line for line in each.loose if len(line) >= 4 and not SIGN.search(line))
    return tuple(
        sorted(
            line
            for line, count in counted.items()
            if count >= MOST * len(distinct) and (SIGN.search(line) or not SIGNED.fullmatch(line))
        )
    )


def furniture_rule(lines: Sequence[str]) -> NoiseRule:
    """Make a rule that takes *lines* wherever they stand alone."""
    pattern = re.compile("|".join(re.escape(line) for line in lines))
    return NoiseRule("learned-furniture", pattern, "line", takes=lines[0], leaves="")
