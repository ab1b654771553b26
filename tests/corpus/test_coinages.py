"""What a report abbreviates and coins is learned from its own words, kept with it, and goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.analysis import Analyzer
from corpus.cleaning import clean
from corpus.model import Coinage, Expansion, Scope
from corpus.questions.understanding import Understanding
from corpus.readers import ReadLimits, read
from corpus.store import Coinages, Database, Reports
from corpus.structure import parse
from corpus.structure.coinages import learn


@pytest.mark.parametrize(
    ("text", "word", "meanings"),
    [
        ("经县机关工作委员会（以下简称“工委”）批准，", "工委", ("工作委员会",)),
        ("依照《河湾镇护桥办法》（简称《护桥办法》）执行", None, ()),
        ("依照《河湾镇护桥养护若干规定》（以下简称“护桥规定”）执行", "护桥规定", ("河湾镇护桥养护若干规定",)),
        ("“四优”即政治优、业务优、队伍优、作风优，", "四优", ("政治优", "业务优", "队伍优", "作风优")),
        ("抓好“三个年”（项目年、环境年、作风年）活动", "三个年", ("项目年", "环境年", "作风年")),
        ("推行“两查”，即查路、查桥。", "两查", ("查路", "查桥")),
        ("“四优”即政治优、业务优。", None, ()),
        ("镇里说“修桥”就是大事、急事。", None, ()),
        ("各单位（简称“各单位”）要认真落实", None, ()),
    ],
)
def test_a_report_says_what_its_words_mean(text: str, word: str | None, meanings: tuple[str, ...]) -> None:
    assert learn([text]) == (() if word is None else (Coinage(word, meanings),))


async def test_a_question_is_widened_by_what_the_reports_asked_say_and_by_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 河湾镇\n\n抓好“三个年”（项目年、环境年、作风年）活动，修桥三座。\n", encoding="utf-8")
    parsed = parse(clean(read(path, name="a.md", limits=ReadLimits()), ()))
    async with Database(tmp_path / "store.sqlite3") as database:
        reports, coinages = Reports(database), Coinages(database)
        await reports.add(parsed, ["" for _ in parsed.passages], digest=parsed.report.id, analyzer="test")
        here, elsewhere = Scope(frozenset({parsed.report.id})), Scope(frozenset())
        assert await coinages.find("三个年是什么", here) == [Expansion("三个年", ("作风年", "环境年", "项目年"))]
        assert await coinages.find("环境年怎么办") == [Expansion("环境年", ("三个年",))]
        assert await coinages.find("三个年是什么", elsewhere) == []
        await reports.remove(parsed.report.id)
        assert await coinages.find("三个年是什么") == []


def test_what_was_learned_weighs_less_than_the_word_itself(analyzer: Analyzer) -> None:
    asking = Understanding(analyzer, thesaurus="")
    query = asking.understand("四优是什么", coined=[Expansion("四优", ("政治优", "业务优"))])
    weights = {term.text: term.weight for term in query.terms}
    assert weights["b:政治"] < weights["b:四优"]
    assert query.expansions == (Expansion("四优", ("政治优", "业务优")),)
    assert not Understanding(analyzer, expand=False).understand("四优", coined=list(query.expansions)).expansions
