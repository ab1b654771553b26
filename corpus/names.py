"""Find the names in a question that bind its answer: places and units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.analysis import entries
from corpus.model import Span

_LEVEL = re.compile(r"(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗)$")
# The part of a unit that others may leave off: 税务 bears what is asked of a 税务局.
_OFFICE = re.compile(r"(?:管理局|总局|分局|局|厅|署|有限公司|公司|集团)$")
_NO_NAME = re.compile(
    r"[哪什各每某本该全几多这那同一x×*]|(?:城镇|乡镇|村镇|重镇)$|^(?:结局|格局|布局|大局|全局|当局|僵局|开局|时局|变局)$"
)


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the names that are known: *places*, *units*, and the endings that make a word a unit."""

    places: frozenset[str]
    units: frozenset[str]
    endings: frozenset[str]

    def find(self, folded: str, tokens: Sequence[Span]) -> tuple[str, ...]:
        """Find the places and units named by whole *tokens* of a folded question, each once, in order."""
        found: dict[str, None] = {}
        taken = 0
        for n, token in enumerate(tokens):
            if token.start < taken:
                continue
            following = tokens[n + 1] if n + 1 < len(tokens) and tokens[n + 1].start == token.end else None
            word = token.of(folded)
            wider = folded[token.start : following.end] if following else word
            # 凤翔 + 区, 烟草 + 局: a name that the dictionary of words does not hold comes in two pieces.
            two = following is not None and len(word) > 1 and (self.place(wider) or self.unit(word, wider[len(word) :]))
            if two:
                found[wider], taken = None, token.start + len(wider)
            elif self.place(word) or self.unit(word):
                found[word], taken = None, token.end
        return tuple(found)

    def place(self, word: str) -> bool:
        """Say whether *word* is a place, with its level or without."""
        return word in self.places or (len(word) > 2 and _LEVEL.sub("", word) in self.places)

    def unit(self, word: str, ending: str = "") -> bool:
        """Say whether *word*, or *word* and an *ending* of its own, is a unit."""
        if _NO_NAME.search(word):
            return False
        if ending:
            return ending in self.endings and not self.place(word)
        return word in self.units or any(word.endswith(end) and len(word) > len(end) + 1 for end in self.endings)


def parse_names(places: str, units: str) -> Names:
    """Read the dictionaries of places and of units: words separated by blanks, ``*局`` is an ending."""
    named = frozenset(word for line in entries(places) for word in line.split())
    words = [word for line in entries(units) for word in line.split()]
    endings = frozenset(word[1:] for word in words if word.startswith("*"))
    return Names(named, frozenset(word for word in words if not word.startswith("*")), endings)


def core(name: str) -> str:
    """Give the part of a name that a text must hold: 凤翔 of 凤翔区, 税务 of 税务局, 眉县 of 眉县."""
    for level in (_LEVEL, _OFFICE):
        bare = level.sub("", name)
        if bare != name:
            return bare if len(bare) >= 2 else name
    return name


def bears(name: str, text: str) -> bool:
    """Say whether a folded *text* holds a name, its level aside."""
    return core(name) in text
