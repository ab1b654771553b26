"""Looking around: /start, /help, /reports and the card of each."""

from __future__ import annotations

import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.answering import pressed
from bot.handlers.desk import Desk
from bot.handlers.scoping import card
from bot.handlers.sending import answer, edit
from bot.handlers.walking import PASSAGE_LINK, show_passage
from bot.texts import Texts
from bot.views import reports as view
from bot.views.markup import bold, join, shorten, text
from corpus.model import PassageId, ReportId

Context = ContextTypes.DEFAULT_TYPE

REPORTS_DATA = re.compile(r"^r1:(\d{1,6})(?::([^:]*))?$")
CARD_DATA = re.compile(r"^c1:([0-9a-f]{12})$")
HEADING_DATA = re.compile(r"^h1:([0-9a-f]{12}):(\d{1,6})$")


async def start(desk: Desk, update: Update, context: Context) -> None:
    """Say what the bot is and offer sample questions; with a deep link, show the passage it names."""
    message, texts = update.effective_message, desk.speak(update)
    if message is None:
        return
    if context.args and (match := PASSAGE_LINK.match(context.args[0])):
        await show_passage(desk, message, PassageId(match[1]), texts)
        return
    if message.chat.type != ChatType.PRIVATE:
        await message.reply_html(text(texts("start_group", username=context.bot.username)).html)
        return
    held = await desk.library.reports.holdings()
    counted = texts(
        "start_holding",
        reports=len(held),
        articles=sum(one.articles for one in held),
        passages=sum(one.passages for one in held),
    )
    lines = [bold(text(texts("start"))), text(counted)]
    samples = await _samples(desk)
    if samples:
        lines.append(text(texts("start_samples")))
    buttons = [[InlineKeyboardButton(shorten(asked, 40), callback_data=data)] for asked, data in samples]
    await message.reply_html(join(lines, "\n").html, reply_markup=InlineKeyboardMarkup(buttons) if buttons else None)


async def help_(desk: Desk, update: Update, context: Context) -> None:
    """Say how to ask and what the buttons do."""
    if update.effective_message:
        texts = desk.speak(update)
        await update.effective_message.reply_html(text(texts("help", username=context.bot.username).strip()).html)


async def unclear(desk: Desk, update: Update, context: Context) -> None:
    """Say what can be read, to a command that there is not, a voice message, a sticker and the like."""
    if message := update.effective_message:
        said = "unknown_command" if (message.text or "").startswith("/") else "words_only"
        await message.reply_html(text(desk.speak(update)(said)).html)


async def reports(desk: Desk, update: Update, context: Context) -> None:
    """List the reports that are held, or those whose titles hold the words after the command."""
    if update.effective_message:
        words = view.searchable(" ".join(context.args or ()))
        markup, buttons = await _reports(desk, desk.speak(update), page=0, words=words)
        await update.effective_message.reply_html(markup.html, reply_markup=buttons)


async def open_reports(desk: Desk, update: Update, context: Context) -> None:
    """Send the list of reports to whoever pressed for it."""
    query = pressed(update)
    await answer(query)
    if isinstance(query.message, Message):
        markup, buttons = await _reports(desk, desk.speak(update), page=0)
        await query.message.reply_html(markup.html, reply_markup=buttons)


async def turn_reports(desk: Desk, update: Update, context: Context) -> None:
    """Turn to another page of the list of reports."""
    query = pressed(update)
    await answer(query)
    if match := REPORTS_DATA.match(query.data or ""):
        words = view.searchable(match[2] or "")
        await edit(query, *await _reports(desk, desk.speak(update), page=int(match[1]), words=words))


async def open_card(desk: Desk, update: Update, context: Context) -> None:
    """Show the card of the report whose button was pressed."""
    query = pressed(update)
    match = CARD_DATA.match(query.data or "")
    shown = await card(desk, update, ReportId(match[1]), query.message.chat.id) if match and query.message else None
    if shown is None:
        await answer(query, desk.speak(update)("expired"), alert=True)
        return
    await answer(query)
    await edit(query, *shown)


async def _samples(desk: Desk) -> list[tuple[str, str]]:
    """Choose three headings that are held, as questions, each with the callback data that asks it."""
    samples: list[tuple[str, str]] = []
    for one in (await desk.library.reports.holdings())[:3]:
        headings = list(enumerate(await desk.library.outlines.headings(one.report.id)))
        sections = [(n, h) for n, h in headings if h.kind in ("own_line", "run_in") and len(h.text) <= 30]
        titles = [(n, h) for n, h in headings if h.kind == "title"]
        samples += [(h.text, f"h1:{one.report.id}:{n}") for n, h in (sections or titles)[:1]]
    return samples


async def _reports(desk: Desk, texts: Texts, *, page: int, words: str = "") -> view.Shown:
    return view.reports(await desk.library.reports.holdings(), texts, page=page, words=words)
