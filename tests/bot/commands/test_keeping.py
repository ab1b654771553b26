"""Backups are whole, a restore is one step or nothing, and what is wrong with a store is found."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.checks import look_over
from bot.offline import Fault, OfflineTelegram
from config.layers import load
from corpus.bootstrap import STORE
from corpus.errors import StoreError
from corpus.store import Database, lock
from corpus.store.backup import back_up, restore
from tests.support.loopback import Loopback
from tests.support.reports import WATER
from tests.support.service import Service

Run = Callable[..., tuple[int, str, str]]
ASKED = "石桥村发现了多少个隐患"


@pytest.fixture
def run(data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on the test reports; give the exit code, stdout and stderr."""
    for name in ("YINJU_CONFIG", "YINJU_DATA_DIR", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["--data-dir", str(data_dir), *map(str, arguments)])
        printed = capsys.readouterr()
        return int(str(left.value.code)), printed.out, printed.err

    return call


def execute(data_dir: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data_dir / STORE)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_what_was_backed_up_comes_back(run: Run, data_dir: Path, tmp_path: Path) -> None:
    before = run("reports", "--json")[1]
    assert run("backup", tmp_path / "a.backup")[0] == 0
    assert stat.S_IMODE((tmp_path / "a.backup").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"data", "a.backup"}
    run("remove", "water.md", "--yes")
    assert run("reports", "--json")[1] != before
    code, _, err = run("restore", tmp_path / "a.backup", "--yes")
    assert (code, "was restored" in err) == (0, True)
    assert run("reports", "--json")[1] == before
    assert run("verify")[0] == 0


async def test_a_backup_taken_while_the_bot_serves_and_others_write_is_whole(
    telegram: OfflineTelegram, data_dir: Path, tmp_path: Path
) -> None:
    wang = telegram.person("小王")
    async with Service(telegram, data_dir, limits={"questions_per_person": 1000}) as serving:
        writing = asyncio.create_task(_keep_writing(serving))
        for n in range(8):
            await telegram.ask(ASKED, user=wang)
            await asyncio.to_thread(back_up, data_dir / STORE, tmp_path / f"{n}.backup")
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    for n in range(8):
        copy = tmp_path / f"{n}.backup"
        assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
        assert rows(copy, "PRAGMA foreign_key_check") == []
        assert rows(copy, "PRAGMA journal_mode") == [("delete",)]
        # Each report of the writer has one passage: in whole or not at all.
        assert rows(copy, "SELECT count(*) FROM reports r WHERE NOT EXISTS"
                          " (SELECT 1 FROM passages WHERE report = r.id)") == [(0,)]  # fmt: skip
        assert rows(copy, "SELECT count(*) > ? FROM answers".replace("?", str(n))) == [(1,)]


async def _keep_writing(serving: Service) -> None:
    for n in range(10_000):
        await serving.ingest(f"{n % 5}.md", f"# 报告{n}\n\n第{n}次写入的一段话，共有隐患{n}个，全部整改到位。\n")


