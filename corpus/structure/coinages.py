"""Learn what a report calls things: abbreviations and coinages, each with its meaning as the report spells it out.

县机关工作委员会（以下简称“工委”）              工委: 县机关工作委员会
“四优”即政治优、业务优、队伍优、作风优          四优: 政治优, 业务优 …
“三个年”（项目年、环境年、作风年）              三个年: 项目年, 环境年 …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.model import Coinage

_LONGEST = 30
_ITEM = 24
_COUNTS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2, "双": 2}

_QUOTED = r"[“\"「]([^”\"」，。；、（）()]{2,12})[”\"」]"
_SHORT = re.compile(
    rf"([^，。；：！？\s（(]{{2,60}})[（(](?:以下|下文|下)?(?:统一?|均)?简称为?[:：]?\s*(?:{_QUOTED}|([^”\"，。；）)]{{2,12}}))[)）]"
)
_LISTED = re.compile(
    rf"{_QUOTED}(?:[^，。；、“”]{{0,6}}(?:，)?(?:即|就是|是指|指的?是|包括|分别是|：)|[（(](?:即|指)?)([^。；！？\n]{{4,160}})"
)
# What any report says of itself, or of everybody, is no name.
_NO_NAME = re.compile(r"^[各本我该一全《]|^(?:通知|意见|办法|方案|措施|报告)$")
_ORDINAL = re.compile(r"^(?:一是|二是|三是|四是|五是|六是|[①-⑩])")


def learn(texts: Iterable[str]) -> tuple[Coinage, ...]:
    """Find the coinages of a report in its passages' *texts*, each word with all that it is said to mean, in order."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for word, meanings in (*_shortened(text), *_enumerated(text)):
            found.setdefault(word, {}).update(dict.fromkeys(meanings))
    return tuple(Coinage(word, tuple(meanings)) for word, meanings in found.items())


def _shortened(text: str) -> Iterator[tuple[str, list[str]]]:
    for match in _SHORT.finditer(text):
        word = match[2] or match[3]
        whole = None if _NO_NAME.search(word) else _spelled_out(word, match[1])
        if whole:
            yield word, [whole]


def _spelled_out(word: str, before: str) -> str | None:
    """Give the end of *before* that *word* is short for: from its first character on, all of them in order."""
    title = re.search(r"《([^《》]+)》$", before)
    if title:
        return title[1]
    before = before.strip('“”"《》')[-_LONGEST:]
    starts = [place for place, char in enumerate(before) if char == word[0]]
    fitting = [before[start:] for start in starts if _in_order(word, before[start:])]
    return next((whole for whole in fitting if len(whole) > len(word)), None)


def _in_order(word: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in word)


def _enumerated(text: str) -> Iterator[tuple[str, list[str]]]:
    """Find quoted words that count (四优) with as many things named after them."""
    for match in _LISTED.finditer(text):
        word = match[1]
        count = next((_COUNTS[char] for char in word if char in _COUNTS), 0)
        between = r"、|以及|和(?=[^、]*$)" if match[2].count("、") >= count - 2 else r"，"
        items = [_ORDINAL.sub("", item.strip('“”"「」 ')) for item in re.split(between, match[2])]
        items = [re.split(r"[，]", item)[0] for item in items]
        named = [re.split(r"[）)”]", item)[0] for item in items[:count]]
        if count >= 2 and len(named) == count and all(2 <= len(item) <= _ITEM for item in named):
            yield word, named
