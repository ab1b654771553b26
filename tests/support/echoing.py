"""A small bot of the tests' own, and the ways to see what the played Telegram does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
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

from bot.offline import OfflineTelegram
from tests.support.running import Way

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


def bot_of(world: OfflineTelegram, token: str | None = None) -> Bot:
    return Bot(token or world.token, request=world.request(), get_updates_request=world.request())


async def seen(world: OfflineTelegram) -> list[Update]:
    """Take all pending updates, as a bot that polls once does."""
    async with bot_of(world) as bot:
        updates = await bot.get_updates()
        if updates:
            await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return list(updates)
