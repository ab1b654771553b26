"""/settings for a person and for a group, /privacy, and /forgetme, which deletes."""

from __future__ import annotations

import re
from dataclasses import replace

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk
from bot.handlers.membership import rules
from bot.handlers.sending import answer, edit
from bot.texts import LANGUAGES
from bot.views import settings as view
from bot.views.answers import Reply
from bot.views.markup import text
from corpus.store import Preferences

Context = ContextTypes.DEFAULT_TYPE

SETTINGS_DATA = re.compile(r"^s1:([lqan]):([\w-]{1,16})$")
FORGET_DATA = re.compile(r"^x1:(yes|no)$")


async def settings(desk: Desk, update: Update, context: Context) -> None:
    """Show what this chat wishes; in a group, to its administrators."""
    message, texts = update.message, desk.speak(update)
    if message is None:
        return
    if message.chat.type != ChatType.PRIVATE and not await rules(context.bot, message.chat, update.effective_user):
        await message.reply_html(text(texts("settings_group_only")).html)
        return
    shown = _shown(desk, update, message)
    await message.reply_html(shown.markup.html, reply_markup=shown.buttons)


async def choose(desk: Desk, update: Update, context: Context) -> None:
    """Take a choice below the settings."""
    query, texts = update.callback_query, desk.speak(update)
    if query is None:
        return
    match, message = SETTINGS_DATA.match(query.data or ""), query.message
    if match is None or not isinstance(message, Message):
        await answer(query, texts("expired"))
        return
    if message.chat.type != ChatType.PRIVATE and not await rules(context.bot, message.chat, query.from_user):
        await answer(query, texts("settings_group_only"), alert=True)
        return
    await answer(query)
    wishes = _chosen(desk.wishes.of(message.chat.id), match[1], match[2])
    await desk.library.chats.prefer(message.chat.id, wishes)
    await desk.wishes.read_again(desk.library.chats)
    if message.chat.type != ChatType.PRIVATE:
        await desk.library.admissions.record(
            f"settings {match[1]}:{match[2]}", who=query.from_user.id, about=message.chat.id
        )
    shown = _shown(desk, update, message)
    await edit(query, shown.markup, shown.buttons)


async def privacy(desk: Desk, update: Update, context: Context) -> None:
    """Say in plain words what is kept, how long, and how to delete it."""
    if update.message:
        texts = desk.speak(update)
        days = desk.retention_days
        kept = texts("privacy_days", days=days) if days else texts("privacy_for_good")
        await update.message.reply_html(text(texts("privacy", kept=kept).strip()).html)


async def forget_me(desk: Desk, update: Update, context: Context) -> None:
    """Ask whether to delete everything about whoever asks."""
    message, texts = update.message, desk.speak(update)
    if message is None:
        return
    if message.chat.type != ChatType.PRIVATE:
        await message.reply_html(text(texts("forget_in_private")).html)
        return
    asked = view.ask_to_forget(texts)
    await message.reply_html(asked.markup.html, reply_markup=asked.buttons)


async def forget(desk: Desk, update: Update, context: Context) -> None:
    """Delete everything about whoever pressed, or nothing."""
    query, texts = update.callback_query, desk.speak(update)
    if query is None:
        return
    await answer(query)
    if query.data == view.FORGET:
        await desk.library.uploads.forget(query.from_user.id)
        await desk.library.forgetting.forget(query.from_user.id)
        await desk.wishes.read_again(desk.library.chats)
        await edit(query, text(texts("forgotten")), None)
    else:
        await edit(query, text(texts("forget_not")), None)


def _shown(desk: Desk, update: Update, message: Message) -> Reply:
    wishes = desk.wishes.of(message.chat.id)
    group = message.chat.type != ChatType.PRIVATE
    return view.settings(wishes, desk.speak(update), group=group, quotes=desk.quotes)


def _chosen(wishes: Preferences, setting: str, value: str) -> Preferences:
    """Change one setting; a value that no button has changes nothing."""
    if setting == "l" and value in (*LANGUAGES, "auto"):
        return replace(wishes, language=None if value == "auto" else value)
    if setting == "q" and value in map(str, view.QUOTES):
        return replace(wishes, quotes=int(value))
    if setting == "a" and value in ("everyone", "administrators"):
        return replace(wishes, askers="everyone" if value == "everyone" else "administrators")
    if setting == "n" and value in ("on", "off"):
        return replace(wishes, notices=value == "on")
    return wishes
