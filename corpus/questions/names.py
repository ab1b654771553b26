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


# A place by its form: 凤翔区 and 青杨村 stand in no dictionary.
_FORM = re.compile(r"[\u4e00-\u9fff]{2,5}(?:自治区|自治州|自治县|市|县|区|州|盟|旗|镇|乡|村)")
# What follows may be cut as a word with it: 凤翔 + 区建 of 凤翔区建了桥.
_LAST = re.compile(r"(?!区[域间别分]|村[民庄]|乡[镇村亲]|旗[帜下舰]|镇[静定])[县区旗镇乡村]")
# What says of which kind a place is, and names none: 示范区, 贫困县, 城中村.
_KIND = re.compile(
    r"示范|试点|试验|样板|先行|贫困|特困|困难|脱贫|重点|核心|中心|主城|老城|新城|城中|空心|城市|农村|城乡|山区|牧区|边境|民族|少数|自治"
    r"|农业|工业|旅游|经济|产粮|粮食|生态|功能|保护|风险|疫情|管控|封控|开发|合作|保税|自贸|高新|产业|商业|商务|生活|办公|行政|居民|安置"
    r"|搬迁|美丽|文明|先进|特色|传统|小康|建制|周边|邻近|兄弟|其他|有关|相关|所有|部分|多个|一些|各个|下属|本级|全国|全省|全市|全县"
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
            ending = wider[len(word) :]
            if formed(word, ending):
                found[word + ending[0]], taken = None, token.end + 1
                continue
            two = len(word) > 1 and bool(ending) and (self.place(wider) or self.unit(word, ending))
            if two:
                found[wider], taken = None, token.start + len(wider)
            elif self.place(word) or self.unit(word):
                found[word], taken = None, token.end
        return tuple(found)

    def place(self, word: str) -> bool:
        """Say whether *word* is a place, with its level or without."""
        return word in self.places or (len(word) > 2 and _LEVEL.sub("", word) in self.places)

    def heads(self, word: str) -> bool:
        """Say whether *word*, standing before the colon of a title, is a place: there its form is enough."""
        return self.place(word) or _FORM.fullmatch(word) is not None

    def unit(self, word: str, ending: str = "") -> bool:
        """Say whether *word*, or *word* and an *ending* of its own, is a unit."""
        if _NO_NAME.search(word):
            return False
        if ending:
            return ending in self.endings and not self.place(word)
        return word in self.units or any(word.endswith(end) and len(word) > len(end) + 1 for end in self.endings)


def formed(word: str, following: str) -> bool:
    """Say whether *word* and the level (县) that *following* begins with look like the name of a place."""
    return (
        len(word) == 2
        and _LAST.match(following) is not None
        and _FORM.fullmatch(word + following[0]) is not None
        and not _KIND.fullmatch(word)
        and not _NO_NAME.search(word)
    )


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
