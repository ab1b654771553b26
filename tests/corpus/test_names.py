"""Places and units are found as names, and nothing else is."""

from __future__ import annotations

import pytest

from config import resource
from corpus.analysis import Analyzer
from corpus.questions.names import Names, bears, core, parse_names
from corpus.questions.understanding import Understanding

KNOWN = parse_names(resource("places.txt"), resource("units.txt"))
ASKING = Understanding(Analyzer(), expand=False)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("岐山县修了多少座桥", ("岐山县",)),
        ("浙江去年修了多少座桥", ("浙江",)),
        ("县公安局怎么管桥", ("县公安局",)),
        ("眉县税务局的桥", ("眉县", "税务局")),
        ("烟草局和编办的桥", ("烟草局", "编办")),
        ("哪个局管桥", ()),
        ("城镇的桥和乡镇的路", ()),
        ("本县的桥", ()),
        ("大局意识", ()),
        ("凤翔区建了多少座桥", ("凤翔区",)),
        ("青杨村的果园", ("青杨村",)),
        ("贫困村和示范区有多少", ()),
        ("凤县县委组织部的桥", ("凤县", "组织部")),
        ("按照市委的要求修桥", ()),
        ("怎么帮助村里修桥", ()),
        ("定点医院和有关部门", ()),
        ("新建了多少座桥", ()),
        ("长寿老人住的村", ()),
        ("农业局和商务局的桥", ("农业局", "商务局")),
    ],
)
def test_places_and_units_are_found(question: str, names: tuple[str, ...]) -> None:
    assert ASKING.understand(question).names == names


def test_a_name_is_borne_without_its_level_or_office_too() -> None:
    assert bears("凤翔区", "凤翔的桥")
    assert bears("税务局", "税务干部")
    assert not bears("眉县", "凤县的桥")
    assert (core("眉县"), core("凤翔区"), core("税务局"), core("编办")) == ("眉县", "凤翔", "税务", "编办")


@pytest.mark.parametrize(
    ("question", "compared"),
    [
        ("眉县和凤县有什么不同", ("眉县", "凤县")),
        ("凤翔区、眉县与凤县的做法", ("凤翔区", "眉县", "凤县")),
        ("税务局跟民政局的党建品牌", ("税务局", "民政局")),
        ("眉县的桥和凤县的桥", ("眉县", "凤县")),
        ("眉县税务局的党建品牌", ()),
        ("眉县和税务局", ()),
    ],
)
def test_names_of_a_kind_that_are_joined_are_compared(question: str, compared: tuple[str, ...]) -> None:
    assert ASKING.understand(question).compared == compared


def test_before_a_colon_the_form_of_a_place_is_enough() -> None:
    assert KNOWN.local("河湾镇")
    assert KNOWN.local("眉县")
    assert not KNOWN.local("三步走抓实")


def test_dictionaries_hold_words_and_endings() -> None:
    read = parse_names("甲县 乙市 # 旁注\n丙 戊 -戊 -示范", "*局 丁办 +市委 -格局")
    assert read == Names(
        places=frozenset({"甲县", "乙市", "丙"}),
        units=frozenset({"丁办"}),
        endings=frozenset({"局"}),
        governed=frozenset({"市委"}),
        nowhere=frozenset({"戊", "示范"}),
        nobody=frozenset({"格局"}),
    )
    assert KNOWN.place("岐山县")
    assert not KNOWN.place("桥")
