"""Which reports a chat asks: chosen by buttons, kept for the chat, cleared by one tap."""

from __future__ import annotations

import re

from telegram import Chat, Message, Update, User
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.answering import pressed
from bot.handlers.desk import Desk
from bot.handlers.membership import rules
from bot.handlers.sending import answer, edit
from bot.views import reports as view
from bot.views.markup import text
from bot.views.reports import Shown
from corpus.errors import UnknownReport
from corpus.model import ReportId

Context = ContextTypes.DEFAULT_TYPE

SCOPE_DATA = re.compile(r"^(?:s1:(?:t:[0-9a-f]{12}:\d{1,4}|c:[0-9a-f]{12}|p:\d{1,4}|a)|sx)$")


async def scope(desk: Desk, update: Update, context: Context) -> None:
    """Show which reports are asked here, and let them be chosen."""
    message, texts = update.effective_message, desk.speak(update)
    if message is None:
        return
    if not await _may_choose(message.chat, update.effective_user, context):
        await message.reply_html(text(texts("scope_administrators")).html)
        return
    markup, buttons = await _scope(desk, update, message.chat.id, page=0)
    await message.reply_html(markup.html, reply_markup=buttons)


async def choose(desk: Desk, update: Update, context: Context) -> None:
    """Take a report into the choice or out of it, turn the page, or ask all reports again."""
    query, texts = pressed(update), desk.speak(update)
    here = query.message
    match = SCOPE_DATA.match(query.data or "")
    if match is None or not isinstance(here, Message):
        await answer(query, texts("expired"), alert=True)
        return
    if not await _may_choose(here.chat, query.from_user, context):
        await answer(query, texts("scope_administrators"), alert=True)
        return
    what, *where = match[0].removeprefix("s1:").split(":")
    page = 0
    match what:
        case "a" | "sx":
            await desk.library.scopes.clear(here.chat.id)
            await answer(query, texts("scope_cleared"))
        case "p":
            page = int(where[0])
            await answer(query)
        case _:
            await desk.library.scopes.toggle(here.chat.id, ReportId(where[0]))
            page = int(where[1]) if what == "t" else 0
            chosen = await desk.library.scopes.of(here.chat.id)
            count = len(chosen.reports)
            await answer(query, texts("scope_some", count=count) if count else texts("scope_all"))
    if what == "c":
        shown = await card(desk, update, ReportId(where[0]), here.chat.id)
        if shown:
            await edit(query, *shown)
    elif what != "sx":  # below an answer the answer stays as it is
        await edit(query, *await _scope(desk, update, here.chat.id, page=page))


async def card(desk: Desk, update: Update, report_id: ReportId, chat: int) -> Shown | None:
    """Show a report's card as this chat sees it; None for a report that is not held."""
    try:
        held = await desk.library.reports.holding(report_id)
    except UnknownReport:
        return None
    chosen = await desk.library.scopes.of(chat)
    facts = await desk.library.readings.facts(report_id)
    return view.card(held, facts, desk.speak(update), chosen=report_id in chosen.reports)


async def _scope(desk: Desk, update: Update, chat: int, *, page: int) -> Shown:
    held, chosen = await desk.library.reports.holdings(), await desk.library.scopes.of(chat)
    return view.scope(held, chosen, desk.speak(update), page=page)


async def _may_choose(chat: Chat, user: User | None, context: Context) -> bool:
    """In a group its administrators choose for all; in private everybody for themselves."""
    return chat.type == ChatType.PRIVATE or await rules(context.bot, chat, user)
