"""The offline Bot API, with a small real Application on it; every claim here is one that other tests build on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, get_args

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.offline import Entity, Fault, OfflineTelegram
from tests.support.running import Way, running

Context = ContextTypes.DEFAULT_TYPE
WAYS = get_args(Way)
MORE = InlineKeyboardMarkup([[InlineKeyboardButton("更多", callback_data="more")]])


async def echo(update: Update, context: Context) -> None:
    assert update.message
    await update.message.reply_html(f"<b>{update.message.text}</b>！", do_quote=True, reply_markup=MORE)


async def echo_again(update: Update, context: Context) -> None:
    assert update.edited_message
    await update.edited_message.reply_text(f"改为 {update.edited_message.text}")


async def more(update: Update, context: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("好的")
    await update.callback_query.edit_message_text("第二页")


async def offer(update: Update, context: Context) -> None:
    assert update.inline_query
    content = InputTextMessageContent(f"<i>{update.inline_query.query}</i>", parse_mode="HTML")
    await update.inline_query.answer([InlineQueryResultArticle("1", "题", content)], next_offset="10")


async def be_a_guest(update: Update, context: Context) -> None:
    assert update.guest_message
    content = InputTextMessageContent(f"客人答：{update.guest_message.text}")
    await update.guest_message.answer_guest_query(InlineQueryResultArticle("1", "题", content))


def echoing(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT, echo))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.TEXT, echo_again))
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, be_a_guest))
    application.add_handler(CallbackQueryHandler(more))
    application.add_handler(InlineQueryHandler(offer))


def collecting(updates: list[Update]) -> Callable[[Application[Any, Any, Any, Any, Any, Any]], None]:
    async def collect(update: Update, context: Context) -> None:
        updates.append(update)

    return lambda application: application.add_handler(TypeHandler(Update, collect))


@pytest.fixture
def world() -> OfflineTelegram:
    """Play Telegram unchecked, for calls that are wrong on purpose."""
    return OfflineTelegram()


def bot_of(world: OfflineTelegram, token: str | None = None) -> Bot:
    return Bot(token or world.token, request=world.request(), get_updates_request=world.request())


# ── A conversation, each way ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", WAYS)
async def test_a_question_is_answered_as_a_reply_and_a_button_turns_the_page(
    telegram: OfflineTelegram, way: Way
) -> None:
    async with running(telegram, echoing, way):
        reader = telegram.person("小王")
        question = await telegram.say("几个😀问题", user=reader)
        await telegram.quiet()
        [said, answer] = telegram.messages(telegram.private(reader))
        assert said is question
        assert (answer.text, answer.reply_to) == ("几个😀问题！", question)
        assert answer.entities == (Entity("bold", 0, 6),)
        query = await telegram.press(answer, "更多")
        await telegram.quiet()
        assert (query.answered, query.text) == (True, "好的")
        assert (answer.text, answer.edited, answer.buttons) == ("第二页", True, [])


@pytest.mark.parametrize("way", WAYS)
async def test_an_edit_by_a_person_reaches_the_bot(telegram: OfflineTelegram, way: Way) -> None:
    async with running(telegram, echoing, way):
        question = await telegram.say("一", user=telegram.person("小王"))
        await telegram.quiet()
        await telegram.edit_message(question, "二")
        await telegram.quiet()
        assert [message.text for message in telegram.messages(question.chat)] == ["二", "一！", "改为 二"]
        assert question.edited
