"""What stands beside a file, and in its folder, goes into how it is read; the store follows when that changes."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from corpus.analysis import Analyzer
from corpus.cleaning import load_rules
from corpus.indexing import Index
from corpus.ingest import Ingester, IngestResult
from corpus.model import Fact, Query, ReportId, Term
from corpus.readers import ReadLimits
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.store import Database, Feed, Ledger, Passages, Readings, Reports, WordingStore

TEXT = "河湾镇水利工作情况报告\n\n全镇修好水渠{n}公里，群众都说好，镇里的干部走遍了每一个村。\n"
SHOP = "更多材料请关注公众号 hewanwenku"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.sqlite3") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


Open = Callable[..., Ingester]


def nobody() -> Analyzer:
    """Be asked for an analyzer by a reading process that nobody should have started."""
    raise AssertionError


@pytest.fixture
def ingester(database: Database, analyzer: Analyzer) -> Open:
    def make(rules: str = "", open_analyzer: Callable[[], Analyzer] = Analyzer) -> Ingester:
        return Ingester(
            reports=Reports(database),
            passages=Passages(database),
            readings=Readings(database),
            wordings=WordingStore(database),
            analyzer=analyzer,
            open_analyzer=open_analyzer,
            rules=load_rules(rules),
            limits=ReadLimits(),
            noise_share=0.3,
            processes=1,
        )

    return make


async def told(ingesting: Ingester, *paths: Path) -> list[tuple[str, str]]:
    return [(each.file, each.error or each.status) async for each in ingesting.ingest(paths)]


def write(folder: Path, names: Sequence[str], *, foot: str = "") -> None:
    for name in names:
        (folder / name).write_text(TEXT.format(n=f"{name[0]}") + foot, encoding="utf-8")


async def test_corrections_that_come_change_or_go_alone_have_the_file_read_anew(
    ingester: Open, folder: Path, database: Database
) -> None:
    write(folder, ["a.txt", "b.txt"])
    assert await told(ingester(), folder) == [("a.txt", "added"), ("b.txt", "added")]
    for beside, publisher in (("a.txt.toml", "河湾镇政府"), ("a.txt.toml", "河湾镇水利站")):
        (folder / beside).write_text(f'publisher = "{publisher}"\n', encoding="utf-8")
        assert await told(ingester(), folder) == [("a.txt", "replaced"), ("b.txt", "unchanged")]
        (held, _) = await Reports(database).holdings()
        assert held.report.publisher == publisher
        facts = await Readings(database).facts(held.report.id)
        assert Fact("publisher", publisher, "a.txt.toml") in facts
        assert await told(ingester(), folder) == [("a.txt", "unchanged"), ("b.txt", "unchanged")]
    (folder / "a.txt.toml").unlink()
    assert await told(ingester(), folder) == [("a.txt", "replaced"), ("b.txt", "unchanged")]
    assert [one.report.publisher for one in await Reports(database).holdings()] == [None, None]


async def test_bad_corrections_are_one_line_and_what_is_held_stays(
    ingester: Open, folder: Path, database: Database
) -> None:
    write(folder, ["a.txt", "b.txt"])
    await told(ingester(), folder)
    (folder / "a.toml").write_text('publishr = "河湾镇"\n', encoding="utf-8")
    (folder / "b.txt.toml").write_bytes("publisher = '河湾镇'".encode("gbk"))
    (failed, other) = await told(ingester(), folder)
    assert failed[1].startswith("a.toml: there is no key 'publishr'; the keys are title, publisher,")
    assert other[1] == "b.txt.toml: the byte at offset 13 is no UTF-8; save it as UTF-8."
    assert len(await Reports(database).ids()) == 2
    (folder / "b.txt.toml").unlink()
    (folder / "b.txt.toml").symlink_to("/etc/hostname")
    assert "corrections in a link are not read" in (await told(ingester(), folder))[1][1]


async def test_corrections_that_are_given_stand_for_their_file(ingester: Open, folder: Path) -> None:
    write(folder, ["a.txt"])
    (folder / "a.toml").write_text("year = 2020\n", encoding="utf-8")
    assert await told(ingester(), folder / "a.txt", folder / "a.toml") == [("a.txt", "added")]
    (folder / "a.toml").write_text("year = 2021\n", encoding="utf-8")
    assert await told(ingester(), folder / "a.toml") == [("a.txt", "replaced")]


async def test_an_archive_brings_its_corrections_and_is_not_unpacked_again(
    ingester: Open, folder: Path, database: Database
) -> None:
    def pack(publisher: str) -> None:
        """Make an archive of five files of which one comes in."""
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            archive.writestr("x/a.txt", TEXT.format(n=1))
            archive.writestr("x/a.toml", f'publisher = "{publisher}"')
            archive.writestr("b.txt", TEXT.format(n=2))
            archive.writestr("b.txt.toml", "yaer = 1")
            archive.writestr("c.xls", b"")

    pack("河湾镇政府")
    first = await told(ingester(), folder)
    assert [name for name, _ in first] == ["all.zip/x/a.txt", "all.zip/b.txt", "all.zip"]
    assert first[0][1] == "added"
    assert first[1][1].startswith("all.zip/b.txt.toml: there is no key 'yaer'")
    assert "files of the kind .xls are not read" in first[2][1]
    (held,) = await Reports(database).holdings()
    assert held.report.publisher == "河湾镇政府"
    again = await told(ingester(open_analyzer=nobody), folder)
    assert again == [("all.zip/x/a.txt", "unchanged"), *first[1:]]
    pack("河湾镇水利站")
    await Reports(database).remove((await Reports(database).holdings())[0].report.id)
    assert (await told(ingester(), folder))[0] == ("all.zip/x/a.txt", "added")


async def test_furniture_is_learned_from_a_folder_and_again_when_it_has_grown(
    ingester: Open, folder: Path, database: Database
) -> None:
    reports = Reports(database)

    async def learned() -> list[int]:
        noise = [await reports.noise(one.report.id) for one in await reports.holdings()]
        return [sum(piece.rule == "learned-furniture" for piece in pieces) for pieces in noise]

    write(folder, ["a.txt", "b.txt", "c.txt"], foot=SHOP)
    write(folder, ["d.txt"])
    await told(ingester(), folder)
    assert await learned() == [0, 0, 0, 0]  # four files prove nothing
    write(folder, ["e.txt"], foot=SHOP)
    grown = await told(ingester(), folder)
    assert [status for _, status in grown] == ["replaced"] * 4 + ["added"]
    assert await learned() == [1, 1, 1, 0, 1]
    assert {status for _, status in await told(ingester(), folder)} == {"unchanged"}
    # A file that is given alone keeps what was learned, and a new one has nothing to learn from.
    assert await told(ingester(), folder / "a.txt") == [("a.txt", "unchanged")]
    write(folder, ["a.txt"], foot=f"又修了三座桥。\n{SHOP}")
    assert await told(ingester(), folder / "a.txt") == [("a.txt", "replaced")]
    assert await learned() == [1, 1, 1, 0, 1]
    sent = await ingester().ingest_bytes((folder / "b.txt").read_bytes(), name="b.txt")
    assert sent.status == "unchanged"


async def test_furniture_is_learned_from_an_archive_and_corrections_beside_it_are_for_all_its_files(
    ingester: Open, folder: Path, database: Database
) -> None:
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for n in range(6):
            archive.writestr(f"{n}.txt", TEXT.format(n=n) + SHOP)
    await told(ingester(), folder)
    holdings = await Reports(database).holdings()
    assert [one.noise_characters for one in holdings] == [len(SHOP)] * 6
    # Corrections beside the archive go for all of its files.
    (folder / "all.zip.toml").write_text('publisher = "河湾镇政府"', encoding="utf-8")
    assert {status for _, status in await told(ingester(), folder)} == {"replaced"}
    assert {one.report.publisher for one in await Reports(database).holdings()} == {"河湾镇政府"}


async def test_files_are_read_anew_by_new_rules_and_the_index_follows(
    ingester: Open, folder: Path, database: Database
) -> None:
    reports, retriever = Reports(database), EmbeddedRetriever()
    index = Index(feed=Feed(database), retriever=retriever)
    write(folder, ["a.txt"], foot="河湾文印店承印，欢迎惠顾，量大从优。")

    async def hits(word: str) -> int:
        await index.catch_up()
        return len(await retriever.retrieve(Query("", "", (Term(word),)), limit=9))

    await told(ingester(), folder)
    assert await hits("b:惠顾") == 1
    ledger, (held,) = Ledger(database), await reports.ids()
    coming = await ledger.begin(held, await ledger.entries(held))  # an engine elsewhere keeps the same report
    assert await ledger.hold(coming.stamp)
    assert await ledger.reports() == {held}
    rule = "[[rule]]\nname='shop'\npattern='.*文印店.*'\nscope='line'\ntakes='某文印店'\nleaves='店'"
    elsewhere = ingester(rule)
    async with Database(database.path) as other:  # another program ingests
        elsewhere = Ingester(
            reports=Reports(other), passages=Passages(other), readings=Readings(other),
            wordings=WordingStore(other), analyzer=elsewhere._analyzer, open_analyzer=Analyzer, rules=load_rules(rule),
            limits=ReadLimits(), noise_share=1, processes=1,
        )  # fmt: skip
        assert await told(elsewhere, folder) == [("a.txt", "replaced")]
    assert await reports.ids() == {held}
    assert await ledger.reports() == frozenset()
    assert await hits("b:惠顾") == 0
    assert await hits("b:水渠") > 0


async def test_a_watched_folder_follows_corrections_and_says_what_is_gone(ingester: Open, folder: Path) -> None:
    write(folder, ["a.txt"])
    stop, came, gone = asyncio.Event(), asyncio.Queue[IngestResult](), asyncio.Queue[str]()

    async def watching() -> None:
        async with aclosing(ingester().watch(folder, stop, gone=gone.put_nowait)) as results:
            async for result in results:
                await came.put(result)

    async with asyncio.timeout(60):
        task = asyncio.create_task(watching())
        assert (await came.get()).status == "added"
        (folder / "a.toml").write_text('title = "河湾镇水利纪实"\n', encoding="utf-8")
        corrected = await came.get()
        assert (corrected.file, corrected.status, corrected.title) == ("a.txt", "replaced", "河湾镇水利纪实")
        (folder / "a.toml").unlink()
        assert (await came.get()).title == "河湾镇水利工作情况报告"
        (folder / "a.txt").unlink()
        assert await gone.get() == "a.txt"
        stop.set()
        await task
    assert came.empty()


def test_show_says_where_things_were_read(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(f"河湾县水利局文件\n河水〔2023〕18号\n\n{TEXT.format(n=3)}", encoding="utf-8")
    (folder / "a.toml").write_text("year = 2023\n", encoding="utf-8")
    home = ["--data-dir", str(tmp_path / "data")]
    assert CliRunner().invoke(cli, ["ingest", str(folder), *home]).exit_code == 0
    shown = json.loads(CliRunner().invoke(cli, ["show", "a.txt", "--json", *home]).stdout)
    assert {(each["field"], each["value"], each["origin"]) for each in shown["facts"]} >= {
        ("publisher", "河湾县水利局", "masthead"),
        ("number", "河水〔2023〕18号", "masthead"),
        ("year", "2023", "a.toml"),
    }
    assert [each["source_span"] for each in shown["facts"] if each["field"] == "number"] == [[9, 20]]
    assert "  publisher: 河湾县水利局  (masthead)" in CliRunner().invoke(cli, ["show", "a.txt", *home]).stdout
    assert ReportId(shown["id"])
