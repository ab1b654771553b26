"""Groups: coming and going, migration, and a group's own settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.offline import Chat, OfflineTelegram, User
from tests.support.running import every_way
from tests.support.service import Service

ASKED = "/ask 石桥村发现了多少个隐患"


@every_way
async def test_added_to_a_group_it_says_one_short_thing(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    group = telegram.supergroup("新群", wang, bot=None)
    await telegram.join(group, telegram.bot, by=wang)
    await telegram.quiet()
    assert [one.text[:8] for one in telegram.from_bot(group)] == ["大家好，我是引据"]
    await telegram.promote(group, telegram.bot, by=wang)
    await telegram.quiet()
    assert len(telegram.from_bot(group)) == 1


async def test_added_to_a_group_that_is_not_allowed_it_says_so_and_leaves(
    telegram: OfflineTelegram, data_dir: Path, wang: User
) -> None:
    async with Service(telegram, data_dir, access={"mode": "allowlist", "users": frozenset({wang.id})}) as serving:
        group = telegram.group("新群", wang, bot=None)
        await telegram.join(group, telegram.bot, by=wang)
        await telegram.quiet()
        assert f"群编号 {group.id}" in serving.last(group).text
        assert group.members[telegram.bot.id] == "left"
        assert [(one.who, one.act, one.about) for one in await serving.library.admissions.acts()] == [
            (wang.id, "leave", str(group.id))
        ]


@every_way
async def test_who_blocks_or_removes_it_is_remembered_until_they_take_it_back(
    telegram: OfflineTelegram, service: Service, wang: User, group: Chat
) -> None:
    await telegram.ask("/start", user=wang)
    await telegram.block(wang)
    await telegram.kick(group, telegram.bot, by=wang)
    await telegram.quiet()
    assert set(await service.library.chats.inactive()) == {wang.id, group.id}
    await telegram.unblock(wang)
    await telegram.join(group, telegram.bot, by=wang)
    await telegram.quiet()
    assert await service.library.chats.inactive() == {}


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(
    telegram: OfflineTelegram, data_dir: Path, wang: User
) -> None:
    boss = telegram.person("站长", number=501)
    group = telegram.group("小组", boss, admins=[wang])
    access = {"mode": "allowlist", "admins": frozenset({boss.id})}
    async with Service(telegram, data_dir, access=access) as serving:
        await telegram.ask(f"/allow {group.id}", user=boss)
        [shown] = await telegram.ask("/settings", user=wang, chat=group)
        await telegram.press(shown, "s1:q:1", user=wang)
        await telegram.quiet()
        new = await telegram.migrate(group, by=wang)
        await telegram.quiet()
        assert new.members[telegram.bot.id] == "member"
        [answer] = await telegram.ask(ASKED, user=wang, chat=new)
        assert answer.text.count("出处：") == 1
        assert list(await serving.library.chats.preferences()) == [new.id]


async def test_a_groups_settings_are_its_administrators_own(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    group = telegram.supergroup("小组", li, admins=[wang])
    [refused] = await telegram.ask("/settings", user=li, chat=group)
    assert refused.text == "本群的设置只有群管理员能看和改。"
    [shown] = await telegram.ask("/settings", user=wang, chat=group)
    assert shown.text == "本群的设置\n语言：自动\n每条回答的原文：3 处\n谁能提问：所有人"
    query = await telegram.press(shown, "群管理员", user=li)
    await telegram.quiet()
    assert (query.answered, query.alert, query.text) == (True, True, "本群的设置只有群管理员能看和改。")
    await telegram.press(shown, "群管理员", user=wang)
    await telegram.quiet()
    assert shown.text.endswith("谁能提问：群管理员")
    [reply] = await telegram.ask(ASKED, user=li, chat=group)
    assert reply.text.startswith("本群设置为只有群管理员可以提问")
    for more in ({}, {"anonymous": True}):
        [answer] = await telegram.ask(ASKED, user=wang, chat=group, **more)
        assert "隐患27个" in answer.text
    await telegram.press(shown, "English", user=wang)
    await telegram.quiet()
    assert shown.text.startswith("Settings of this group\nLanguage: English")
    query = await telegram.press(shown, "Choose which reports are asked", user=li)
    await telegram.quiet()
    assert query.alert
    await telegram.press(shown, "Choose which reports are asked", user=wang)
    await telegram.quiet()
    assert shown.text.startswith("All reports are asked now")
    [reply] = await telegram.ask(ASKED, user=li, chat=group)
    assert reply.text.startswith("In this group only its administrators may ask")


async def test_channel_posts_and_what_a_linked_channel_forwards_are_ignored(
    telegram: OfflineTelegram, service: Service, wang: User, group: Chat
) -> None:
    channel = telegram.channel("频道", discussion=group)
    await telegram.post(channel, ASKED)
    await telegram.post(channel, f"@{telegram.bot.username} 石桥村")
    await telegram.quiet()
    assert (telegram.from_bot(channel), telegram.from_bot(group)) == ([], [])


async def test_a_question_in_a_group_that_becomes_another_meanwhile_is_answered_there(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    service.errors_expected = True
    group = telegram.group("小组", wang)
    await telegram.say(ASKED, user=wang, chat=group)
    new = await telegram.migrate(group, by=wang)
    await telegram.quiet()
    assert "隐患27个" in service.last(new).text


@pytest.mark.parametrize("gone", ["kicked", "migrated"])
async def test_who_presses_a_button_in_a_group_that_is_gone_meanwhile_is_told(
    telegram: OfflineTelegram, service: Service, wang: User, li: User, gone: str
) -> None:
    service.errors_expected = True
    group = telegram.group("小组", li, admins=[wang])
    [shown] = await telegram.ask("/scope", user=wang, chat=group)
    query = await telegram.press(shown, 0, user=wang)
    if gone == "kicked":
        await telegram.kick(group, telegram.bot, by=wang)
    else:
        await telegram.migrate(group, by=wang)
    await telegram.quiet()
    assert (query.answered, query.text) == (True, "这条回答已过期，请重新提问。")
