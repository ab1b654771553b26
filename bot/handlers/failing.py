"""What happens when something goes wrong: an id for the person, the rest for the log."""

from __future__ import annotations

import logging
import secrets

from telegram import Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk
from bot.views.markup import text

log = logging.getLogger(__name__)


async def error(desk: Desk, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what went wrong under a short id, and tell whoever asked the id and nothing else."""
    wrong = context.error
    chat = update.effective_chat if isinstance(update, Update) else None
    if isinstance(wrong, Forbidden) and chat is not None:
        log.info("chat %s cannot be written to: %s", chat.id, wrong)
        await desk.library.conversations.close(chat.id, why=str(wrong))
        return
    error_id = secrets.token_hex(4)
    log.error("error %s", error_id, exc_info=wrong)
    if not isinstance(update, Update) or isinstance(wrong, RetryAfter | ChatMigrated):
        return
    if isinstance(wrong, NetworkError) and not isinstance(wrong, BadRequest):
        return  # what could not be sent will not be mended by sending more
    said = desk.speak(update)("failed", id=error_id)
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(said, show_alert=True)
        elif update.message is not None:
            await update.message.reply_html(text(said).html)
    except TelegramError as second:
        log.info("error %s could not be told: %s", error_id, second)
