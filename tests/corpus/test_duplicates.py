"""Passages that say the same are told apart from those that only look alike."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import duplicates
from corpus.analysis import Analyzer
from corpus.duplicates import Neighbours, bare, figures, resemblance, says_the_same, shown_once, worded
from corpus.ingest import Ingester
from corpus.ingest.comparing import Likeness
from corpus.model import PassageId
from corpus.readers import ReadLimits
from corpus.store import Database, Passages, Readings, Reports, WordingStore

SAID = (
    "各乡镇党组织要认真贯彻会议精神，切实加强基层组织建设，推动各项工作落到实处，"
    "组织干部走访群众63户，为村里修好水渠12公里，让群众满意。"
)


def fold(text: str) -> str:
    return text.casefold()


def same(analyzer: Analyzer, one: str, other: str) -> bool:
    return says_the_same(one, other, fold=lambda text: analyzer.fold(text).text)


@pytest.mark.parametrize(
    "other",
    [
        SAID,
        "（三）" + SAID,
        SAID.replace("，", ",").replace("。", ""),
        SAID.replace("63", " ６３ "),
        SAID.replace("各乡镇党组织", "各鄉鎮黨組織"),
        SAID.replace("认真", "扎实"),
        SAID.replace("推动", "推进"),
        SAID.replace("切实加强", "加强"),
        SAID.replace("要认真", "进一步"),
    ],
)
def test_passages_that_differ_in_blanks_marks_and_plain_words_say_the_same(analyzer: Analyzer, other: str) -> None:
    assert same(analyzer, SAID, other)
    assert same(analyzer, other, SAID)


@pytest.mark.parametrize(
    "other",
    [
        SAID.replace("63", "64"),
        SAID.replace("63户", "63人"),
        SAID.replace("63户", "六十三户"),
        SAID.replace("63", "***"),
        SAID.replace("12公里", "1.2公里"),
        SAID.replace("各乡镇", "河湾镇"),
        SAID.replace("村里", "学校"),
        SAID.replace("群众", "企业"),
        SAID.replace("要认真", "不要认真"),
        SAID.replace("修好", "停修"),
        SAID.replace("加强", "放松"),
        SAID.replace("干部", "代表"),
        SAID.replace("走访群众63户", "走访群众12户").replace("水渠12公里", "水渠63公里"),
        SAID + "年底前验收。",
        SAID.replace("63户", "63户、7户"),
        "水渠12公里，群众63户。",
    ],
)
def test_a_figure_a_unit_a_name_a_noun_or_a_no_keeps_passages_apart(analyzer: Analyzer, other: str) -> None:
    assert not same(analyzer, SAID, other)
    assert not same(analyzer, other, SAID)


@pytest.mark.parametrize(
    ("one", "other"),
    [("增长1.5%。", "增长15%。"), ("增长5%", "增长-5%"), ("3、5家", "35家"), ("同比5-6月", "同比56月")],
)
def test_punctuation_that_is_part_of_a_figure_counts(one: str, other: str) -> None:
    assert bare(one) != bare(other)
    assert figures(bare(one)) != figures(bare(other))


def test_a_figure_that_only_the_list_would_let_pass_counts_all_the_same(analyzer: Analyzer) -> None:
    one = "全市上下十分重视水利，各县各乡镇各部门都有专人负责，一级抓一级，层层有人管，事事有人问。"
    assert same(analyzer, one, one.replace("十分", "非常"))
    assert not same(analyzer, one, one.replace("一级抓一级", "二级抓一级"))


def test_redaction_marks_of_any_length_are_one_mark_and_never_nothing() -> None:
    assert bare("**市查出问题***个") == bare("*市查出问题*个") == "*市查出问题*个"
    assert bare("市查出问题个") != bare("*市查出问题*个")


def test_passages_that_say_the_same_share_a_band_and_other_figures_share_none() -> None:
    near = SAID.replace("认真", "扎实")
    other = SAID.replace("63", "64")
    one, two, three = worded([SAID, near, other], fold=fold).passages
    held = Neighbours()
    held.add([(1, one.bands)])
    assert held.near(two.bands) == {1}
    assert held.near(three.bands) == set()


def test_what_was_found_is_found_however_it_was_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "MANY", 100)
    monkeypatch.setattr(duplicates, "LATEST", 500)
    texts = [f"第{n}村新修水渠若干公里，群众都说好，县里也说好。" for n in range(300)]
    bands = [one.bands for one in worded([*texts, "短"], fold=fold).passages]
    singly, at_once = Neighbours(), Neighbours()
    for n, one in enumerate(bands):
        singly.add([(n, one)])
    at_once.add(enumerate(bands[:200]))
    at_once.add(enumerate(bands[200:250], 200))
    at_once.add(enumerate(bands[250:], 250))
    assert [at_once.near(one) for one in bands] == [singly.near(one) for one in bands]
    assert all(n in singly.near(one) for n, one in enumerate(bands[:-1]))
    assert singly.near(b"") == set()
    assert len(singly._keys) > 0  # some were merged
    assert len(singly._latest) > 0  # and some were not yet


def test_texts_too_short_to_be_nearly_another_have_no_bands() -> None:
    made = worded(["好。", "，。", "水"], fold=fold)
    assert [one.bands for one in made.passages] == [b"", b"", b""]
    assert made.signature == b""
    assert worded([], fold=fold).passages == ()


def test_a_report_resembles_itself_wholly_and_another_hardly() -> None:
    one = worded([SAID, "全县种树三千亩，成活率九成。"], fold=fold).signature
    turned = worded(["全县种树三千亩，成活率九成。", SAID], fold=fold).signature
    other = worded(["图书馆新添阅览座位，周末延长开放。", "档案馆整理旧卷，编成目录。"], fold=fold).signature
    assert resemblance(one, turned) == 1.0
    assert resemblance(one, other) < 0.1
    assert resemblance(one, b"") == 0.0


def test_of_passages_that_say_the_same_only_the_best_is_shown(make_passage) -> None:  # type: ignore[no-untyped-def]
    first, twin, other = (make_passage(SAID, number=n) for n in (1, 2, 3))
    twins = {first.id: [twin.id], twin.id: [first.id]}
    assert list(shown_once([(twin, 3.0), (other, 2.0), (first, 1.0)], twins)) == [(twin, 3.0), (other, 2.0)]
    assert list(shown_once([(twin, 3.0), (first, 1.0)], {})) == [(twin, 3.0), (first, 1.0)]


# ── in the store ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.sqlite3") as opened:
        yield opened


def ingester(database: Database, analyzer: Analyzer) -> Ingester:
    return Ingester(
        reports=Reports(database),
        passages=Passages(database),
        readings=Readings(database),
        wordings=WordingStore(database),
        analyzer=analyzer,
        open_analyzer=Analyzer,
        rules=(),
        limits=ReadLimits(),
        noise_share=0.3,
        processes=1,
    )


async def take(ingesting: Ingester, name: str, *paragraphs: str) -> int:
    """Take in a file of these paragraphs; return how many of its passages others say."""
    content = "\n\n".join([f"{name}县水利工作情况报告", *paragraphs]).encode()
    result = await ingesting.ingest_bytes(content, name=f"{name}.txt")
    assert result.error is None
    return result.duplicates


async def groups(database: Database) -> set[frozenset[str]]:
    """Give every passage that has twins, with them, each as its file and its text's beginning."""
    passages = Passages(database)
    every = [one for report in await Reports(database).ids() for one in await passages.of_report(report)]
    label = {one.id: f"{one.report.file}:{one.text[:4]}" for one in every}
    twins = await passages.twins([one.id for one in every])
    return {frozenset(label[each] for each in (one, *others)) for one, others in twins.items()}


