"""The way in for every update: who is not admitted is told so once, politely, and goes no further."""

from __future__ import annotations

import logging

from telegram import Chat, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.handlers.answering import forged
from bot.handlers.crowding import crowded
from bot.handlers.desk import Desk
from bot.handlers.sending import answer
from bot.views.markup import text

log = logging.getLogger(__name__)

# What a stranger may say in private: the code that admits, and what concerns nobody but themselves.
FOR_EVERYBODY = frozenset({"/pair", "/privacy", "/forgetme"})


async def gate(desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Let an update pass, or refuse it, ignore it, or leave the group it comes from."""
    await desk.get_ready()
    if update.update_id in desk.turns.turned_away:
        await crowded(desk, update, context)
        raise ApplicationHandlerStop
    chat = update.effective_chat
    if update.my_chat_member is not None or (update.message is not None and _is_service(update)):
        return  # comings and goings have a handler of their own, which asks the doors itself
    if update.inline_query is not None or update.guest_message is not None:
        return  # so have these: they are answered in their own way
    decision = desk.doors.decide(update.effective_user, chat)
    if decision == "admit":
        # Else whoever has a client of their own making could put a list in the place of somebody's answer.
        if update.callback_query is not None and await forged(desk, update.callback_query):
            await answer(update.callback_query, desk.speak(update)("expired"), alert=True)
            raise ApplicationHandlerStop
        return
    if decision == "leave" and chat is not None and update.effective_message is not None:
        await leave(desk, update, chat)
    elif decision == "refuse":
        if _is_for_everybody(update, context.bot.username):
            return
        await _refuse(desk, update)
    elif update.callback_query is not None:
        await answer(update.callback_query)
    raise ApplicationHandlerStop


async def leave(desk: Desk, update: Update, chat: Chat) -> None:
    """Say goodbye to a group that is not allowed, with the number an administrator would need, and go."""
    texts = desk.speak(update)
    if update.callback_query is not None:
        await answer(update.callback_query)
    try:
        await chat.send_message(text(texts("group_not_allowed", id=chat.id)).html)
    except (BadRequest, Forbidden) as error:
        log.info("could not say goodbye to %s: %s", chat.id, error)
    try:
        await chat.leave()
    except (BadRequest, Forbidden) as error:
        log.info("could not leave %s: %s", chat.id, error)
    log.info("left group %s, which is not allowed", chat.id)


async def _refuse(desk: Desk, update: Update) -> None:
    texts, user = desk.speak(update), update.effective_user
    number = user.id if user else "?"
    if update.callback_query is not None:
        await answer(update.callback_query, texts("not_allowed", id=number), alert=True)
    elif update.message is not None and update.message.chat.type == ChatType.PRIVATE:
        hint = texts("pair_hint") if desk.doors.mode == "pairing" else ""
        await update.message.reply_html(text(f"{texts('not_allowed', id=number)}\n{hint}".strip()).html)


def _is_for_everybody(update: Update, username: str) -> bool:
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        # A press below /forgetme's question concerns nobody else either.
        query = update.callback_query
        return query is not None and (query.data or "").startswith("x1:")
    word = (message.text or "").split(maxsplit=1)[:1]
    command, _, addressee = (word[0] if word else "").partition("@")
    return command.lower() in FOR_EVERYBODY and addressee.lower() in ("", username.lower())


def _is_service(update: Update) -> bool:
    message = update.message
    return message is not None and bool(
        message.migrate_to_chat_id
        or message.migrate_from_chat_id
        or message.new_chat_members
        or message.left_chat_member
    )
