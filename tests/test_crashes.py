"""Killed at every step, started again: a report is in whole or not at all; a question is answered, and not twice."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.offline import Message, OfflineTelegram, User
from config.layers import load
from corpus import bootstrap
from corpus.analysis import Analyzer
from corpus.bootstrap import STORE, open_library
from corpus.store.backup import back_up
from corpus.store.database import steps as schema_steps
from corpus.verifying import verify
from tests.support.counts import counts
from tests.support.loopback import Loopback
from tests.support.reports import VILLAGES, WATER

ROOT = Path(__file__).parent.parent
ASKED = "石桥村发现了多少个隐患"
FOUND = "隐患27个"
NEWER = WATER.replace("渗漏点15处", "渗漏点16处")
KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    loaded = Analyzer()
    loaded.warm()
    return loaded


@pytest.fixture(autouse=True)
def _one_analyzer(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "Analyzer", lambda cache_dir: analyzer)


@dataclass
class Ran:
    """Tell what came of a run: its exit status, the steps it took, what it said."""

    status: int
    steps: list[str]
    out: str
    err: str


class Runner:
    """Run the command in forked processes, to the end or to a step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crashing", str(folder)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."},
        )  # fmt: skip

    def start(self, home: Path, *arguments: object, at: int | None = None, **environment: str) -> int:
        """Start it, to be killed *at* a step; return its pid."""
        assert self.server.stdin
        assert self.server.stdout
        order = {
            "arguments": ["--data-dir", str(home), *map(str, arguments)], "at": at, "environment": environment,
            "steps": str(self.folder / "steps"), "out": str(self.folder / "out"), "err": str(self.folder / "err"),
        }  # fmt: skip
        self.server.stdin.write(json.dumps(order) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def wait(self) -> Ran:
        """Wait until it has ended."""
        assert self.server.stdout
        status = int(self.server.stdout.readline())
        files = [(self.folder / name).read_text("utf-8") for name in ("steps", "out", "err")]
        return Ran(status, files[0].splitlines(), *files[1:])

    def run(self, home: Path, *arguments: object, at: int | None = None) -> Ran:
        """Start it and wait."""
        self.start(home, *arguments, at=at)
        return self.wait()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    running = Runner(tmp_path_factory.mktemp("crashing"))
    yield running
    assert running.server.stdin
    assert running.server.stdout
    running.server.stdin.close()
    running.server.wait(30)
    running.server.stdout.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, text in {"villages.md": VILLAGES, "water.md": WATER, "newer/water.md": NEWER}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, runner: Runner, files: Path) -> Path:
    """Give a data directory with one report, and an index that knows it."""
    home = tmp_path_factory.mktemp("held") / "home"
    assert runner.run(home, "ingest", files / "villages.md").status == 0
    assert runner.run(home, "ask", ASKED).status == 0
    return home


