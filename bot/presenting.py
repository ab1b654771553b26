"""How the bot presents itself in Telegram: commands by chat and language, its name and descriptions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.texts import Language, Texts

log = logging.getLogger(__name__)

PRIVATE = (
    "ask",
    "reports",
    "scope",
    "history",
    "export",
    "watch",
    "unwatch",
    "settings",
    "privacy",
    "forgetme",
    "help",
)
GROUP = ("ask", "reports", "help")
GROUP_ADMINISTRATORS = (*GROUP, "settings")
ADMINISTRATORS = (*PRIVATE, "stats", "unanswered", "audit", "remove", "allow", "deny")

# Telegram takes two letters, or none for everybody else.
_CODES: Mapping[str, Language] = {"": "zh-CN", "zh": "zh-CN", "en": "en"}


async def introduce(bot: Bot, texts: Mapping[Language, Texts], *, administrators: Iterable[int] = ()) -> None:
    """Tell Telegram what has changed of commands, name and descriptions; a failure is no reason not to serve."""
    try:
        for code, language in _CODES.items():
            await _describe(bot, code, texts[language])
            await _register(bot, BotCommandScopeAllPrivateChats(), PRIVATE, code, texts[language])
            await _register(bot, BotCommandScopeAllGroupChats(), GROUP, code, texts[language])
            await _register(bot, BotCommandScopeAllChatAdministrators(), GROUP_ADMINISTRATORS, code, texts[language])
        for administrator in sorted(administrators):
            await introduce_to(bot, texts, administrator=administrator)
    except TelegramError as error:
        log.warning("commands and descriptions could not be registered: %s", error)


async def introduce_to(bot: Bot, texts: Mapping[Language, Texts], *, administrator: int) -> None:
    """Show an administrator the commands for administrators; who never wrote to the bot has no chat to show them in."""
    try:
        for code, language in _CODES.items():
            await _register(bot, BotCommandScopeChat(administrator), ADMINISTRATORS, code, texts[language])
    except TelegramError as error:
        log.info("administrator %s is shown no commands yet: %s", administrator, error)


async def withdraw_from(bot: Bot, *, administrator: int) -> None:
    """Show somebody who is no administrator any more the commands of everybody."""
    try:
        for code in _CODES:
            await bot.delete_my_commands(scope=BotCommandScopeChat(administrator), language_code=code or None)
    except TelegramError as error:
        log.info("%s is still shown the commands for administrators: %s", administrator, error)


def report(bot: Bot) -> None:
    """Log what Telegram says of the bot's account."""
    me = bot.bot
    reads_all = bool(me.can_read_all_group_messages)
    log.info(
        "@%s: privacy mode %s, inline mode %s, guest mode %s",
        me.username,
        "off" if reads_all else "on",
        "on" if me.supports_inline_queries else "off",
        "on" if me.supports_guest_queries else "off",
    )
    if reads_all:
        log.warning("privacy mode is off: Telegram sends every message of its groups; /setprivacy at @BotFather")


async def _register(bot: Bot, scope: BotCommandScope, names: Iterable[str], code: str, texts: Texts) -> None:
    commands = tuple(BotCommand(name, texts(f"command_{name}")) for name in names)
    if await bot.get_my_commands(scope=scope, language_code=code or None) != commands:
        await bot.set_my_commands(commands, scope=scope, language_code=code or None)


async def _describe(bot: Bot, code: str, texts: Texts) -> None:
    language = code or None
    if (await bot.get_my_name(language)).name != texts("name"):
        await bot.set_my_name(texts("name"), language)
    if (await bot.get_my_description(language)).description != texts("start"):
        await bot.set_my_description(texts("start"), language)
    if (await bot.get_my_short_description(language)).short_description != texts("about"):
        await bot.set_my_short_description(texts("about"), language)
