"""Find the names in a question that bind its answer: places and units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.analysis import entries, han
from corpus.model import Span

_LEVEL = re.compile(r"(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗)$")
# The part of a unit that others may leave off: 税务 bears what is asked of a 税务局.
_OFFICE = re.compile(r"(?:管理局|总局|分局|局|厅|署|有限公司|公司|集团)$")
_AND = re.compile(r"(?:[和与跟同及、,比]|相比|对比|还是)\s*$")
_MARKS = "*+-"
_NO_NAME = re.compile(r"[哪什各每某本该全几多这那同一x×*]")

# A place by its form: 凤翔区 and 青杨村 stand in no dictionary.
_FORM = re.compile(r"[\u4e00-\u9fff]{2,5}(?:自治区|自治州|自治县|市|县|区|州|盟|旗|镇|乡|村)")
# What follows may be cut as a word with it: 凤翔 + 区建 of 凤翔区建了桥.
_LAST = re.compile(r"(?!区[域间别分]|村[民庄]|乡[镇村亲]|旗[帜下舰]|镇[静定])[县区旗镇乡村]")


@dataclass(frozen=True, slots=True)
class Names:
    """Hold the names that are known: *places*, *units*, and the endings that make a word a unit.

    *governed* are endings that do so behind a place alone (市委). *nowhere* are words that name no place (示范 of
    示范区), *nobody* those that name no unit, alone (格局) or before an ending (定点 of 定点医院).
    """

    places: frozenset[str]
    units: frozenset[str]
    endings: frozenset[str]
    governed: frozenset[str] = frozenset()
    nowhere: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset()

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
            ending = wider[len(word) :]
            if self.formed(word, ending):
                found[word + ending[0]], taken = None, token.end + 1
                continue
            two = len(word) > 1 and bool(ending) and (self.place(wider) or self.unit(word, ending))
            if two:
                found[wider], taken = None, token.start + len(wider)
            elif self.place(word) or self.unit(word):
                found[word], taken = None, token.end
        return tuple(found)

    def compared(self, folded: str, found: Sequence[str]) -> tuple[str, ...]:
        """Name those of the names *found* in a folded question that are joined to another of their kind: 眉县和凤县."""
        joined: dict[str, None] = {}
        for before, name in pairwise(found):
            start = folded.find(before) + len(before)
            if self.local(before) == self.local(name) and _AND.search(folded[start : folded.find(name, start)]):
                joined.update({before: None, name: None})
        return tuple(joined)

    def place(self, word: str) -> bool:
        """Say whether *word* is a place, with its level or without."""
        return word in self.places or (len(word) > 2 and _LEVEL.sub("", word) in self.places)

    def local(self, word: str) -> bool:
        """Say whether *word*, a name or before the colon of a title, is a place: there its form is enough."""
        return self.place(word) or _FORM.fullmatch(word) is not None

    def unit(self, word: str, ending: str = "") -> bool:
        """Say whether *word*, or *word* and an *ending* of its own, is a unit."""
        if _NO_NAME.search(word) or word in self.nobody:
            return False
        if ending:
            return ending in self.endings and not self.place(word)
        if word in self.units:
            return True
        stems = {end: word.removesuffix(end) for end in self.endings | self.governed if word.endswith(end)}
        return any(
            len(stem) > 1 and stem not in self.nobody and (end in self.endings or self.place(stem))
            for end, stem in stems.items()
        )

    def formed(self, word: str, following: str) -> bool:
        """Say whether *word* and the level (县) that *following* begins with look like the name of a place."""
        return (
            len(word) == 2
            and han(word)
            and _LAST.match(following) is not None
            and not (self.place(word) and _LEVEL.search(word))
            and word not in self.nowhere
            and not _NO_NAME.search(word)
        )


def parse_names(places: str, units: str) -> Names:
    """Read the dictionaries of places and of units, words separated by blanks.

    ``*局`` is an ending, ``+市委`` one behind a place; ``-示范`` is no name, whatever else is said of it.
    """
    named, called = _marked(places), _marked(units)
    return Names(
        places=named[""] - named["-"],
        units=called[""] - called["-"],
        endings=called["*"],
        governed=called["+"],
        nowhere=named["-"],
        nobody=called["-"],
    )


def _marked(text: str) -> Mapping[str, frozenset[str]]:
    """Sort the words of a dictionary by the mark before them; they come without it."""
    words = {word for line in entries(text) for word in line.split()}
    marks = {mark: frozenset(word[1:] for word in words if word[0] == mark) for mark in _MARKS}
    return marks | {"": frozenset(word for word in words if word[0] not in _MARKS)}


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
