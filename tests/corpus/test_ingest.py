"""Files by the thousand get in whole, once, in order, whatever some of them hold and whenever it ends."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from corpus.analysis import Analyzer
from corpus.ingest import Ingester, IngestResult, Watch, find_files
from corpus.readers import ReadLimits
from corpus.store import Database, Passages, Readings, Reports, WordingStore
from tests.support import made_reports
from tests.support.fragile import DIES, HANGS, SWELLS, Fragile

ROOT = Path(__file__).parents[2]
TEXT = "河湾镇水利工作情况报告\n\n全镇修好水渠{n}公里，群众都说好，镇里的干部走遍了每一个村。\n"


@pytest.fixture
async def reports(tmp_path: Path) -> AsyncIterator[Reports]:
    async with Database(tmp_path / "data" / "store.sqlite3") as database:
        yield Reports(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


Open = Callable[..., Ingester]


@pytest.fixture
def ingester(reports: Reports, analyzer: Analyzer) -> Open:
    """Give a maker of ingesters on one store."""

    def make(**options: Any) -> Ingester:
        return Ingester(
            reports=options.pop("reports", reports),
            passages=Passages(database := options.pop("database", reports._database)),
            readings=Readings(database),
            wordings=WordingStore(database),
            analyzer=analyzer,
            open_analyzer=options.pop("open_analyzer", Analyzer),
            rules=(),
            limits=options.pop("limits", ReadLimits()),
            noise_share=0.3,
            **{"processes": 1, **options},
        )

    return make


def fill(folder: Path, number: int, *, paragraphs: int = 3, seed: int = 7) -> None:
    for name, text in made_reports.reports(number, seed=seed, paragraphs=paragraphs, alike=0.2):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


async def everything(ingesting: Ingester, *paths: Path, dry_run: bool = False) -> list[IngestResult]:
    return [result async for result in ingesting.ingest(paths, dry_run=dry_run)]


def content(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read what a store holds; not when it got in, nor what numbers its wordings happen to have."""
    with sqlite3.connect(store) as connection:
        read = {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608 - names below
            for table in ("articles", "headings", "passages", "noise", "readings", "facts", "archives")
        }
        read["reports"] = connection.execute(
            "SELECT id, digest, file, title, publisher, published, year, number, place, text FROM reports ORDER BY id"
        ).fetchall()
        read["said"] = connection.execute(
            "SELECT s.report, s.n, w.digest, w.bands FROM said s JOIN wordings w ON w.id = s.wording ORDER BY 1, 2"
        ).fetchall()
        read["alike"] = connection.execute(
            "SELECT a.digest, b.digest FROM alike JOIN wordings a ON a.id = wording JOIN wordings b ON b.id = other"
            " ORDER BY 1, 2"
        ).fetchall()
        read["sketches"] = connection.execute("SELECT report, signature FROM sketches ORDER BY 1").fetchall()
        read["broken"] = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    return read


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_clutter_and_sidecars_are_passed_over_and_the_rest_comes_in_order(folder: Path) -> None:
    for name in (
        "b.txt", "a.txt", "a.toml", "a.txt.toml", "Thumbs.db", "desktop.ini", ".hidden.txt", "~$b.docx",
        ".git/x.txt", "__MACOSX/b.txt", "sub/c.txt", "sub/settings.toml", "z.xls",
    ):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    assert [found.name for found in find_files([folder])] == [
        "a.txt",
        "b.txt",
        "z.xls",
        "sub/c.txt",
        "sub/settings.toml",
    ]


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for file in (outside / "secret.txt", folder / "real.txt"):
        file.write_text("x", encoding="utf-8")
    (folder / "away.txt").symlink_to(outside / "secret.txt")
    (folder / "away").symlink_to(outside)
    (folder / "here.txt").symlink_to(folder / "real.txt")
    found = {one.name: one.refusal for one in find_files([folder])}
    assert found == {
        "away.txt": "away.txt: this is a link that leads out of the folder; give the file itself.",
        "away": "away: this is a link that leads out of the folder; give the file itself.",
        "here.txt": None,
        "real.txt": None,
    }


def test_two_files_of_one_name_do_not_take_each_others_place_unsaid(folder: Path) -> None:
    for name in ("2023/报告.txt", "2024/报告.txt"):
        (folder / name).parent.mkdir()
        (folder / name).write_text(name, encoding="utf-8")
    first, second = find_files([folder / "2023", folder / "2024"])
    assert (first.refusal, second.name) == (None, "报告.txt")
    assert "give the folder that holds both" in (second.refusal or "")
    assert len(list(find_files([folder / "2023", folder / "2023"]))) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_name_in_an_old_encoding_becomes_readable(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + "报告.txt".encode("gb18030"))).write_bytes(b"x")
    assert [found.name for found in find_files([folder])] == ["报告.txt"]


