"""/stats and /unanswered: figures for administrators, in private; they name nobody."""

from __future__ import annotations

import asyncio
from functools import partial

from telegram import Update
from telegram.constants import ChatAction
from telegram.ext import ContextTypes

from bot.handlers.admitting import administrator
from bot.handlers.desk import Desk
from bot.views import charts, figures

Context = ContextTypes.DEFAULT_TYPE


async def stats(desk: Desk, update: Update, context: Context) -> None:
    """Send the last thirty days as a picture, with the figures in words."""
    if await administrator(desk, update) is None or update.message is None:
        return
    texts, summed = desk.speak(update), await desk.library.figures.summary()
    await update.message.chat.send_action(ChatAction.UPLOAD_PHOTO)
    cache = desk.library.database.path.parent / "matplotlib"
    picture = await asyncio.to_thread(partial(charts.chart, summed, texts, desk.texts["en"], cache=cache))
    await update.message.reply_photo(picture, caption=figures.summary(summed, texts).html, filename="stats.png")


async def unanswered(desk: Desk, update: Update, context: Context) -> None:
    """List the questions that found nothing, most frequent first."""
    if await administrator(desk, update) is None or update.message is None:
        return
    found = await desk.library.figures.unanswered()
    await update.message.reply_html(figures.unanswered(found, desk.speak(update)).html)
