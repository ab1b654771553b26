"""How the bot presents itself, and what it can look up."""

from __future__ import annotations

import pytest
from telegram import (
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import (
    BadRequest,
    Forbidden,
)

from bot.offline import OfflineTelegram
from tests.support.echoing import bot_of


async def test_commands_names_and_descriptions_are_kept_by_scope_and_language(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    group = telegram.group("群", admins=[wang])
    async with bot_of(telegram) as bot:
        await bot.set_my_commands([("ask", "提问")], scope=BotCommandScopeAllPrivateChats())
        await bot.set_my_commands([("ask", "Ask")], scope=BotCommandScopeAllPrivateChats(), language_code="en")
        await bot.set_my_commands([("stats", "统计")], scope=BotCommandScopeChat(group.id))
        await bot.set_my_name("Yinju", language_code="en")
        await bot.set_my_description("只引原文")
        await bot.set_my_short_description("引据")
        found = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), language_code="en")
        assert [(command.command, command.description) for command in found] == [("ask", "Ask")]
        assert [command.command for command in await bot.get_my_commands(BotCommandScopeChat(group.id))] == ["stats"]
        assert await bot.get_my_commands() == ()
        await bot.delete_my_commands(BotCommandScopeChat(group.id))
        assert await bot.get_my_commands(BotCommandScopeChat(group.id)) == ()
        assert ((await bot.get_my_name()).name, (await bot.get_my_name("en")).name) == ("引据", "Yinju")
        assert (await bot.get_my_description("en")).description == "只引原文"
        assert (await bot.get_my_short_description()).short_description == "引据"


@pytest.mark.parametrize(
    ("commands", "language", "fault"),
    [
        ([("Ask", "提问")], None, "BOT_COMMAND_INVALID"),
        ([("a" * 33, "提问")], None, "BOT_COMMAND_INVALID"),
        ([("ask", "问" * 257)], None, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([(f"c{n}", "问") for n in range(101)], None, "BOT_COMMANDS_TOO_MUCH"),
        ([("ask", "提问")], "zh-hans", "invalid language code specified"),
    ],
)
async def test_commands_that_telegram_would_not_take(
    world: OfflineTelegram, commands: list[tuple[str, str]], language: str | None, fault: str
) -> None:
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest):
            await bot.set_my_commands(commands, language_code=language)
    assert world.calls[-1].error == f"Bad Request: {fault}"


async def test_chats_and_their_members_can_be_looked_up(telegram: OfflineTelegram) -> None:
    wang, li = telegram.person("小王"), telegram.person("小李")
    group = telegram.supergroup("群", li, admins=[wang], username="qun")
    async with bot_of(telegram) as bot:
        chat = await bot.get_chat("@qun")
        assert (chat.id, chat.title) == (group.id, "群")
        assert [member.user.id for member in await bot.get_chat_administrators(group.id)] == [wang.id]
        stand = [(await bot.get_chat_member(group.id, user.id)).status for user in (wang, li, telegram.bot)]
        assert stand == ["administrator", "member", "member"]
        assert await bot.get_chat_member_count(group.id) == 3
        await telegram.leave(group, li)
        assert (await bot.get_chat_member(group.id, li.id)).status == "left"
        assert await bot.get_chat_member_count(group.id) == 2
        await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
            await bot.get_chat(group.id)
