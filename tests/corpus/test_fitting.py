"""Fitting finds what tells right from wrong, the same every time."""

from __future__ import annotations

from corpus import ranking
from corpus.analysis import Analyzer
from corpus.evaluation.fitting import Material, fit, on_others
from corpus.evaluation.qrels import Gold, Item
from corpus.ranking import confidence


async def test_fitted_weights_are_the_same_every_time_and_tell_right_from_wrong(
    analyzer: Analyzer,
    make_passage,  # type: ignore[no-untyped-def]
) -> None:
    passages = [
        make_passage("全年修桥三座，投资46万元。", number=1),
        make_passage("水渠疏通十二公里，投资不多。", number=2),
        make_passage("学校午餐每餐补贴两元。", number=3),
    ]
    items = [
        Item("q1", "修桥投资多少", gold=(Gold("修桥三座"),)),
        Item("q2", "水渠疏通多少公里", gold=(Gold("疏通十二公里"),)),
        Item("n1", "投资火星探测器", kind="absent"),
        Item("n2", "补贴火箭", kind="absent"),
    ]
    first, second = [await fit([Material(passages, items, 1.0)], analyzer) for _ in range(2)]
    assert first == second
    assert set(first["ranking"]) == set(ranking.NAMES)
    assert set(first["confidence"]) == {*confidence.NAMES, "constant"}
    assert first["confidence"]["concepts"] > 0


def test_reports_are_asked_questions_on_others_which_they_cannot_answer() -> None:
    mine = Material([], [Item("q1", "修桥投资多少", gold=(Gold("修桥三座"),))], 1.0)
    told = [
        Item("q2", "午餐补贴几元", gold=(Gold("两元"),)),
        Item("q3", "那后来呢", context=("几元",)),
        Item("n1", "火箭", kind="absent"),
    ]
    assert on_others([mine, Material([], told, 1.0)], mine) == [Item("q2", "午餐补贴几元", kind="foreign")]
