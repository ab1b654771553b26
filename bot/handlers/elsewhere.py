"""Answering where the bot is no member: inline queries in any chat, and messages that call it in as a guest."""

from __future__ import annotations

import re

from telegram import Chat, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.asking import replied_words, without_mention
from bot.handlers.desk import Desk, new_id
from bot.handlers.sending import TOO_LATE, passing_over
from bot.views import answers, inline
from bot.views.answers import Turn
from bot.views.markup import Markup, text
from corpus.errors import EngineError

Context = ContextTypes.DEFAULT_TYPE

# The most quotes an inline query can be turned through; every page asks anew.
_MOST = 50
_CACHE_SECONDS = 30
_OFFSET = re.compile(r"[0-9]{1,3}")
# Why there may be nothing now and something a moment later.
_PASSES = ("too_many", "engine_away_now")


async def inline_query(desk: Desk, update: Update, context: Context) -> None:
    """Offer quotes for what is typed after the bot's name, ten at a time."""
    query, texts = update.inline_query, desk.speak(update)
    if query is None:
        return
    offset = int(query.offset) if _OFFSET.fullmatch(query.offset) else 0
    person = Chat(query.from_user.id, ChatType.PRIVATE)
    admitted = desk.doors.admit(query.from_user, person)
    asked = query.query.strip()[: desk.question_characters]
    shown, why = None, "inline_help" if admitted else "inline_stranger"
    chosen = await desk.library.scopes.of(query.from_user.id)
    if asked and admitted and not await desk.typing.allows(person=query.from_user.id):
        why = "too_many"
    elif asked and admitted:
        try:
            shown = await desk.library.answer(asked, scope=chosen.scope, limit=_MOST)
        except EngineError:  # nobody waits for an inline query
            why = "engine_away_now"
    quotes = shown.quotes if shown and shown.verdict in ("answer", "related") else ()
    page = quotes[offset : offset + inline.PER_PAGE]
    further = offset + len(page) < len(quotes)
    with passing_over(TOO_LATE):
        await query.answer(
            inline.results(page, texts, username=context.bot.username, offset=offset),
            cache_time=0 if why in _PASSES else _CACHE_SECONDS,
            # What one may see another may not, and one's choice of reports is one's own.
            is_personal=desk.doors.mode != "open" or chosen.scope is not None or why in _PASSES,
            # python-telegram-bot 22.8 sends an empty offset as "[]"; none at all says the same.
            next_offset=str(offset + len(page)) if further else None,
            button=None if page or offset else inline.help_button(texts(why)),
        )


async def guest(desk: Desk, update: Update, context: Context) -> None:
    """Answer a message that mentions the bot in a chat where it is no member: once, and in no other way."""
    message, texts = update.guest_message, desk.speak(update)
    if message is None or not message.guest_query_id:
        return
    if not desk.doors.admit(update.effective_user, None):
        return
    asked = without_mention(message, context.bot.username) or replied_words(message, context)
    person = update.effective_user.id if update.effective_user else message.chat.id
    paced = await desk.pace.allows(person=person, chat=message.chat.id)
    markup = await _said(desk, update, context, asked) if paced else text(texts("too_many"))
    with passing_over(TOO_LATE):
        await message.answer_guest_query(inline.guest(markup, texts, answer_id=new_id()))


async def _said(desk: Desk, update: Update, context: Context, asked: str) -> Markup:
    texts = desk.speak(update)
    if len(asked) > desk.question_characters:
        return text(texts("invalid_long", limit=desk.question_characters))
    try:
        shown = await desk.library.answer(asked, limit=desk.quotes)
    except EngineError:
        return text(texts("engine_away_now"))
    if shown.verdict == "invalid":
        return text(texts("invalid_empty"))
    # Its buttons are left out: presses below a guest's message name no chat to find the answer in.
    return answers.answer(shown, texts, username=context.bot.username, per_page=desk.quotes, turn=Turn(new_id())).markup
