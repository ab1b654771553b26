"""Sending and editing, with what Telegram says back that is no error."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from telegram import Bot, CallbackQuery, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.pacing import passes
from bot.views.markup import Markup

log = logging.getLogger(__name__)

# A message that somebody has deleted meanwhile, or a press forged for a file.
_NO_ERROR = ("not found", "can't be edited", "message_id_invalid", "no text in the message")
_UNMODIFIED = "not modified"
# The bot was down or busy for longer than Telegram waits for an answer to a press or a query; or who types on has
# sent the next inline query.
TOO_LATE = ("query is too old", "query id is invalid")


@contextmanager
def passing_over(known: Sequence[str]) -> Iterator[None]:
    """Pass over a refusal that holds one of the *known* words; any other is an error."""
    try:
        yield
    except BadRequest as error:
        if not any(words in str(error).lower() for words in known):
            raise


async def answer(query: CallbackQuery, said: str | None = None, *, alert: bool = False) -> None:
    """Answer a press of a button; one that came too long ago can no longer be answered, which is no error."""
    try:
        with passing_over(TOO_LATE):
            await query.answer(said, show_alert=alert)
    except TelegramError as error:
        if not passes(error):
            raise
        # Who pressed waits no longer than this would take; what the press asks for is done all the same.
        log.info("a press could not be answered: %s", type(error).__name__)


async def edit(query: CallbackQuery, markup: Markup, buttons: InlineKeyboardMarkup | None) -> None:
    """Put *markup* in the place of the message whose button was pressed, where it can still be reached."""
    message = query.message
    if message is not None:
        # By its number: an old message comes without its content, and may be edited all the same.
        await edit_message(query.get_bot(), markup, buttons, chat=message.chat.id, message=message.message_id)


async def edit_message(
    bot: Bot, markup: Markup, buttons: InlineKeyboardMarkup | None, *, chat: int, message: int
) -> bool:
    """Put *markup* in the place of a message of ours; False where it no longer stands there."""
    try:
        await bot.edit_message_text(markup.html, chat_id=chat, message_id=message, reply_markup=buttons)
    except BadRequest as error:
        if _UNMODIFIED in str(error).lower():
            return True
        if not any(known in str(error).lower() for known in _NO_ERROR):
            raise
        return False
    return True
