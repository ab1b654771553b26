"""Walking through a report: a passage in its place, the outline of its article, the outline of all."""

from __future__ import annotations

import re

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import ContextTypes

from bot.handlers.answering import pressed
from bot.handlers.desk import Desk
from bot.handlers.sending import answer, edit
from bot.texts import Texts
from bot.views import outlines as view
from bot.views.markup import Markup, text
from corpus.errors import UnknownPassage, UnknownReport
from corpus.model import PassageId, ReportId
from corpus.store.passage_ids import report_of, well_formed

Context = ContextTypes.DEFAULT_TYPE

PASSAGE_LINK = re.compile(r"^p_([0-9a-f]{12}-\d{1,9})$")
PASSAGE_DATA = re.compile(r"^p1:([0-9a-f]{12}-\d{1,9})(?::(\d{1,3}))?$")
OUTLINE_DATA = re.compile(r"^o1:([0-9a-f]{12}):(\d{1,6}):(\d{1,4})$")


async def turn_passage(desk: Desk, update: Update, context: Context) -> None:
    """Walk to another passage, or to another part of a long one."""
    query, texts = pressed(update), desk.speak(update)
    match = PASSAGE_DATA.match(query.data or "")
    try:
        shown = await _passage(desk, PassageId(match[1]), texts, part=int(match[2] or 0)) if match else None
    except UnknownPassage:
        shown = None
    if shown is None:
        await answer(query, texts("expired"), alert=True)
        return
    await answer(query)
    await edit(query, *shown)


async def turn_outline(desk: Desk, update: Update, context: Context) -> None:
    """Show the outline of a report, or of one of its articles."""
    query, texts = pressed(update), desk.speak(update)
    match = OUTLINE_DATA.match(query.data or "")
    try:
        held = await desk.library.reports.holding(ReportId(match[1])) if match else None
    except UnknownReport:
        held = None
    if held is None or match is None:
        await answer(query, texts("expired"), alert=True)
        return
    await answer(query)
    report = held.report
    articles = await desk.library.outlines.articles(report.id)
    # A report that is one article has one outline.
    wanted = int(match[2]) or (articles[0].article if len(articles) == 1 else 0)
    article = next((one for one in articles if one.article == wanted), None)
    entries = await desk.library.outlines.sections(report.id, wanted) if article else articles
    await edit(query, *view.outline(report, entries, texts, article=article, page=int(match[3])))


async def show_passage(desk: Desk, message: Message, passage_id: PassageId, texts: Texts) -> None:
    """Send a passage in its place; say so where its text has changed since the link was made."""
    try:
        markup, buttons = await _passage(desk, passage_id, texts)
    except UnknownPassage:
        file = await desk.library.reports.gone(report_of(passage_id)) if well_formed(passage_id) else None
        said = texts("passage_changed", file=file) if file else texts("passage_unknown")
        await message.reply_html(text(said).html)
        return
    await message.reply_html(markup.html, reply_markup=buttons)


async def _passage(
    desk: Desk, passage_id: PassageId, texts: Texts, *, part: int = 0
) -> tuple[Markup, InlineKeyboardMarkup | None]:
    shown = await desk.library.passages.one(passage_id)
    beside = await desk.library.passages.beside(shown)
    return view.passage(shown, await desk.library.passages.article(shown), beside, texts, part=part)
