"""Coming and going: added to a group, removed, blocked, a group that becomes a supergroup; and who rules a group."""

from __future__ import annotations

import logging

from telegram import Bot, Chat, ChatMember, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk
from bot.handlers.doors import ANONYMOUS_ADMINISTRATOR
from bot.handlers.gate import leave
from bot.views.markup import text

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE

_GONE = (ChatMember.LEFT, ChatMember.BANNED)


async def changed(desk: Desk, update: Update, context: Context) -> None:
    """Take note of how the bot stands in a chat; greet a group it was added to, or leave it."""
    change = update.my_chat_member
    if change is None or change.chat.type == ChatType.CHANNEL:
        return
    chat, was, now = change.chat, change.old_chat_member.status, change.new_chat_member.status
    if now in _GONE:
        await desk.library.conversations.close(chat.id, why=f"the bot is {now} there")
        return
    await desk.library.conversations.reopen(chat.id)
    if chat.type == ChatType.PRIVATE or was not in _GONE:
        return
    if desk.doors.decide(change.from_user, chat) == "leave":
        await desk.library.admissions.record("leave", who=change.from_user.id, about=chat.id)
        await leave(desk, update, chat)
        return
    said = desk.speak(update)("start_group", username=context.bot.username)
    try:
        await chat.send_message(text(said).html)
    except (BadRequest, Forbidden) as error:
        log.info("could not greet %s: %s", chat.id, error)


async def migrated(desk: Desk, update: Update, context: Context) -> None:
    """Carry a group's settings over to the supergroup it has become; both tell of it, in either order."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        old, new = message.chat.id, message.migrate_to_chat_id
    elif message.migrate_from_chat_id:
        old, new = message.migrate_from_chat_id, message.chat.id
    else:
        return
    await desk.library.chats.renumber(old, new)
    await desk.doors.read_again(desk.library.admissions)
    await desk.wishes.read_again(desk.library.chats)
    log.info("group %s is %s now", old, new)


async def rules(bot: Bot, chat: Chat, user: User | None) -> bool:
    """Tell whether somebody is an administrator of a group; who acts without a name is one."""
    if user is None or user.id == ANONYMOUS_ADMINISTRATOR:
        return user is not None
    try:
        member = await bot.get_chat_member(chat.id, user.id)
    except BadRequest:
        return False
    return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


async def may_ask(desk: Desk, bot: Bot, chat: Chat, user: User | None) -> bool:
    """Tell whether a group's own settings let this person ask there."""
    if chat.type == ChatType.PRIVATE or desk.wishes.of(chat.id).askers == "everyone":
        return True
    return await rules(bot, chat, user)
