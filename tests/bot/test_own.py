"""What is a person's own: settings, what is kept of them, and that it can be deleted."""

from __future__ import annotations

import time
from pathlib import Path

from bot.offline import Chat, OfflineTelegram, User
from corpus.store.forgetting import KEPT, PERSONAL
from tests.support.running import every_way
from tests.support.service import Service

ASKED = "石桥村发现了多少个隐患"


@every_way
async def test_settings_change_by_buttons_and_hold_after_a_restart(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [shown] = await telegram.ask("/settings", user=wang)
    assert shown.text == "您的设置\n语言：自动\n每条回答的原文：3 处\n新报告提醒：开"
    for button in ("1", "关", "English"):
        await telegram.press(shown, button)
        await telegram.quiet()
    assert shown.text == "Your settings\nLanguage: English\nQuotes an answer: 1\nNotices of new reports: Off"
    await service.restart()
    [answer] = await telegram.ask(ASKED, user=wang)
    assert answer.text.count("Source") == 1
    query = await telegram.press_data(shown, "s1:q:999", user=wang)
    await telegram.quiet()
    assert query.answered
    assert (await service.library.chats.preferences())[wang.id].quotes == 1


async def test_privacy_says_how_long_things_are_kept(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [said] = await telegram.ask("/privacy", user=wang)
    assert "180 天，到期自动删除。" in said.text


@every_way
async def test_forgetme_deletes_every_trace_of_a_person(
    telegram: OfflineTelegram, service: Service, wang: User, li: User, group: Chat
) -> None:
    secret = "石桥村隐患独一无二之问"
    await telegram.ask(secret, user=wang)
    await telegram.ask(f"/ask {secret}吗", user=wang, chat=group)
    await telegram.ask(ASKED, user=li)
    await service.library.admissions.grant(wang.id, "admitted", by=501)
    [asked] = await telegram.ask("/forgetme", user=wang)
    await telegram.press(asked, "不删")
    await telegram.quiet()
    assert asked.text == "没有删除。"
    assert await service.library.conversations.last_answer(chat=group.id, owner=wang.id, now=1e10)
    [asked] = await telegram.ask("/forgetme", user=wang)
    await telegram.press(asked, "全部删除")
    await telegram.quiet()
    assert asked.text == "已全部删除。"
    for table, column in PERSONAL:
        asked_for = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - constants of the store
        rows = await service.library.database.rows(asked_for, (wang.id,))
        assert rows == [], table
    assert await service.library.conversations.last_answer(chat=li.id, owner=li.id, now=1e10)
    files = [path for path in service.data_dir.rglob("*") if path.is_file()]
    assert [path.name for path in files if secret.encode() in path.read_bytes()] == []


async def test_every_table_that_names_people_is_deleted_from_or_kept_for_a_reason(service: Service) -> None:
    found = await service.library.database.rows(
        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        " AND c.name IN ('owner', 'person', 'user', 'who', 'reader')"
    )
    assert set(found) <= {*PERSONAL, *KEPT}


async def test_questions_are_deleted_once_they_are_too_old(
    telegram: OfflineTelegram, data_dir: Path, wang: User
) -> None:
    async with Service(telegram, data_dir, retention={"questions_days": 1}) as serving:
        await telegram.ask(ASKED, user=wang)
        [job] = serving.application.job_queue.get_jobs_by_name("daily")
        await job.run(serving.application)
        assert await serving.library.conversations.last_answer(chat=wang.id, owner=wang.id, now=1e10)
        async with serving.library.database.transaction() as transaction:
            transaction.execute("UPDATE answers SET at = ?", (time.time() - 2 * 24 * 60 * 60,))
        await job.run(serving.application)
        assert await serving.library.conversations.last_answer(chat=wang.id, owner=wang.id, now=1e10) is None
