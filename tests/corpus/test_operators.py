"""The language of search is read, and nothing in it is ever an error."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.operators import Operators, read_operators, written


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ('"先修桥" 的办法', Operators('"先修桥" 的办法', phrases=("先修桥",))),
        ("“先修桥” 的办法", Operators("“先修桥” 的办法", phrases=("先修桥",))),
        ("「先修橋」", Operators("「先修橋」", phrases=("先修橋",))),
        ("＂先修桥＂怎么办", Operators("＂先修桥＂怎么办", phrases=("先修桥",))),
        ("怎么建“先锋”车站", Operators("怎么建“先锋”车站")),
        ("修桥 -补路", Operators("修桥", excluded=("补路",))),
        ("修桥，－补路，-养护", Operators("修桥，，", excluded=("补路", "养护"))),
        ("修桥 -“补 路”", Operators("修桥", excluded=("补 路",))),
        ("2012-2014年 covid-19 -3度", Operators("2012-2014年 covid-19 -3度")),
        ("标题:修桥 养护", Operators("养护", fields=(("title", "修桥"),))),
        ("標題：「修橋 補路」養護", Operators("養護", fields=(("title", "修橋 補路"),))),
        ("单位 ： 河湾镇，养护", Operators("，养护", fields=(("unit", "河湾镇"),))),
        ("年份：2013，2014 养护", Operators("养护", fields=(("year", "2013，2014"),))),
        ("-单位:河湾镇 －年份：2014", Operators("", barred=(("unit", "河湾镇"), ("year", "2014")))),
        ("标题:a 单位:b 年份:2014 -c", Operators("", (), ("c",), (("title", "a"), ("unit", "b"), ("year", "2014")))),
        ("标题: -补路", Operators("标题:", excluded=("补路",))),
        ("标题: 单位：河湾镇", Operators("标题:", fields=(("unit", "河湾镇"),))),
        ("本单位：河湾镇", Operators("本单位：河湾镇")),
    ],
)
def test_operators_are_read_on_every_keyboard(question: str, understood: Operators) -> None:
    said = read_operators(question)
    assert replace(said, rest=" ".join(said.rest.split()).replace("， ，", "，，")) == understood


def test_operators_are_written_as_they_are_read() -> None:
    said = read_operators("标题：“修桥 补路” 年份：2012-2014 －单位：河湾镇 －夜班")
    shown = written(said.excluded, said.fields, said.barred)
    assert shown == '标题:"修桥 补路" 年份:"2012-2014" -单位:河湾镇 -夜班'
    assert replace(read_operators(shown), rest="") == replace(said, rest="")


@given(st.text(alphabet='修桥 "“”「」-－标题单位年份:：＂，()OR*\\', max_size=30) | st.text(max_size=30))
def test_no_question_is_an_error(question: str) -> None:
    assert isinstance(read_operators(question), Operators)