OTHER = "县图书馆新添阅览座位两百个，周末开放到晚上九点，读者比去年多了三成，孩子们有了去处。"


async def test_twins_are_found_whichever_report_came_first(database: Database, analyzer: Analyzer) -> None:
    ingesting = ingester(database, analyzer)
    assert await take(ingesting, "甲", SAID, OTHER) == 0
    assert await take(ingesting, "乙", SAID.replace("认真", "扎实"), OTHER.replace("两百", "三百")) == 1
    assert await take(ingesting, "丙", SAID) == 1
    assert await groups(database) == {frozenset({"甲.txt:各乡镇党", "乙.txt:各乡镇党", "丙.txt:各乡镇党"})}


async def test_a_report_that_goes_leaves_the_others_twins(database: Database, analyzer: Analyzer) -> None:
    reports, ingesting = Reports(database), ingester(database, analyzer)
    for name in "甲乙丙":
        await take(ingesting, name, SAID)
    await reports.remove(await reports.find("甲.txt"))
    assert await groups(database) == {frozenset({"乙.txt:各乡镇党", "丙.txt:各乡镇党"})}
    await reports.remove(await reports.find("乙.txt"))
    assert await groups(database) == set()
    await reports.remove(await reports.find("丙.txt"))
    for table in ("said", "wordings", "alike", "sketches"):
        assert await database.rows(f"SELECT * FROM {table}") == []  # noqa: S608 - the names are written above


