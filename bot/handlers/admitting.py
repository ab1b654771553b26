"""Who may ask: /allow, /deny, and /pair with a one-time code. In private only, by numeric id only."""

from __future__ import annotations

import re

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk
from bot.handlers.doors import ANONYMOUS_ADMINISTRATOR
from bot.presenting import introduce_to, withdraw_from
from bot.views import admissions as view
from bot.views.markup import text

Context = ContextTypes.DEFAULT_TYPE

NUMBER = re.compile(r"-?[1-9]\d{0,15}")


async def administrator(desk: Desk, update: Update) -> int | None:
    """Tell the numeric id of the administrator who gave a command in private; else say why not, and None."""
    message, user, texts = update.message, update.effective_user, desk.speak(update)
    if message is None or user is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        if user.id == ANONYMOUS_ADMINISTRATOR or desk.doors.is_administrator(user):
            await message.reply_html(text(texts("come_to_private")).html)
        return None
    if not desk.doors.is_administrator(user):
        await message.reply_html(text(texts("administrators_only")).html)
        return None
    return user.id


async def allow(desk: Desk, update: Update, context: Context) -> None:
    """Admit a person or a group; alone, list who is."""
    who = await administrator(desk, update)
    if who is None or update.message is None:
        return
    texts = desk.speak(update)
    if not context.args:
        await update.message.reply_html(view.listed(desk.doors.granted, desk.doors.named, texts).html)
        return
    number = await _number(desk, update, update.message, context)
    if number is None:
        return
    if desk.doors.standing(number) != "administrator":
        await desk.library.admissions.grant(number, "admitted", by=who)
        await desk.doors.read_again(desk.library.admissions)
    await update.message.reply_html(text(texts("allowed", id=number)).html)


async def deny(desk: Desk, update: Update, context: Context) -> None:
    """Turn a person or a group away, whatever was said of them before."""
    who = await administrator(desk, update)
    if who is None or update.message is None:
        return
    texts = desk.speak(update)
    number = await _number(desk, update, update.message, context)
    if number is None:
        return
    if desk.doors.is_fixed(number) or number == who:
        await update.message.reply_html(text(texts("deny_administrator")).html)
        return
    was = desk.doors.standing(number)
    await desk.library.admissions.grant(number, "denied", by=who)
    await desk.doors.read_again(desk.library.admissions)
    if was == "administrator":
        await withdraw_from(context.bot, administrator=number)
    await update.message.reply_html(text(texts("denied", id=number)).html)


async def pair(desk: Desk, update: Update, context: Context) -> None:
    """Take a one-time code that ``yinju pair`` printed."""
    message, user, texts = update.message, update.effective_user, desk.speak(update)
    if message is None or user is None:
        return
    if message.chat.type != ChatType.PRIVATE:
        await message.reply_html(text(texts("come_to_private")).html)
        return
    if not context.args:
        await message.reply_html(text(texts("pair_how")).html)
        return
    if desk.doors.is_administrator(user):
        await message.reply_html(text(texts("paired_administrator")).html)
        return
    if desk.doors.standing(user.id) == "denied" or not await desk.guesses.allow(user.id):
        await message.reply_html(text(texts("pair_too_many")).html)
        return
    standing = await desk.library.admissions.redeem("".join(context.args), person=user.id)
    if standing is None:
        await message.reply_html(text(texts("pair_wrong")).html)
        return
    await desk.doors.read_again(desk.library.admissions)
    if standing == "administrator":
        await introduce_to(context.bot, desk.texts, administrator=user.id)
    said = "paired_administrator" if standing == "administrator" else "paired_admitted"
    await message.reply_html(text(texts(said)).html)


async def _number(desk: Desk, update: Update, message: Message, context: Context) -> int | None:
    given = " ".join(context.args or ())
    if NUMBER.fullmatch(given):
        return int(given)
    await message.reply_html(text(desk.speak(update)("number_needed")).html)
    return None
