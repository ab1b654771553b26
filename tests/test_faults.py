"""What the machine does to the program: no room, no right to write, a clock that jumps."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from bot import inbox
from bot.offline import OfflineTelegram, User
from config.layers import load
from corpus import bootstrap
from corpus.analysis import Analyzer
from corpus.bootstrap import STORE, open_library
from corpus.errors import StoreError
from corpus.store.backup import back_up
from corpus.verifying import verify
from tests.support.counts import counts
from tests.support.made_reports import reports
from tests.support.reports import LIBRARY
from tests.support.service import Service

ROOT = Path(__file__).parent.parent
ASKED = "石桥村发现了多少个隐患"


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch, analyzer: Analyzer) -> None:
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(bootstrap, "Analyzer", lambda cache_dir: analyzer)


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[Service]:
    async with Service(OfflineTelegram(), tmp_path / "home", errors_expected=True) as service:
        for name, text in LIBRARY.items():
            await service.ingest(name, text)
        yield service


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Let every write that would make a file larger than *size* fail, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


async def sound(home: Path) -> list[str]:
    async with open_library(load(data_dir=home)) as library:
        return [line async for one in verify(library) for line in one.wrong]


def held(home: Path) -> int:
    return held_in(home / STORE)


def held_in(store: Path) -> int:
    with closing(sqlite3.connect(store)) as connection:
        return int(connection.execute("SELECT count(*) FROM reports").fetchone()[0])


@pytest.mark.parametrize("times", [12, pytest.param(150, marks=pytest.mark.torture)])
async def test_wherever_the_disk_is_full_a_report_is_in_whole_or_not_at_all(tmp_path: Path, times: int) -> None:
    [(name, text)] = list(reports(1, seed=3, paragraphs=40))
    failed, said = 0, set[str]()
    for number in range(times):
        home = tmp_path / f"{number}"
        async with open_library(load(data_dir=home)) as library:
            await library.ingester.ingest_bytes(LIBRARY["villages.md"].encode(), name="villages.md")
            largest = max(path.stat().st_size for path in home.rglob("*") if path.is_file())
            try:
                with no_file_over(largest + 4096 * number * 40 // times):
                    await library.ingester.ingest_bytes(text.encode(), name=Path(name).name)
            except StoreError as error:
                failed += 1
                said.add(str(error).partition("(")[0])
            counts["faults injected"] += 1
            answer = await library.answer(ASKED)
            assert "隐患27个" in answer.quotes[0].text
        assert await sound(home) == []
        assert held(home) in (1, 2)
    assert failed > 0, "nothing was ever full"


async def test_a_backup_that_finds_no_room_leaves_the_one_before(serving: Service, tmp_path: Path) -> None:
    back_up(serving.data_dir / STORE, tmp_path / "a.backup")
    before = (tmp_path / "a.backup").read_bytes()
    with no_file_over(40_000), pytest.raises(StoreError):
        back_up(serving.data_dir / STORE, tmp_path / "a.backup")
    assert (tmp_path / "a.backup").read_bytes() == before
    # Hidden ones, too.
    assert sorted(path.name for path in tmp_path.glob("*")) == ["a.backup", "home"]  # noqa: ASYNC240 - nobody waits


async def test_questions_that_come_while_the_disk_is_full_are_answered_once_there_is_room(serving: Service) -> None:
    world = serving.world
    wang = world.person("小王")
    log = serving.data_dir / f"{STORE}-wal"
    with no_file_over(log.stat().st_size):
        for _ in range(5):
            await world.say(ASKED, user=wang)
        await asyncio.sleep(0.5)
        assert world.updates.pending, "what cannot be kept is not acknowledged"
    async with asyncio.timeout(20):
        while sum("隐患27个" in one.text for one in world.from_bot(world.private(wang))) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await world.quiet()
    came = sum("隐患27个" in one.text for one in world.from_bot(world.private(wang)))
    counts["questions asked"] += 5
    counts["answered twice because of us"] += came - 5
    counts["faults injected"] += 1
    assert came == 5


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
async def test_a_data_directory_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_library(load(data_dir=home)) as library:
        await library.ingester.ingest_bytes(LIBRARY["villages.md"].encode(), name="villages.md")
    # Rights bind everybody but root, and tests may be root; so another user does it.
    home.chmod(0o500)
    for path in home.iterdir():
        path.chmod(0o500 if path.is_dir() else 0o400)
    script = (
        "import os, sys\n"
        "from bot.commands import holding\n"
        "from bot.__main__ import main\n"
        "if os.geteuid() == 0:\n"
        # Once beforehand: what is imported late may be root's alone.
        "    try:\n"
        f"        main(['--data-dir', {str(tmp_path / 'another')!r}, 'reports'])\n"
        "    except SystemExit:\n"
        "        sys.stderr.flush()\n"
        "    os.dup2(1, 2)\n"
        "    os.setgid(65534), os.setuid(65534)\n"
        f"main(['--data-dir', {str(home)!r}, 'reports'])\n"
    )
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, 65534, 65534)
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    for path in (home, *home.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    counts["faults injected"] += 1
    assert ran.returncode == 1, ran.stderr
    said = (ran.stdout or ran.stderr).strip().splitlines()
    assert len(said) == 1, said
    assert "cannot be" in said[0]


@contextmanager
def no_writing(home: Path) -> Iterator[None]:
    """Let every write to the open store fail, as where the kernel has made the file system of a sick disk read-only."""
    spared = {}
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            name, number = file.readlink(), int(file.name)
            if name in (home / STORE, home / f"{STORE}-wal"):
                spared[number] = os.dup(number)
                unwritable = os.open(name, os.O_RDONLY)
                os.dup2(unwritable, number)
                os.close(unwritable)
    assert spared
    try:
        yield
    finally:
        for number, spare in spared.items():
            os.dup2(spare, number)
            os.close(spare)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the files a process has open in /proc")
async def test_while_the_disk_is_read_only_it_goes_on_reading_and_what_is_asked_waits_at_telegram(
    serving: Service,
) -> None:
    world = serving.world
    wang = world.person("小王")
    assert "隐患27个" in (await world.ask(ASKED, user=wang))[0].text
    with no_writing(serving.data_dir):
        await world.say("青杨村的果园面积有多少亩", user=wang)
        async with asyncio.timeout(20):
            while not serving.application.is_stuck:  # noqa: ASYNC110 - nothing rings
                await asyncio.sleep(0.02)
        assert world.updates.pending, "what cannot be kept is not acknowledged"
        assert "隐患27个" in (await serving.library.answer(ASKED)).quotes[0].text
        with pytest.raises(StoreError, match="check the disk"):
            await serving.library.ingester.ingest_bytes("河东县工作总结\n\n检查单位412家。".encode(), name="c.md")
    await world.quiet()
    assert sum("1800亩" in one.text for one in world.from_bot(world.private(wang))) == 1
    assert not serving.application.is_stuck
    counts["faults injected"] += 1
    counts["questions asked"] += 2
    await serving.restart()
    assert await serving.library.database.check() == []
    assert held(serving.data_dir) == len(LIBRARY)


def unshared() -> bool:
    """Tell whether a process can have a view of the file system of its own."""
    try:
        return subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False).returncode == 0  # noqa: S607
    except OSError:
        return False


@pytest.mark.skipif(not unshared(), reason="needs mount namespaces")
async def test_on_a_read_only_file_system_each_command_is_one_sentence_and_a_backup_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_library(load(data_dir=home)) as library:
        await library.ingester.ingest_bytes(LIBRARY["villages.md"].encode(), name="villages.md")
    commands = [["run"], ["ask", ASKED], ["reports"], ["ingest", "README.md"], ["verify"], ["chat"], ["pair"],
                ["backup", str(tmp_path / "a.backup")], ["restore", str(tmp_path / "a.backup"), "--yes"]]  # fmt: skip
    script = (
        "import sys\n"
        "from bot.__main__ import _run\n"
        f"for command in {commands!r}:\n"
        f"    print(_run(['--data-dir', {str(home)!r}, *command]), file=sys.stderr, flush=True)\n"
    )
    mounts = f"mount --bind {home} {home} && mount -o remount,ro,bind {home} && exec {sys.executable} -c '$0'"
    shell = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounts.replace("'$0'", '"$0"'), script]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": "4242:none"}
    ran = await asyncio.to_thread(
        subprocess.run, shell, cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment
    )
    counts["faults injected"] += len(commands)
    said = ran.stderr.splitlines()
    assert said[1::2] == ["1"] * 7 + ["0", "1"], ran.stderr
    assert all("Read-only file system" in line for line in [*said[:14:2], said[16]]), ran.stderr
    assert held_in(tmp_path / "a.backup") == 1


@pytest.mark.parametrize("hours", [-30 * 24, -1, 1, 30 * 24])
async def test_when_the_clock_jumps_questions_are_answered_and_kept(
    serving: Service, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    world = serving.world
    wang: User = world.person("小王")
    [before] = await world.ask(ASKED, user=wang)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + hours * 3600)
    [after] = await world.ask("青杨村的果园面积有多少亩", user=wang)
    assert "隐患27个" in before.text
    assert "1800亩" in after.text
    await world.press(before, "1 上下文")
    await world.quiet()
    assert before.edited or "收起" in str([one.text for one in before.buttons])
    await serving.restart()
    [again] = await world.ask("/history", user=wang)
    assert "2 个问题" in again.text
    counts["faults injected"] += 1
    counts["questions asked"] += 2


async def test_after_the_clock_was_set_back_a_follow_up_leans_on_what_was_asked_last(
    serving: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serving.world
    wang = world.person("小王")
    await world.ask(ASKED, user=wang)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    await world.ask("青杨村的果园面积有多少亩", user=wang)
    [leaning] = await world.ask("那石桥村呢", user=wang)
    assert "果园面积有多少亩 · 那石桥村呢" in leaning.text
    counts["faults injected"] += 1
    counts["questions asked"] += 3


async def test_a_code_to_pair_with_that_has_expired_by_the_clock_admits_nobody_and_is_gone(
    serving: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await serving.library.admissions.make_code("administrator")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 24 * 3600)
    assert await serving.library.admissions.redeem(code, person=7) is None
    monkeypatch.setattr(time, "time", real)
    assert await serving.library.admissions.redeem(code, person=7) is None, "set back, the clock revives nothing"
    counts["faults injected"] += 1