# ── what becomes of files ────────────────────────────────────────────────────────────────────────────────────────────


async def test_files_are_added_unchanged_replaced_or_failed_and_stop_nothing(ingester: Open, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    (folder / "b.txt").write_bytes(b"\x00\x01\x02" * 9)
    (folder / "c.xls").write_bytes(b"x")
    (folder / "d.txt").write_text(TEXT.format(n=2), encoding="utf-8")
    first = await everything(ingester(), folder)
    assert [(one.file, one.status) for one in first] == [
        ("a.txt", "added"), ("b.txt", "failed"), ("c.xls", "failed"), ("d.txt", "added"),
    ]  # fmt: skip
    assert first[2].error == "c.xls: files of the kind .xls are not read; save it as text."
    (folder / "d.txt").write_text(TEXT.format(n=3), encoding="utf-8")
    again = await everything(ingester(), folder, folder / "missing.txt")
    assert [one.status for one in again] == ["unchanged", "failed", "failed", "replaced", "failed"]
    assert (again[0].title, again[0].passages) == (first[0].title, first[0].passages)
    assert again[4].error == "missing.txt: there is no such file."


async def test_a_dry_run_says_the_same_and_changes_nothing(ingester: Open, folder: Path, reports: Reports) -> None:
    fill(folder, 3)
    path = reports._database.path
    before = content(path)
    would = await everything(ingester(), folder, dry_run=True)
    assert content(path) == before
    did = await everything(ingester(), folder)
    told = [(one.file, one.status, one.report, one.passages, one.noise_characters) for one in did]
    assert told == [(one.file, one.status, one.report, one.passages, one.noise_characters) for one in would]


async def test_a_file_no_reader_takes_is_not_read_and_a_pipe_is_not_waited_for(ingester: Open, folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    with (folder / "film.mp4").open("wb") as film:
        film.truncate(1 << 40)
    async with asyncio.timeout(30):
        results = await everything(ingester(limits=ReadLimits(bytes=1000)), folder)
    assert [(one.file, one.status) for one in results] == [("film.mp4", "failed"), ("pipe.txt", "failed")]
    assert (results[0].error or "").startswith("film.mp4: files of the kind .mp4 are not read")
    assert results[1].error == "pipe.txt: this is not a file."


async def test_every_file_of_an_archive_is_told_of_and_a_bad_one_stops_none(ingester: Open, folder: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.txt", TEXT.format(n=1))
        archive.writestr("乙.txt", b"")
        archive.writestr("丙/丁.md", TEXT.format(n=2))
    (folder / "年报.zip").write_bytes(packed.getvalue())
    with zipfile.ZipFile(folder / "空.zip", "w"):
        pass
    results = await everything(ingester(), folder)
    assert [(one.file, one.status) for one in results if one.status == "added"] == [
        ("年报.zip/甲.txt", "added"), ("年报.zip/丙/丁.md", "added"),
    ]  # fmt: skip
    assert sorted(one.error or "" for one in results if one.status == "failed") == [
        "年报.zip/乙.txt: the file is empty.",
        "空.zip: there is no file in it that could be read.",
    ]
    assert {one.status for one in await everything(ingester(), folder)} == {"unchanged", "failed"}


async def test_a_file_that_kills_hangs_or_swells_its_process_is_one_failed_file(ingester: Open, folder: Path) -> None:
    for n, trouble in enumerate(["", DIES, "", HANGS, SWELLS, ""]):
        page = f"<html><body><h1>{n}号报告</h1><p>{TEXT.format(n=n)}{trouble}</p></body></html>"
        (folder / f"{n}.html").write_text(page, encoding="utf-8")
    ingesting = ingester(open_analyzer=Fragile, processes=2, file_seconds=5, memory_bytes=1 << 30)
    results = await everything(ingesting, folder)
    assert [one.status for one in results] == ["added", "failed", "added", "failed", "failed", "added"]
    assert "the process that read it ended (SIGKILL)" in (results[1].error or "")
    assert results[3].error == (
        "3.html: reading it took longer than 5 seconds; split the file or raise ingest.file_seconds."
    )
    assert "more memory than ingest.memory_bytes allows" in (results[4].error or "")


async def test_many_processes_store_what_one_does_and_tell_it_in_the_same_order(
    ingester: Open, folder: Path, tmp_path: Path, reports: Reports
) -> None:
    fill(folder, 24)
    (folder / "000" / "00007-copy.txt").write_bytes((folder / "000" / "00007.txt").read_bytes())
    (folder / "000" / "bad.txt").write_bytes(b"")
    single = await everything(ingester(), folder)
    async with Database(tmp_path / "other.sqlite3") as database:
        ingesting = ingester(reports=Reports(database), database=database, processes=2)
        parallel = await everything(ingesting, folder)
    told = [(one.file, one.status, one.report, one.passages, one.duplicates, one.warnings) for one in single]
    assert told == [(one.file, one.status, one.report, one.passages, one.duplicates, one.warnings) for one in parallel]
    assert content(tmp_path / "other.sqlite3") == content(reports._database.path)
    assert {one.status for one in single} == {"added", "unchanged", "failed"}
    assert sum(one.duplicates for one in single) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_whoever_stops_listening_leaves_no_process_behind(ingester: Open, folder: Path) -> None:
    fill(folder, 14, paragraphs=1)
    before = children()
    async with aclosing(ingester(processes=2).ingest([folder])) as results:
        async for _ in results:
            break
    assert children() <= before


def children() -> set[int]:
    """Name the processes that this one has started and not waited for."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


# ── ended at any moment ──────────────────────────────────────────────────────────────────────────────────────────────


def command(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


class Forking:
    """Run ``yinju ingest`` in forked processes that can be killed."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.pipe = home / "told"
        os.mkfifo(self.pipe)
        self.arguments = ["ingest", str(folder), "--json", "--data-dir"]
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking", str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, store: Path, *, kill_after: int | None = None, kill_later: float = 0.0) -> tuple[int, Counter[str]]:
        """Run it, to the end or until so many files were added and a moment passed; tell what it told."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps([[*self.arguments, str(store)], str(self.pipe)]) + "\n")
        self.server.stdin.flush()
        pid = int(self.server.stdout.readline())
        told: Counter[str] = Counter()
        with self.pipe.open(encoding="utf-8") as pipe:
            while (kill_after is None or told["added"] < kill_after) and (line := pipe.readline()):
                told[json.loads(line)["status"]] += 1
            if kill_after is not None:
                time.sleep(kill_later)
                os.kill(pid, signal.SIGKILL)
        return int(self.server.stdout.readline()), told

    def close(self) -> None:
        self.server.communicate()


def test_killed_at_ten_random_moments_and_resumed_the_store_is_as_if_undisturbed(folder: Path, tmp_path: Path) -> None:
    chance = Random(41)
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    waiting = made_reports.reports(60, seed=7, paragraphs=2, alike=0.3)
    held, codes = 0, []

    def fill_up() -> int:
        while len(list(folder.glob("*.txt"))) < held + 6:
            name, text = next(waiting)
            # What a folder's files have in common is learned anew as it grows, and is the same.
            file = folder / name.replace("/", "-")
            file.write_text(f"{text}\n更多材料请关注公众号 hewanwenku\n", encoding="utf-8")
            file.with_suffix(".toml").write_text('publisher = "河湾镇"\n', encoding="utf-8")
        return len(list(folder.glob("*.txt")))

    with closing(Forking(folder, tmp_path)) as forking:
        for _ in range(10):
            fill_up()
            # A file takes some hundredths of a second: the moment falls before, into or after one of the transactions.
            code, _ = forking.run(killed, kill_after=chance.randint(0, 4), kill_later=chance.uniform(0, 0.1))
            codes.append(code)
            if (killed / "yinju.sqlite3").exists():
                with suppress(sqlite3.OperationalError):  # killed before there were tables
                    held = len(content(killed / "yinju.sqlite3")["reports"])
        files = fill_up()
        code, told = forking.run(killed)
    assert codes.count(-signal.SIGKILL) > 5  # a few had done their six files before the moment came
    assert held > 0
    assert (code, told) == (0, Counter(added=files - held, unchanged=held))
    assert command("ingest", folder, "--data-dir", undisturbed).communicate()
    assert content(killed / "yinju.sqlite3") == content(undisturbed / "yinju.sqlite3")
    found = content(killed / "yinju.sqlite3")
    assert len(found["readings"]) == len(found["facts"]) == files
    assert sum("learned-furniture" in row for row in found["noise"]) == files


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_ingest_takes_its_reading_processes_along(folder: Path, tmp_path: Path) -> None:
    fill(folder, 20, paragraphs=1)
    process = command("ingest", folder, "--data-dir", tmp_path / "data")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (readers := children.read_text(encoding="ascii").split()):
        time.sleep(0.02)
    process.kill()
    process.communicate()
    ends = time.monotonic() + 60
    while any(Path("/proc", pid).exists() for pid in readers) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not any(Path("/proc", pid).exists() for pid in readers)


def test_ctrl_c_ends_it_with_130_and_a_summary_in_the_log(folder: Path, tmp_path: Path) -> None:
    fill(folder, 200, paragraphs=1)
    process = command("ingest", folder, "--data-dir", tmp_path / "data", "--log", tmp_path / "log.jsonl")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["event"] == "interrupted"
    assert lines[-1]["added"] == len(lines) - 1 == len(content(tmp_path / "data" / "yinju.sqlite3")["reports"])


# ── watching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_watched_folder_is_kept_up_with_and_half_a_file_is_waited_for(
    ingester: Open, folder: Path, reports: Reports
) -> None:
    (folder / "old.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    stop, came = asyncio.Event(), asyncio.Queue[IngestResult]()

    async def watching() -> None:
        async with aclosing(ingester().watch(folder, stop)) as results:
            async for result in results:
                await came.put(result)

    async with asyncio.timeout(60):
        task = asyncio.create_task(watching())
        assert (await came.get()).file == "old.txt"
        with (folder / "slow.txt").open("w", encoding="utf-8") as slow:
            for part in TEXT.format(n=2).splitlines(keepends=True):
                slow.write(part)
                slow.flush()
                await asyncio.sleep(0.3)
        written = await came.get()
        assert (written.file, written.status) == ("slow.txt", "added")
        assert await reports.source(written.report) == TEXT.format(n=2)  # type: ignore[arg-type]
        (folder / "sub").mkdir()
        (folder / "sub" / "new.txt").write_text(TEXT.format(n=3), encoding="utf-8")
        (folder / "sub" / ".part.txt").write_text("x", encoding="utf-8")
        assert (await came.get()).file == "sub/new.txt"
        (folder / "old.txt").write_text(TEXT.format(n=4), encoding="utf-8")
        changed = await came.get()
        assert (changed.file, changed.status) == ("old.txt", "replaced")
        stop.set()
        await task
    assert came.empty()
    assert len(await reports.ids()) == 3


async def test_a_file_that_came_before_the_watch_began_to_look_is_told_of(folder: Path) -> None:
    (folder / "old.txt").write_text("x", encoding="utf-8")
    stop = asyncio.Event()
    async with asyncio.timeout(60), aclosing(Watch(folder, quiet=0.2).batches(stop)) as batches:
        assert [found.name for found in await anext(batches)] == ["old.txt"]
        (folder / "early.txt").write_text("x", encoding="utf-8")
        assert [found.name for found in await anext(batches)] == ["early.txt"]
        stop.set()
        assert [found async for found in batches] == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_watching_ends_cleanly_when_told_to(folder: Path, tmp_path: Path, sent: signal.Signals) -> None:
    (folder / "a.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    process = command("ingest", "--watch", folder, "--data-dir", tmp_path / "data", "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["status"] == "added"
    process.send_signal(sent)
    process.communicate(timeout=60)
    assert process.returncode == 0


# ── what people see ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_summary_and_a_log_say_what_became_of_all_files(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    (folder / "b.txt").write_text(TEXT.format(n=1) + "全镇种树三千亩，成活率九成。\n", encoding="utf-8")
    (folder / "evil\nname.xls").write_text("x", encoding="utf-8")
    log = tmp_path / "log.jsonl"
    arguments = ["ingest", str(folder), "--data-dir", str(tmp_path / "data"), "--log", str(log)]
    said = CliRunner().invoke(cli, arguments)
    assert "2 added, 1 failed.\n1 passages say what other reports say; they are shown once." in said.stderr
    assert "evil\\u{a}name.xls: files of the kind .xls are not read" in said.stderr
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["event"], line.get("file")) for line in lines] == [
        ("file", "a.txt"), ("file", "b.txt"), ("file", "evil\nname.xls"), ("done", None),
    ]  # fmt: skip
    assert (lines[-1]["added"], lines[-1]["failed"], lines[-1]["duplicates"]) == (2, 1, 1)


@pytest.mark.parametrize("arguments", [[], ["--watch", ".", "x.txt"], ["--watch", ".", "--dry-run"]])
def test_what_does_not_go_together_is_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["ingest", *arguments]).exit_code == 2


def test_what_two_reports_say_is_quoted_once_with_where_else_it_stands(folder: Path, tmp_path: Path) -> None:
    for name, more in (
        ("甲.txt", "全镇种树三千亩。"),
        ("乙.txt", "镇上添了一座阅览室。"),
        ("丙.txt", "药房夜里也开门。"),
    ):
        (folder / name).write_text(TEXT.format(n=12 if name != "丙.txt" else 13) + more + "\n", encoding="utf-8")
    home = ["--data-dir", str(tmp_path / "data")]
    assert CliRunner().invoke(cli, ["ingest", str(folder), *home]).exit_code == 0
    answer = json.loads(CliRunner().invoke(cli, ["ask", "全镇修好水渠多少公里？", "--json", *home]).stdout)
    found = [(one["report"]["file"], len(one["also_in"])) for one in answer["quotes"] if "水渠" in one["text"]]
    assert sorted(found) == [("丙.txt", 0), ("乙.txt", 1)] or sorted(found) == [("丙.txt", 0), ("甲.txt", 1)]
