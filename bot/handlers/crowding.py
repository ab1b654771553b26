"""When more is asked than can be answered: a word, at most once a minute a chat, and nothing else."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.handlers import sending
from bot.handlers.desk import Desk
from bot.views.markup import text

log = logging.getLogger(__name__)

SILENT_SECONDS = 60.0
REMEMBERED = 10_000


async def crowded(desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say that the house is full."""
    log.warning("turned away; %d are waiting", desk.turns.waiting)
    try:
        if update.callback_query:
            await sending.answer(update.callback_query, desk.speak(update)("crowded"), alert=True)
        elif update.message and _first(context, update.message.chat.id):
            await update.message.reply_html(text(desk.speak(update)("crowded")).html)
    except TelegramError as error:
        log.info("that the house is full could not be said: %s", type(error).__name__)


def _first(context: ContextTypes.DEFAULT_TYPE, chat: int) -> bool:
    """Tell whether nothing was said to this chat for a while; in a flood of messages, more words help nobody."""
    said: OrderedDict[int, float] = context.bot_data.setdefault("crowded", OrderedDict())
    now = time.monotonic()
    if now - said.get(chat, -SILENT_SECONDS) < SILENT_SECONDS:
        return False
    said[chat] = now
    said.move_to_end(chat)
    if len(said) > REMEMBERED:
        said.popitem(last=False)
    return True
