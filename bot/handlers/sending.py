"""Sending and editing, with what Telegram says back that is no error."""

from __future__ import annotations

from telegram import CallbackQuery, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.views.markup import Markup

# A second press of the same button, or a message that somebody has deleted meanwhile.
_NO_ERROR = ("not modified", "not found", "can't be edited")


async def edit(query: CallbackQuery, markup: Markup, buttons: InlineKeyboardMarkup | None) -> None:
    """Put *markup* in the place of the message whose button was pressed."""
    try:
        await query.edit_message_text(markup.html, reply_markup=buttons)
    except BadRequest as error:
        if not any(known in str(error).lower() for known in _NO_ERROR):
            raise
