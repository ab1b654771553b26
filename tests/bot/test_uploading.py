"""Files from administrators: a dry run, a card, a word; reports out again."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.handlers import uploading
from bot.offline import OfflineTelegram, User
from tests.support.running import Way, every_way
from tests.support.service import Service

REPORT = """# 河东县消防工作总结

河东县消防救援大队全年检查单位412家，发现火灾隐患389处，当场整改365处。

## 一、宣传到户

全年入户宣传2.6万户，发放手册5万册，举办演练46场，群众知晓率明显提高。

【更多范文请加微信：fanwen88888】
"""
ASKED = "河东县消防检查了多少家单位"


@pytest.fixture
def boss(telegram: OfflineTelegram) -> User:
    return telegram.person("站长", number=501)


@pytest.fixture
async def serving(telegram: OfflineTelegram, data_dir: Path, boss: User, way: Way) -> AsyncIterator[Service]:
    async with Service(telegram, data_dir, way=way, access={"admins": frozenset({boss.id})}) as service:
        yield service


async def send(telegram: OfflineTelegram, user: User, name: str, content: bytes | None, **more: Any) -> list[str]:
    """Send a file and return the texts of what the bot has said to it in the end."""
    chat = telegram.private(user)
    before = len(telegram.from_bot(chat))
    await telegram.send_document(name, content, user=user, **more)
    await telegram.quiet()
    return [one.text for one in telegram.from_bot(chat)[before:]]


@every_way
async def test_a_file_is_read_first_and_taken_in_once_confirmed(
    telegram: OfflineTelegram, serving: Service, boss: User, wang: User
) -> None:
    [said] = await send(telegram, boss, "消防.md", REPORT.encode())
    assert said.startswith("消防.md\n河东县消防工作总结\n文章 1 篇 · 段落 ")
    assert "【更多范文请加微信：fanwen88888】" in said
    assert said.endswith("以上是试读的结果，还没有加入。")
    assert len(await serving.library.reports.ids()) == 3
    card = serving.last(telegram.private(boss))
    query = await telegram.press(card, "确认")
    await telegram.quiet()
    assert query.answered
    assert card.text.startswith("已加入 消防.md，现在就能提问。")
    assert card.buttons == []
    [answer] = await telegram.ask(ASKED, user=wang)
    assert "检查单位412家" in answer.text
    assert [(one.who, one.act, one.about) for one in await serving.library.admissions.acts()] == [
        (boss.id, "ingest: added", "消防.md")
    ]
    assert list((serving.data_dir / "uploads").iterdir()) == []


async def test_a_file_that_waits_survives_a_restart_and_nobody_else_can_read_or_confirm_it(
    telegram: OfflineTelegram, serving: Service, boss: User, wang: User
) -> None:
    await send(telegram, boss, "消防.md", REPORT.encode())
    [kept] = (serving.data_dir / "uploads").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    card = serving.last(telegram.private(boss))
    query = await telegram.press_data(card, card.buttons[0].data or "", user=wang)
    await telegram.quiet()
    assert (query.alert, query.text) == (True, "这个命令只有管理员能用。")
    await serving.restart()
    await telegram.press(card, "确认")
    await telegram.quiet()
    assert card.text.startswith("已加入 消防.md")


async def test_cancelled_is_dropped(telegram: OfflineTelegram, serving: Service, boss: User) -> None:
    await send(telegram, boss, "消防.md", REPORT.encode())
    card = serving.last(telegram.private(boss))
    data = card.buttons[0].data or ""
    await telegram.press(card, "取消")
    await telegram.quiet()
    assert card.text == "没有加入 消防.md。"
    await telegram.press_data(card, data, user=boss)
    await telegram.quiet()
    assert card.text == "这份文件放得太久，已经丢弃；请重新发送。"
    assert len(await serving.library.reports.ids()) == 3


async def test_what_is_held_too_large_or_unreadable_is_explained(
    telegram: OfflineTelegram, serving: Service, boss: User, data_dir: Path
) -> None:
    held = await serving.library.reports.source((await serving.library.reports.holdings())[0].report.id)
    name = (await serving.library.reports.holdings())[0].report.file
    assert await send(telegram, boss, name, held.encode()) == [f"已经有这份文件了：{name}，没有变化。"]
    [said] = await send(telegram, boss, "大.txt", None, size=21 * 2**20)
    assert "最多收 20 MB" in said
    assert "yinju ingest" in said
    [said] = await send(telegram, boss, "图.xyz", b"\x89PNG\r\n\x00\x01")
    assert said.startswith("没有加入 图.xyz：这种文件读不了。能读 .txt")
    [said] = await send(telegram, boss, "空.txt", b" ")
    assert said.startswith("没有加入 空.txt：里面没有可以引用的文字。")
    [said] = await send(telegram, boss, "乱.txt", bytes(range(128, 256)) * 9)
    assert said.startswith("没有加入 乱.txt：这不是能认出编码的文字。")
    [said] = await send(telegram, boss, "坏.docx", b"PK" + b"x" * 99)
    assert said.startswith("没有加入 坏.docx：读的时候出了问题，文件可能已损坏；请打开看看，另存一份再发。\n坏.docx: ")


async def test_a_card_warns_of_what_nearly_is_held_and_of_much_that_goes_in_the_readers_language(
    telegram: OfflineTelegram, serving: Service, boss: User
) -> None:
    held = "\n\n".join(f"第{n}条，全年组织演练{n + 40}场，参加人数{n * 7 + 300}人，群众满意。" for n in range(30))
    await serving.ingest("旧.md", f"# 演练总结\n\n{held}\n")
    [said] = await send(telegram, boss, "新.md", f"# 演练总结\n\n{held}\n\n补充一段说明，内容不多。\n".encode())
    assert "注意：它与已有的 旧.md 约有 " in said
    [said] = await send(telegram, boss, "广告.md", (REPORT + "【更多范文请加微信：fanwen88888】\n" * 40).encode())
    assert "注意：去掉的偏多（" in said
    [shown] = await telegram.ask("/settings", user=boss)
    await telegram.press(shown, "English")
    await telegram.quiet()
    [said] = await send(telegram, boss, "新.md", f"# 演练总结\n\n{held}\n\n补充一段说明，内容不多。\n".encode())
    assert "Mind: about " in said


async def test_files_of_readers_are_not_taken(telegram: OfflineTelegram, serving: Service, wang: User) -> None:
    assert await send(telegram, wang, "消防.md", REPORT.encode()) == ["这个命令只有管理员能用。"]
    [said] = await send(telegram, wang, "x.txt", b"x", caption="石桥村发现了多少个隐患")
    assert "隐患27个" in said


async def test_progress_is_shown_in_one_message_and_answers_keep_coming(
    telegram: OfflineTelegram, serving: Service, boss: User, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(telegram, boss, "消防.md", REPORT.encode())
    card, ingester = serving.last(telegram.private(boss)), serving.library.ingester
    go_on, ingest_bytes = asyncio.Event(), ingester.ingest_bytes

    async def slowly(content: bytes, *, name: str, dry_run: bool = False) -> Any:
        await go_on.wait()
        return await ingest_bytes(content, name=name, dry_run=dry_run)

    monkeypatch.setattr(type(ingester), "ingest_bytes", lambda _, *given, **more: slowly(*given, **more))
    monkeypatch.setattr(uploading, "PROGRESS_SECONDS", 0.05)
    await telegram.press(card, "确认")
    await telegram.say("石桥村发现了多少个隐患", user=wang)
    async with asyncio.timeout(20):
        while "已用" not in card.text or not telegram.from_bot(telegram.private(wang)):
            await telegram.bell.wait(0.05)
    assert "隐患27个" in serving.last(telegram.private(wang)).text
    again = await telegram.press_data(
        card, f"u1:{next(iter((serving.data_dir / 'uploads').iterdir())).name}:y", user=boss
    )
    async with asyncio.timeout(20):
        while not again.answered:
            await telegram.bell.wait(0.05)
    assert again.text == "正在加入，请稍等。"
    go_on.set()
    await telegram.quiet()
    assert card.text.startswith("已加入 消防.md")


@every_way
async def test_remove_asks_first(telegram: OfflineTelegram, serving: Service, boss: User, wang: User) -> None:
    [said] = await telegram.ask("/remove 没有这份", user=boss)
    assert said.text == "没有找到唯一的一份报告：没有这份"
    [card] = await telegram.ask("/remove villages.md", user=boss)
    assert card.text.startswith("要移除《")
    query = await telegram.press_data(card, card.buttons[0].data or "", user=wang)
    await telegram.quiet()
    assert query.alert
    assert len(await serving.library.reports.ids()) == 3
    await telegram.press(card, "移除")
    await telegram.quiet()
    assert card.text.startswith("已移除《")
    [answer] = await telegram.ask("石桥村发现了多少个隐患", user=wang)
    assert "隐患27个" not in answer.text
    assert [one.act for one in await serving.library.admissions.acts()] == ["remove"]


@pytest.mark.parametrize("data", ["u1:AAAAAAAAAAAA:y", "d1:aaaaaaaaaaaa:n"])
async def test_who_is_no_administrator_changes_no_message_by_a_button_made_up(
    telegram: OfflineTelegram, serving: Service, wang: User, li: User, data: str
) -> None:
    group = telegram.supergroup("读报小组", wang, li)
    [shown] = await telegram.ask("/reports", user=wang, chat=group)
    before = shown.text
    query = await telegram.press_data(shown, data, user=li)
    await telegram.quiet()
    assert (query.text, shown.text) == ("这个命令只有管理员能用。", before)


@every_way
async def test_audit_is_sent_as_a_text_file(telegram: OfflineTelegram, serving: Service, boss: User) -> None:
    report = await serving.ingest("消防.md", REPORT)
    [sent] = await telegram.ask("/audit 消防.md", user=boss)
    assert sent.file is not None
    assert sent.file.name == f"audit-{report}.txt"
    assert "【更多范文请加微信：fanwen88888】" in (sent.file.content or b"").decode()
    assert sent.text.startswith("《河东县消防工作总结》去掉了")
