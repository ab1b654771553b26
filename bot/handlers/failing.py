"""What happens when something goes wrong: an id for the person, the rest for the log."""

from __future__ import annotations

import logging
import math
import secrets

from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk
from bot.inbox import CrossingOff
from bot.pacing import passes
from bot.views.markup import text
from corpus.errors import EngineError

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE


async def error(desk: Desk, update: object, context: Context) -> None:
    """Do what can be done: remember a closed chat, try again, answer elsewhere; else log it and tell its short id."""
    wrong = context.error
    if not isinstance(update, Update):
        log.error("a job failed", exc_info=wrong)
    elif isinstance(wrong, ChatMigrated):
        await _follow(desk, update, context, wrong.new_chat_id)
    elif _is_closed(wrong) and update.effective_chat is not None:
        log.info("chat %s cannot be written to: %s", update.effective_chat.id, wrong)
        await desk.library.conversations.close(update.effective_chat.id, why=str(wrong))
        await _release(desk, update)
    elif (passes(wrong) or isinstance(wrong, InvalidToken)) and isinstance(context.application, CrossingOff):
        # A token that is revoked ends the program; the next one, with another, answers what this one could not.
        context.application.put_off(update, why=type(wrong).__name__)
    elif isinstance(wrong, EngineError) and isinstance(context.application, CrossingOff):
        if not context.application.tries(update):
            await _tell(update, desk.speak(update)("engine_away"))
        context.application.put_off(update, why=str(wrong), most=math.inf)
    else:
        error_id = secrets.token_hex(4)
        log.error("error %s", error_id, exc_info=wrong)
        await _tell(update, desk.speak(update)("failed", id=error_id))


def _is_closed(wrong: Exception | None) -> bool:
    return isinstance(wrong, Forbidden) or (isinstance(wrong, BadRequest) and "chat not found" in str(wrong).lower())


async def _follow(desk: Desk, update: Update, context: Context, new: int) -> None:
    """Answer a message whose group became a supergroup meanwhile in the group that it is now."""
    log.info("group %s is %s now", update.effective_chat and update.effective_chat.id, new)
    if update.message is not None:
        moved = update.to_dict()
        moved["message"]["chat"] |= {"id": new, "type": ChatType.SUPERGROUP}
        await context.application.process_update(Update.de_json(moved, context.bot))
    await _release(desk, update)


async def _release(desk: Desk, update: Update) -> None:
    """Let whoever pressed a button wait no longer where it can do nothing any more."""
    if update.callback_query is not None:
        await _tell(update, desk.speak(update)("expired"))


async def _tell(update: Update, said: str) -> None:
    message = update.message or update.edited_message
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(said, show_alert=True)
        elif message is not None:
            await message.reply_html(text(said).html)
    except TelegramError as second:
        log.info("whoever asked could not be told: %s", second)