async def test_a_report_that_is_replaced_is_grouped_by_its_new_words(database: Database, analyzer: Analyzer) -> None:
    ingesting = ingester(database, analyzer)
    near = SAID.replace("认真", "扎实")
    await take(ingesting, "甲", SAID, OTHER)
    await take(ingesting, "乙", near)
    assert await take(ingesting, "甲", SAID, "全县种树三千亩，成活率九成，村村都有护林员。") == 1
    assert await groups(database) == {frozenset({"甲.txt:各乡镇党", "乙.txt:各乡镇党"})}
    assert await take(ingesting, "甲", SAID.replace("63", "64")) == 0
    assert await groups(database) == set()


async def test_a_report_that_is_nearly_another_is_said_so(database: Database, analyzer: Analyzer) -> None:
    ingesting = ingester(database, analyzer)
    await take(ingesting, "甲", SAID, OTHER)
    content = f"甲县水利工作情况报告\n\n{SAID}\n\n{OTHER.replace('两百', '三百')}".encode()
    result = await ingesting.ingest_bytes(content, name="甲（修改稿）.txt")
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("this is nearly 甲.txt: about 9")
    plain = await ingesting.ingest_bytes("青石镇办好午餐\n\n学校午餐统一配送，每餐补贴。".encode(), name="丁.txt")
    assert plain.warnings == ()


async def test_a_store_from_before_there_were_groups_is_grouped_at_the_next_ingest(
    database: Database, analyzer: Analyzer, tmp_path: Path
) -> None:
    ingesting = ingester(database, analyzer)
    for name in "甲乙":
        await take(ingesting, name, SAID)
    async with database.transaction() as transaction:
        transaction.execute("DELETE FROM said")
        transaction.execute("DELETE FROM sketches")
    assert await groups(database) == set()
    (tmp_path / "丙.txt").write_text(OTHER, encoding="utf-8")
    assert [one.status async for one in ingester(database, analyzer).ingest([tmp_path / "丙.txt"])] == ["added"]
    assert await groups(database) == {frozenset({"甲.txt:各乡镇党", "乙.txt:各乡镇党"})}


async def test_two_programs_that_ingest_at_once_miss_no_twins(
    tmp_path: Path, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(tmp_path / "s.sqlite3") as one, Database(tmp_path / "s.sqlite3") as other:
        first, second = ingester(one, analyzer), ingester(other, analyzer)
        compare, compared = first._comparer.compare, []

        async def interrupted(*given: Any, **named: Any) -> Likeness:
            found = await compare(*given, **named)
            if not compared:  # between the look and the writing somebody else writes the very twin
                compared.append(await take(second, "乙", SAID.replace("认真", "扎实")))
            return found

        monkeypatch.setattr(first._comparer, "compare", interrupted)
        assert await take(first, "甲", SAID) == 1
        assert compared == [0]
        assert await groups(one) == {frozenset({"甲.txt:各乡镇党", "乙.txt:各乡镇党"})}


PHRASES = ("认真", "扎实", "63", "64", "河湾镇", "青石镇", "不", "进一步", "，", " ")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    variants=st.lists(
        st.lists(st.sampled_from(list(itertools.product(("认真", "63", "各乡镇", "要"), PHRASES))), max_size=2),
        min_size=2,
        max_size=5,
    ),
    order=st.randoms(use_true_random=False),
)
async def test_groups_do_not_depend_on_the_order_of_ingest(
    analyzer: Analyzer,
    tmp_path_factory: pytest.TempPathFactory,
    variants: list[list[tuple[str, str]]],
    order,  # type: ignore[no-untyped-def]
) -> None:
    texts = {f"{n}": _changed(SAID, changes) for n, changes in enumerate(variants)}
    names = list(texts)
    order.shuffle(names)
    found = []
    for sequence in (list(texts), names):
        async with Database(tmp_path_factory.mktemp("store") / "store.sqlite3") as database:
            ingesting = ingester(database, analyzer)
            for name in sequence:
                await take(ingesting, name, texts[name], OTHER)
            found.append(await pairs(database))
    assert found[0] == found[1]
    assert found[0] == {(other, one) for one, other in found[0]}


def _changed(text: str, changes: Sequence[tuple[str, str]]) -> str:
    for old, new in changes:
        text = text.replace(old, new)
    return text


async def pairs(database: Database) -> set[tuple[str, str]]:
    passages = Passages(database)
    every = [one for report in await Reports(database).ids() for one in await passages.of_report(report)]
    label: dict[PassageId, str] = {one.id: f"{one.report.file}:{one.paragraph}" for one in every}
    twins = await passages.twins(list(label))
    return {(label[one], label[other]) for one, others in twins.items() for other in others}
