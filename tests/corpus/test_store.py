"""What callers of the store may rely on."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.entries import entries
from corpus.errors import StoreError, UnknownPassage, UnknownReport
from corpus.model import Article, Heading, Noise, Parsed, Passage, PassageId, Report, ReportId, Span
from corpus.store import Conversations, Database, Feed, KeptAnswer, Ledger, Outlines, Passages, Reports
from corpus.store.database import steps

A, B = "a" * 64, "b" * 64


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.sqlite3") as opened:
        yield opened


@pytest.fixture
def reports(database: Database) -> Reports:
    return Reports(database)


@pytest.fixture
def passages(database: Database) -> Passages:
    return Passages(database)


@pytest.fixture
def feed(database: Database) -> Feed:
    return Feed(database)


def parsed(digest: str, file: str = "河东.txt", *, first: str = "河东县新修水渠九条。") -> Parsed:
    """Make a report of three passages whose text is its source, line by line."""
    report = Report(ReportId(digest[:12]), file, "河东县水利工作", "河东县水利局", "2024-03-05", 2024, None, "河东县")
    texts = [first, "全县投入劳力三千人。", "灌溉面积扩大一成。"]
    source = "\n".join(["一、水利", *texts])
    article = Article(1, "河东县水利工作", "河东县水利局")
    passages, at = [], len("一、水利\n")
    for number, text in enumerate(texts, 1):
        piece = Span(at, at + len(text))
        name = PassageId(f"{report.id}-{number}")
        passages.append(Passage(name, report, article, ("一、水利",), number, text, (piece,), page=2))
        at += len(text) + 1
    return Parsed(
        report=report,
        articles=(article,),
        headings=(Heading("一、水利", "own_line", 1, 1, 1, (Span(0, 4),)),),
        passages=tuple(passages),
        noise=(Noise("advert", Span(0, 0), 1, ""),),
        text=source,
    )


def bags(report: Parsed) -> list[list[str]]:
    return [list(passage.text) for passage in report.passages]


async def test_what_was_added_comes_back_as_it_was(
    database: Database, reports: Reports, passages: Passages, feed: Feed
) -> None:
    report = parsed(A)
    assert await reports.add(report, bags(report), digest=A, analyzer="x") == "added"
    ids = [passage.id for passage in report.passages]
    assert await passages.read(ids) == list(report.passages)
    assert await passages.article(report.passages[1]) == list(report.passages)
    assert await Outlines(database).headings(report.report.id) == list(report.headings)
    assert await reports.noise(report.report.id) == list(report.noise)
    assert await reports.source(report.report.id) == report.text
    stored = [(one.passage_id, one.terms) for one in await feed.entries(report.report.id)]
    assert stored == list(zip(ids, bags(report), strict=True))
    assert await feed.analyzer() == "x"
    (held,) = await reports.holdings()
    assert (held.report, held.articles, held.passages, held.characters) == (report.report, 1, 3, len(report.text))


async def test_an_engine_is_given_the_years_and_units_of_each_passage(reports: Reports, feed: Feed) -> None:
    report = parsed(A)
    told = [["水渠", "y:2023", "d:2023"], ["y:2024", "p:2024", "y:2026", "p:2026"], []]
    await reports.add(report, told, digest=A, analyzer="x")
    given = await feed.entries(report.report.id)
    assert [one.years for one in given] == [{2023, 2024}, {2024, 2026}, {2024}]
    assert {one.units for one in given} == {frozenset({"河东县水利局", "河东县"})}
    assert await reports.units() == {"河东县水利局", "河东县"}
    assert entries(report.passages, told) == given


async def test_the_same_bytes_again_change_nothing(reports: Reports) -> None:
    report = parsed(A)
    await reports.add(report, bags(report), digest=A, analyzer="x")
    assert await reports.status(file="河东.txt", digest=A) == ("unchanged", report.report.id)
    assert await reports.add(report, bags(report), digest=A, analyzer="x") == "unchanged"
    assert await reports.status(file="别名.txt", digest=A) == ("unchanged", report.report.id)
    assert len(await reports.ids()) == 1


async def test_the_same_name_with_other_bytes_takes_the_old_ones_place(reports: Reports, passages: Passages) -> None:
    old, new = parsed(A), parsed(B, first="河东县新修水渠十条。")
    await reports.add(old, bags(old), digest=A, analyzer="x")
    assert await reports.status(file="河东.txt", digest=B) == ("replaced", old.report.id)
    assert await reports.add(new, bags(new), digest=B, analyzer="x") == "replaced"
    assert await reports.ids() == {new.report.id}
    assert await passages.read([old.passages[0].id]) == []
    assert await reports.gone(old.report.id) == "河东.txt"
    assert await reports.gone(new.report.id) is None


async def test_a_name_given_to_bytes_that_are_held_elsewhere_leaves_the_other_name_in_place(reports: Reports) -> None:
    one, other = parsed(A, "甲.txt"), parsed(B, "乙.txt", first="河西县修路十里。")
    await reports.add(one, bags(one), digest=A, analyzer="x")
    await reports.add(other, bags(other), digest=B, analyzer="x")
    renamed = parsed(A, "乙.txt")
    assert await reports.add(renamed, bags(renamed), digest=A, analyzer="x") == "replaced"
    assert [held.report.file for held in await reports.holdings()] == ["甲.txt"]


async def test_the_old_report_answers_until_the_new_one_is_whole(reports: Reports, database: Database) -> None:
    old, new = parsed(A), parsed(B)
    await reports.add(old, bags(old), digest=A, analyzer="x")
    seen = []

    class Slow(list[list[str]]):
        """Look at the store from outside while the new report is being written."""

        def __iter__(self):  # type: ignore[no-untyped-def]
            other = sqlite3.connect(database.path)
            seen.append(other.execute("SELECT id FROM reports").fetchall())
            other.close()
            return super().__iter__()

    await reports.add(new, Slow(bags(new)), digest=B, analyzer="x")
    assert seen == [[(old.report.id,)]]
    assert await reports.ids() == {new.report.id}


async def test_a_write_that_fails_in_the_middle_leaves_nothing(reports: Reports) -> None:
    report = parsed(A)
    broken = replace(report, passages=(*report.passages, report.passages[0]))  # the same number twice
    with pytest.raises(sqlite3.IntegrityError):
        await reports.add(broken, [[]] * 4, digest=A, analyzer="x")
    assert await reports.ids() == frozenset()
    assert await reports.add(report, bags(report), digest=A, analyzer="x") == "added"


async def test_two_tasks_that_write_do_not_share_a_transaction(reports: Reports) -> None:
    good, broken = parsed(A, "甲.txt"), parsed(B, "乙.txt")
    broken = replace(broken, passages=(*broken.passages, broken.passages[0]))
    outcomes = await asyncio.gather(
        reports.add(broken, [[]] * 4, digest=B, analyzer="x"),
        reports.add(good, bags(good), digest=A, analyzer="x"),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], sqlite3.IntegrityError)
    assert outcomes[1] == "added"
    assert await reports.ids() == {good.report.id}


INSERT = "INSERT INTO updates (id, body, at) VALUES (?, ?, 0)"


async def test_what_waits_is_written_together_and_each_is_done_or_fails_by_itself(database: Database) -> None:
    said: list[str] = []
    async with database.transaction():
        waiting = [asyncio.create_task(database.write(INSERT, (n, "{}"))) for n in (1, 2, 2, 3)]
        await asyncio.sleep(0)
        await database._writer.set_trace_callback(said.append)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in outcomes] == [int, int, sqlite3.IntegrityError, int]
    assert await database.rows("SELECT id FROM updates") == [(1,), (2,), (3,)]
    assert said.count("COMMIT") == 2  # of the transaction that held them up, and of all of them


async def test_who_gives_up_takes_nobody_else_along(database: Database) -> None:
    async with database.transaction():
        first, second, third = (asyncio.create_task(database.write(INSERT, (n, "{}"))) for n in (1, 2, 3))
        await asyncio.sleep(0)
        second.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()  # while it writes for the third, too
    assert await third == 1
    assert set(await database.rows("SELECT id FROM updates")) >= {(3,)}
    assert (2,) not in await database.rows("SELECT id FROM updates")


async def test_a_transaction_whose_task_is_cancelled_is_done_or_undone_and_the_next_goes_on(database: Database) -> None:
    async def write(begin: int) -> None:
        async with database.transaction() as transaction:
            transaction.executemany(INSERT, [(begin + n, "{}") for n in range(500)])
            await transaction.rows("SELECT 1")
            transaction.execute("DELETE FROM updates WHERE id = ?", (begin,))

    for turns in range(12):
        task = asyncio.create_task(write(turns * 1000))
        for _ in range(turns):
            await asyncio.sleep(turns / 5000)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        [(there,)] = await database.rows("SELECT count(*) FROM updates WHERE id >= ?", (turns * 1000,))
        assert there in (0, 499)
    assert await database.write(INSERT, (999_999, "{}")) == 1


async def test_where_the_whole_transaction_is_given_up_everybody_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(connection: sqlite3.Connection, writes: object) -> list[int]:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("corpus.store.database.together", full)
    async with database.transaction():
        waiting = [asyncio.create_task(database.write(INSERT, (n, "{}"))) for n in (1, 2)]
        await asyncio.sleep(0)
    for one in waiting:
        with pytest.raises(StoreError, match="the disk is full"):
            await one
    assert await database.write(INSERT, (1, "{}")) == 1


async def test_removing_a_report_takes_all_of_it_and_remembers_its_name(reports: Reports, database: Database) -> None:
    report = parsed(A)
    await reports.add(report, bags(report), digest=A, analyzer="x")
    await reports.remove(report.report.id)
    for table in ("reports", "articles", "headings", "passages", "noise"):
        assert await database.rows(f"SELECT * FROM {table}") == []  # noqa: S608 - the names are written above
    assert await reports.gone(report.report.id) == "河东.txt"


async def test_passages_come_in_the_order_asked_and_strangers_ids_do_no_harm(
    reports: Reports, passages: Passages
) -> None:
    report = parsed(A)
    await reports.add(report, bags(report), digest=A, analyzer="x")
    third, first = report.passages[2].id, report.passages[0].id
    strange = [PassageId(text) for text in ("", "x", "-1", "a-b-c", "' OR 1=1 --", f"{A[:12]}-99", f"{A[:12]}-９")]
    assert [one.id for one in await passages.read([third, *strange, first])] == [third, first]
    with pytest.raises(UnknownPassage):
        await passages.one(PassageId("nothing-1"))


async def test_a_report_is_found_by_id_beginning_file_or_title(reports: Reports) -> None:
    report = parsed(A)
    await reports.add(report, bags(report), digest=A, analyzer="x")
    for name in (A[:12], A[:4], "河东.txt", "河东县水利工作"):
        assert await reports.find(name) == report.report.id
    with pytest.raises(UnknownReport, match="yinju reports"):
        await reports.find("河西")


async def test_a_name_that_fits_two_reports_is_an_error_that_names_both(reports: Reports) -> None:
    one, other = parsed(A, "甲.txt"), parsed(B, "乙.txt")
    await reports.add(one, bags(one), digest=A, analyzer="x")
    await reports.add(other, bags(other), digest=B, analyzer="x")
    with pytest.raises(UnknownReport, match=f"{one.report.id}.*{other.report.id}|{other.report.id}.*{one.report.id}"):
        await reports.find("河东县水利工作")


async def test_every_state_of_the_reports_has_a_mark_of_its_own(
    database: Database, reports: Reports, feed: Feed
) -> None:
    before = await feed.mark()
    async with Database(database.path) as other:
        await Reports(other).add(parsed(A), bags(parsed(A)), digest=A, analyzer="x")
    added = await feed.mark()
    await Conversations(database).receive(1, "{}")
    assert await feed.mark() == added != before
    await reports.remove(parsed(A).report.id)
    removed = await feed.mark()
    await Ledger(database).start_anew()  # the engine lost what it held, and an index has to follow anew
    assert len({before, added, removed, await feed.mark()}) == 4


async def test_a_store_from_before_passages_were_found_by_an_index_keeps_all_that_was_said(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "store")) as old:
        for step in steps()[:12]:
            old.executescript(step)
        old.execute("PRAGMA user_version = 12")
        for report in "ab":
            old.execute("INSERT INTO reports VALUES (?1, ?1, ?1, '', '', '', 1, '', '', '', 0, 0)", (report,))
            old.execute("INSERT INTO wordings (digest, bands) VALUES (?, '')", (report,))
            for n in (1, 2):
                old.execute(
                    "INSERT INTO passages VALUES (?, ?, 1, '[]', 1, ?, '[]', NULL, NULL, '')", (report, n, "文" * n)
                )
                old.execute("INSERT INTO said SELECT ?, ?, max(id) FROM wordings", (report, n))
        old.commit()
    async with Database(tmp_path / "store") as database:
        assert await database.rows("SELECT report, n, text FROM passages ORDER BY report, n") == [
            ("a", 1, "文"), ("a", 2, "文文"), ("b", 1, "文"), ("b", 2, "文文"),
        ]  # fmt: skip
        assert await database.rows("SELECT * FROM said") == [("a", 1, 1), ("a", 2, 1), ("b", 1, 2), ("b", 2, 2)]
        assert await database.check() == []
        await Reports(database).remove(ReportId("a"))
        assert await database.rows("SELECT DISTINCT report FROM passages") == [("b",)]
        assert await database.rows("SELECT * FROM said") == [("b", 1, 2), ("b", 2, 2)]
        assert await database.rows("SELECT id FROM wordings") == [(2,)]


async def test_the_file_and_its_folder_belong_to_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.sqlite3"
    async with Database(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    path, report = tmp_path / "store.sqlite3", parsed(A)
    async with Database(path) as database:
        await Reports(database).add(report, bags(report), digest=A, analyzer="x")
    async with Database(path) as database:
        assert await Reports(database).ids() == {report.report.id}


async def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    async with Database(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(StoreError, match="newer Yinju"):
        async with Database(path):
            pass


async def test_a_file_that_is_no_store_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="damaged or not a store"):
        async with Database(path):
            pass


async def test_a_locked_store_is_an_error_that_says_who_to_wait_for(
    database: Database, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database._writer.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program is writing"):
        await reports.add(parsed(A), bags(parsed(A)), digest=A, analyzer="x")
    other.execute("ROLLBACK")
    other.close()
    assert await reports.add(parsed(A), bags(parsed(A)), digest=A, analyzer="x") == "added"


async def test_a_full_disk_is_an_error_and_nothing_is_half_written(database: Database, reports: Reports) -> None:
    pages = (await database.row("PRAGMA page_count") or (0,))[0]
    await database._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    report = parsed(A, first="很长的一段。" * 20_000)
    with pytest.raises(StoreError, match="disk is full"):
        await reports.add(report, bags(report), digest=A, analyzer="x")
    await database._writer.execute("PRAGMA max_page_count = 1000000")
    assert await reports.ids() == frozenset()
    assert await reports.add(report, bags(report), digest=A, analyzer="x") == "added"


async def test_an_update_is_received_once_and_waits_until_it_is_dealt_with(database: Database) -> None:
    conversations = Conversations(database)
    assert await conversations.receive(7, '{"update_id": 7}')
    assert not await conversations.receive(7, '{"update_id": 7}')
    assert await conversations.unfinished() == ['{"update_id": 7}']
    await conversations.done(7)
    assert await conversations.unfinished() == []
    assert not await conversations.receive(7, '{"update_id": 7}')


async def test_an_answer_is_kept_and_found_by_its_message_and_its_question(database: Database) -> None:
    conversations = Conversations(database)
    kept = KeptAnswer("x1", -5, 9, None, 33, "多少？", ("先前的",), "answer", {"quotes": [1]}, 100.0)
    await conversations.keep(kept)
    await conversations.shown("x1", message=44)
    kept = replace(kept, message=44)
    assert await conversations.answer("x1") == kept
    assert await conversations.answer_in(chat=-5, message=44) == kept
    assert await conversations.answer_to(chat=-5, asked_in=33) == kept
    assert await conversations.last_answer(chat=-5, owner=9, now=1e10) == kept
    assert await conversations.answer_in(chat=-6, message=44) is None
    await conversations.forget_before(101.0)
    assert await conversations.answer("x1") is None
