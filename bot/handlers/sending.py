"""Sending and editing, with what Telegram says back that is no error."""

from __future__ import annotations

from telegram import Bot, CallbackQuery, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.views.markup import Markup

# A second press of the same button, or a message that somebody has deleted meanwhile.
_NO_ERROR = ("not modified", "not found", "can't be edited", "message_id_invalid")
_UNMODIFIED = "not modified"
# The bot was down or busy for longer than Telegram waits for an answer to a press.
_TOO_LATE = ("query is too old", "query id is invalid")


async def answer(query: CallbackQuery, said: str | None = None, *, alert: bool = False) -> None:
    """Answer a press of a button; one that came too long ago can no longer be answered, which is no error."""
    try:
        await query.answer(said, show_alert=alert)
    except BadRequest as error:
        if not any(known in str(error).lower() for known in _TOO_LATE):
            raise


async def edit(query: CallbackQuery, markup: Markup, buttons: InlineKeyboardMarkup | None) -> None:
    """Put *markup* in the place of the message whose button was pressed."""
    try:
        await query.edit_message_text(markup.html, reply_markup=buttons)
    except BadRequest as error:
        if not any(known in str(error).lower() for known in _NO_ERROR):
            raise


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