def test_a_restore_is_refused_while_a_program_has_the_store_open(run: Run, data_dir: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.backup")
    with lock.held(data_dir / STORE):
        code, _, err = run("restore", tmp_path / "a.backup", "--yes")
    assert (code, "another program has it open; stop it" in err) == (1, True)
    with lock.held(data_dir / STORE, alone=True):
        code, _, err = run("reports")
    assert (code, "a backup is being put in its place" in err) == (1, True)


def test_a_serving_bot_holds_the_lock(telegram: OfflineTelegram, data_dir: Path, tmp_path: Path) -> None:
    back_up(data_dir / STORE, tmp_path / "a.backup")

    async def serve() -> None:
        async with Service(telegram, data_dir):
            with pytest.raises(StoreError, match="another program has it open"):
                restore(tmp_path / "a.backup", data_dir / STORE)

    asyncio.run(serve())
    restore(tmp_path / "a.backup", data_dir / STORE)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"rubbish" * 999), "is damaged or no backup"),
        (lambda path: path.write_bytes(b""), "is no backup of a store"),
        (lambda path: path.write_bytes(path.read_bytes()[:-8192]), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:40_000] + bytes(path.stat().st_size - 40_000)), "damaged"),
        (lambda path: execute(path.parent, "PRAGMA user_version = 99"), "newer Yinju (schema 99)"),
        (lambda path: execute(path.parent, "UPDATE passages SET report = 'x' || report"), "damaged"),
        (lambda path: path.unlink(), "there is no such file"),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_sound_changes_nothing(
    run: Run, data_dir: Path, tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    before = run("reports", "--json")[1]
    (tmp_path / "b").mkdir()
    run("backup", tmp_path / "b" / STORE)
    spoil(tmp_path / "b" / STORE)
    code, _, err = run("restore", tmp_path / "b" / STORE, "--yes")
    assert (code, said in err) == (1, True), err
    assert run("reports", "--json")[1] == before
    assert not [path.name for path in data_dir.iterdir() if path.name.endswith(".new")]


def test_a_damaged_store_is_restored_and_its_log_does_not_come_along(run: Run, data_dir: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.backup")
    (data_dir / STORE).write_bytes(b"rubbish" * 999)
    (data_dir / f"{STORE}-wal").write_bytes(b"7\x7f\x06\x82" + bytes(4096))
    assert run("doctor")[0] == 1
    assert run("restore", tmp_path / "a.backup", "--yes")[0] == 0
    assert run("verify")[0] == 0
    assert run("doctor")[0] == 0


def test_nothing_to_back_up_and_nowhere_to_put_it_are_a_sentence_each(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to back up yet"):
        back_up(tmp_path / "none" / STORE, tmp_path / "a.backup")
    for target in (tmp_path / "no" / "such" / "folder", tmp_path):
        code, _, err = run("backup", target)
        assert (code, err.count("\n")) == (1, 1), err


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        (["UPDATE passages SET text = replace(text, '27', '28')"], "quotations"),
        (["UPDATE passages SET pieces = '[[0, 5]]' WHERE n = 1"], "quotations"),
        (["UPDATE reports SET text = '…' || text"], "quotations"),
        (["UPDATE noise SET text = 'x' || text"], "quotations"),
        (["PRAGMA foreign_keys = OFF", "DELETE FROM articles", "UPDATE noise SET report = 'x' || report"], "store"),
    ],
)
def test_verify_and_doctor_find_what_is_not_as_it_should_be(
    run: Run, data_dir: Path, statements: list[str], name: str
) -> None:
    code, out, _ = run("verify", "--json")
    assert code == 0, out
    assert [one["name"] for one in json.loads(out)["findings"]] == ["store", "index", "quotations"]
    execute(data_dir, *statements)
    code, out, _ = run("verify", "--json")
    wrong = {one["name"] for one in json.loads(out)["findings"] if one["wrong"]}
    assert (code, name in wrong) == (1, True), out
    assert run("verify")[0] == 1
    code, out, _ = run("doctor", "--json")
    assert {one["name"]: one["status"] for one in json.loads(out)["checks"]}[name] == "fail"


async def test_doctor_finds_each_fault_that_lasts(
    telegram: OfflineTelegram, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Loopback(telegram) as api:
        settings = load(data_dir=data_dir)
        addressed = settings.telegram.model_copy(update={"base_url": api.base_url})

        async def found(**telegram_settings: object) -> dict[str, str]:
            changed = settings.model_copy(update={"telegram": addressed.model_copy(update=telegram_settings)})
            checks = await look_over(changed, token=telegram.token)
            return {one.name: one.status for one in checks if one.status != "ok"}

        usual = {"access": "warn", "administrators": "warn"}
        assert await found() == usual
        (data_dir / "export.txt").touch()
        (data_dir / "export.txt").chmod(0o644)
        execute(data_dir, "INSERT INTO updates VALUES (1, '{}', unixepoch() - 9999)")
        assert await found() == {**usual, "files": "warn", "updates": "warn"}
        execute(data_dir, "UPDATE updates SET body = NULL, at = unixepoch() + 99999")
        assert (await found())["clock"] == "fail"
        hook = addressed.webhook.model_copy(update={"url": "https://bot.example/hook"})
        assert (await found(webhook=hook))["webhook"] == "warn"
        info = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": 101}
        for wrong, status in (({}, None), ({"last_error_date": 1, "last_error_message": "Connection refused"}, "fail")):
            body = json.dumps({"ok": True, "result": info | wrong}).encode()
            telegram.faults["getWebhookInfo"].append(Fault(body=body))
            told = await found(webhook=hook)
            assert (told.get("webhook"), told["pending"]) == (status, "warn")
        telegram.faults["getWebhookInfo"].append(Fault(body=body))
        assert (await found())["webhook"] == "warn", "one is set there that nobody wants here"
        monkeypatch.setattr("bot.checks.LEAST_FREE_BYTES", 2**60)
        assert (await found())["disk"] == "fail"
        monkeypatch.setattr("os.access", lambda path, _: not str(path).endswith(".sqlite3"))
        assert (await found())["data directory"] == "fail"
        monkeypatch.setattr("os.access", lambda *_: False)
        assert (await found())["data directory"] == "fail"
        assert (await found(base_url="http://127.0.0.1:9/bot"))["telegram"] == "fail"
        assert (await found(base_url="http://no-such-name.invalid/bot"))["telegram"] == "fail"
        telegram.token = "4242:revoked"
        settings = settings.model_copy()
        assert (await look_over(settings.model_copy(update={"telegram": addressed}), token="4242:old"))[-1].status == (
            "fail"
        )


async def test_every_file_and_folder_that_is_made_is_its_owners_alone(
    telegram: OfflineTelegram, tmp_path: Path, run: Run, data_dir: Path
) -> None:
    boss = telegram.person("站长", number=501)
    home = tmp_path / "new" / "home"
    async with Service(telegram, home, access={"admins": frozenset({boss.id})}) as serving:
        await serving.library.ingest_samples()
        await telegram.ask("凤翔区督查发现了多少个问题？", user=boss)
        await telegram.send_document("水库.md", WATER.encode(), user=boss)
        await telegram.quiet()
        made = list((tmp_path / "new").rglob("*"))
        assert {path.name for path in made} >= {STORE, f"{STORE}-wal", f"{STORE}-shm", f"{STORE}.lock", "uploads"}
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in made}
    assert {path.name: oct(mode) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


async def test_two_programs_that_migrate_at_once_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    for n in range(5):

        async def opened(path: Path = tmp_path / f"{n}" / STORE) -> int:
            async with Database(path) as database:
                return len(await database.rows("SELECT name FROM sqlite_schema"))

        assert len(set(await asyncio.gather(*(opened() for _ in range(4))))) == 1