def content(home: Path) -> dict[str, list[Any]]:
    """Give all that the store holds of reports."""
    tables = ("reports", "articles", "headings", "passages", "noise", "said", "alike")
    with closing(sqlite3.connect(home / STORE)) as connection:
        found = {}
        for table in tables:
            rows = [tuple(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - the names above
            found[table] = sorted((row[:-1] if table == "reports" else row for row in rows), key=repr)
        return found


async def sound(home: Path) -> list[str]:
    """Open what is on disk as any program would; list what is wrong with it."""
    async with open_library(load(data_dir=home)) as library:
        return [f"{one.name}: {line}" async for one in verify(library) for line in one.wrong]


def chosen(steps: list[str], *, every: bool, most: int = 10_000) -> list[int]:
    """Choose where to kill: at each step, or at each name once, evenly spread where these are too many."""
    if every:
        return list(range(len(steps)))
    once = list({name: n for n, name in reversed(list(enumerate(steps)))}.values())[::-1]
    return once if len(once) <= most else [once[n * len(once) // most] for n in range(most)]


long = pytest.param(True, marks=pytest.mark.torture, id="every")
FORMS = pytest.mark.parametrize("every", [pytest.param(False, id="names"), long])


# ── The store ────────────────────────────────────────────────────────────────────────────────────────────────────────


ACTS: dict[str, tuple[Callable[[Path], list[object]], bool]] = {
    # What is done, and whether to a data directory that holds something.
    "ingest into nothing": (lambda files: ["ingest", files / "water.md"], False),
    "ingest": (lambda files: ["ingest", files / "water.md"], True),
    "replace": (lambda files: ["ingest", files / "newer" / "water.md"], True),
    "remove": (lambda files: ["remove", "water.md", "--yes"], True),
    "index": (lambda files: ["ask", "水库巡查多少次"], True),
}


@pytest.mark.parametrize("act", ACTS)
@FORMS
async def test_killed_while_reports_change_each_is_in_whole_or_not_at_all(
    runner: Runner, files: Path, held: Path, tmp_path: Path, act: str, every: bool
) -> None:
    arguments, something = ACTS[act]
    before = tmp_path / "before"
    if something:
        shutil.copytree(held, before)
    if act in ("replace", "remove", "index"):
        assert runner.run(before, "ingest", files / "water.md").status == 0
    old = content(before) if something else None

    undisturbed = tmp_path / "undisturbed"
    if something:
        shutil.copytree(before, undisturbed)
    ran = runner.run(undisturbed, *arguments(files))
    assert ran.status == 0, ran.err
    new = content(undisturbed)
    for number in chosen(ran.steps, every=every, most=3):
        home = tmp_path / f"{number}"
        if something:
            shutil.copytree(before, home)
        killed = runner.run(home, *arguments(files), at=number)
        if killed.status != KILLED:
            continue  # tasks of two threads do not always take as many steps
        assert await sound(home) == [], (act, ran.steps[number])
        found = content(home)
        assert found in ([old, new] if old else [new]) or not found["reports"], (act, ran.steps[number])
        again = runner.run(home, *arguments(files))
        removed = act == "remove" and found == new
        assert again.status == (1 if removed else 0), (ran.steps[number], again.err)
        assert content(home) == new, (act, ran.steps[number])
        assert await sound(home) == []
        counts["kills survived"] += 1
        shutil.rmtree(home)


@FORMS
async def test_killed_while_the_store_is_migrated_it_is_migrated_by_the_next_start(
    runner: Runner, tmp_path: Path, every: bool
) -> None:
    whole = tmp_path / "whole"
    assert runner.run(whole, "reports").status == 0

    def schema(home: Path) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(home / STORE)) as connection:
            [version] = connection.execute("PRAGMA user_version").fetchall()
            return [version, *connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()]

    # From the last step but one in the short form, from every step in the long one.
    for taken in range(len(schema_steps())) if every else (0, len(schema_steps()) - 1):
        before = tmp_path / f"from-{taken}"
        before.mkdir()
        with closing(sqlite3.connect(before / STORE)) as connection:
            for step in schema_steps()[:taken]:
                connection.executescript(step)
            connection.execute(f"PRAGMA user_version = {taken}")
        ran = runner.run(Path(shutil.copytree(before, tmp_path / f"to-{taken}")), "reports")
        for number in chosen(ran.steps, every=every and taken == 0, most=3):
            home = Path(shutil.copytree(before, tmp_path / f"{taken}-{number}"))
            if runner.run(home, "reports", at=number).status != KILLED:
                continue
            assert runner.run(home, "reports").status == 0
            assert schema(home) == schema(whole)
            assert await sound(home) == []
            counts["kills survived"] += 1


@FORMS
async def test_killed_while_a_backup_is_taken_or_put_back_the_store_is_the_old_or_the_new_one(
    runner: Runner, files: Path, held: Path, tmp_path: Path, every: bool
) -> None:
    backup, before = tmp_path / "a.backup", Path(shutil.copytree(held, tmp_path / "before"))
    back_up(before / STORE, backup)
    old = content(before)
    assert runner.run(before, "ingest", files / "water.md").status == 0
    new = content(before)
    for arguments in (["backup", tmp_path / "another.backup"], ["restore", backup, "--yes"]):
        ran = runner.run(Path(shutil.copytree(before, tmp_path / str(arguments[0]))), *arguments)
        assert ran.status == 0, ran.err
        for number in chosen(ran.steps, every=every, most=3):
            home = Path(shutil.copytree(before, tmp_path / f"{arguments[0]}-{number}"))
            if runner.run(home, *arguments, at=number).status != KILLED:
                continue
            assert content(home) in (old, new)
            assert await sound(home) == []
            assert runner.run(home, *arguments).status == 0
            assert content(home) == (old if arguments[0] == "restore" else new)
            counts["kills survived"] += 1


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Talk:
    """Talk to a bot that runs in another process, over HTTP."""

    def __init__(self, runner: Runner, home: Path, world: OfflineTelegram, base_url: str) -> None:
        self.runner, self.home, self.world = runner, home, world
        self._environment = {
            "TELEGRAM_BOT_TOKEN": world.token,
            "YINJU_TELEGRAM__BASE_URL": base_url,
            "YINJU_ANSWER__QUOTES": "1",
        }

    async def serve(self, act: Callable[[], Any], done: Callable[[], object], *, at: int | None = None) -> Ran:
        """Start the bot, let somebody act, wait until it is done or the bot killed, and stop it."""
        pid = await asyncio.to_thread(self.runner.start, self.home, "run", at=at, **self._environment)
        waiting = asyncio.create_task(asyncio.to_thread(self.runner.wait))
        polls = len(self.world.polls)
        while len(self.world.polls) == polls and not waiting.done():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.005)
        await act()
        async with asyncio.timeout(30):
            while not done() and not waiting.done():  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        if not waiting.done():
            with suppress(ProcessLookupError):  # it may come to the step where it kills itself at this very moment
                os.kill(pid, signal.SIGTERM)
        return await waiting

    def unfinished(self) -> int:
        """Count the updates that the store holds and that are not dealt with."""
        with closing(sqlite3.connect(self.home / STORE)) as connection:
            return int(connection.execute("SELECT count(*) FROM updates WHERE body IS NOT NULL").fetchone()[0])

    def noted(self) -> int:
        """Count the answers of which the store knows the message that shows them."""
        with closing(sqlite3.connect(self.home / STORE)) as connection:
            return int(connection.execute("SELECT count(*) FROM answers WHERE message IS NOT NULL").fetchone()[0])

    def answers(self, person: User) -> list[Message]:
        """Give the bot's messages to somebody that answer the question."""
        return [one for one in self.world.from_bot(self.world.private(person)) if FOUND in one.text]


async def nothing() -> None:
    """Do nothing."""


@pytest.fixture
async def talk(runner: Runner, held: Path, tmp_path: Path) -> AsyncIterator[Callable[[str], Any]]:
    """Give a maker of conversations, each with a world and a data directory of its own."""
    async with AsyncExitStack() as stack:

        async def make(name: str) -> Talk:
            world = OfflineTelegram()
            api = await stack.enter_async_context(Loopback(world))
            return Talk(runner, Path(shutil.copytree(held, tmp_path / name)), world, api.base_url)

        yield make


@FORMS
async def test_killed_at_any_step_of_an_answer_it_is_given_once_unless_only_telegram_knows_of_it(
    talk: Callable[[str], Any], every: bool
) -> None:
    async def asked_and(name: str, at: int | None) -> tuple[Talk, User, Ran]:
        here: Talk = await talk(name)
        wang = here.world.person("小王")

        async def ask() -> None:
            await here.world.say(ASKED, user=wang)

        ran = await here.serve(ask, lambda: here.answers(wang), at=at)
        return here, wang, ran

    here, wang, ran = await asked_and("undisturbed", None)
    assert (ran.status, len(here.answers(wang)), here.unfinished()) == (0, 1, 0), ran.err
    first = next(n for n, name in enumerate(ran.steps) if name == "after getUpdates")
    steps = ran.steps[first:]
    assert {"INSERT updates", "INSERT answers", "after sendMessage", "UPDATE answers", "UPDATE updates"} <= set(steps)
    for number in chosen(steps, every=every, most=5):
        here, wang, ran = await asked_and(f"{number}", first + number)
        if ran.status != KILLED:
            continue
        told, noted = len(here.answers(wang)), here.noted()
        again = await here.serve(nothing, lambda here=here, wang=wang: here.answers(wang) and not here.unfinished())
        assert again.status == 0, again.err
        counts["questions asked"] += 1
        came = len(here.answers(wang))
        counts["questions lost"] += came == 0
        unknowable = told > noted  # Telegram has the answer, and we died before we could note it
        counts["answered again because a receipt was lost"] += came == 2 and unknowable
        counts["answered twice because of us"] += came > 1 and not unknowable
        assert came == 1 or (came == 2 and unknowable), (ran.steps[-3:], came, told, noted)
        assert await sound(here.home) == []
        counts["kills survived"] += 1


@FORMS
async def test_killed_at_any_step_of_a_press_the_page_is_turned_and_the_vote_counts_once(
    talk: Callable[[str], Any], every: bool
) -> None:
    def turned(here: Talk, wang: User) -> bool:
        [answer] = here.answers(wang)
        return "2 上下文" in [button.text for button in answer.buttons] or "收起" in str(answer.buttons)

    async def pressed_and(name: str, at: int | None) -> tuple[Talk, User, Ran]:
        here: Talk = await talk(name)
        wang = here.world.person("小王")

        async def ask() -> None:
            await here.world.say(ASKED, user=wang)

        await here.serve(ask, lambda: here.answers(wang))
        [answer] = here.answers(wang)

        async def press() -> None:
            await here.world.press(answer, "1 上下文")

        ran = await here.serve(press, lambda: turned(here, wang), at=at)
        return here, wang, ran

    here, wang, ran = await pressed_and("undisturbed", None)
    assert (ran.status, turned(here, wang)) == (0, True), ran.err
    first = next(n for n, name in enumerate(ran.steps) if name == "after getUpdates")
    for number in chosen(ran.steps[first:], every=every, most=3):
        here, wang, ran = await pressed_and(f"{number}", first + number)
        if ran.status != KILLED:
            continue
        again = await here.serve(nothing, lambda here=here, wang=wang: turned(here, wang) and not here.unfinished())
        assert (again.status, turned(here, wang)) == (0, True), (ran.steps[-3:], again.err)
        assert await sound(here.home) == []
        counts["kills survived"] += 1


# ── Power cuts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.torture)])
async def test_with_the_tail_of_the_log_cut_off_or_zeroed_the_store_is_as_of_an_earlier_moment(
    runner: Runner, files: Path, held: Path, tmp_path: Path, every: bool
) -> None:
    before = content(held)
    home = Path(shutil.copytree(held, tmp_path / "killed"))
    async with open_library(load(data_dir=home)) as library:
        async for result in library.ingester.ingest([files / "water.md"]):
            assert result.status == "added"
        # As the disk is when the power goes: what was committed stands in the log alone.
        home = Path(shutil.copytree(home, tmp_path / "torn"))
    after = content(Path(shutil.copytree(home, tmp_path / "whole")))
    log = home / f"{STORE}-wal"
    size = log.stat().st_size
    assert (size > 4096, before != after) == (True, True)
    for number in range(100 if every else 8):
        for how in ("cut", "zeroed"):
            torn = Path(shutil.copytree(home, tmp_path / f"{number}-{how}"))
            kept = size * number // (100 if every else 8)
            whole = (torn / log.name).read_bytes()
            (torn / log.name).write_bytes(whole[:kept] + (bytes(size - kept) if how == "zeroed" else b""))
            (torn / f"{STORE}-shm").unlink(missing_ok=True)
            assert await sound(torn) == []
            assert content(torn) in (before, after)
            counts["faults injected"] += 1
            shutil.rmtree(torn)


async def test_a_store_with_its_tail_gone_is_refused_in_a_sentence_or_answers_from_what_is_sound(
    runner: Runner, held: Path, tmp_path: Path
) -> None:
    for number in range(4):
        home = Path(shutil.copytree(held, tmp_path / f"{number}"))
        size = (home / STORE).stat().st_size
        kept = size * number // 4
        with (home / STORE).open("r+b") as file:
            file.truncate(kept)
            file.truncate(size if number % 2 else kept)  # cut off, or zeroed
        ran = runner.run(home, "doctor", "--json")
        if kept:  # an empty file is a new store
            assert ran.status == 1, ran.out
            assert "damaged" in ran.out or "fail" in ran.out
        asked = runner.run(home, "ask", ASKED)
        assert "Traceback" not in ran.err + asked.err
        assert asked.status in (0, 1)
        assert len(asked.err.splitlines()) <= 3
        counts["faults injected"] += 1


async def test_index_files_cut_off_zeroed_or_gone_are_made_anew(runner: Runner, held: Path, tmp_path: Path) -> None:
    names = [
        path.relative_to(held)
        for path in held.rglob("*")  # noqa: ASYNC240 - nobody else waits for this loop
        if path.is_file() and not path.name.startswith(STORE) and path.stat().st_size and "lock" not in path.name
    ]
    right = runner.run(held, "ask", ASKED).out
    assert FOUND in right.replace("\n", "")
    for name in names:
        size = (held / name).stat().st_size
        for kept, filled in ((0, False), (size // 2, True), (size - 1, False)):
            home = Path(shutil.copytree(held, tmp_path / "spoiled"))
            with (home / name).open("r+b") as file:
                file.truncate(kept)
                if filled:
                    file.truncate(size)
            asked = runner.run(home, "ask", ASKED)
            assert (asked.status, asked.out) == (0, right), (name, kept, filled, asked.err)
            assert await sound(home) == []
            counts["faults injected"] += 1
            shutil.rmtree(home)
        home = Path(shutil.copytree(held, tmp_path / "spoiled"))
        (home / name).unlink()
        assert runner.run(home, "ask", ASKED).out == right
        shutil.rmtree(home)
