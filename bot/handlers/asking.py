"""Questions and answers: private messages, /ask, mentions and replies in groups, and the buttons below an answer."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers import sending
from bot.handlers.answering import find, pressed, recall, render
from bot.handlers.browsing import HEADING_DATA
from bot.handlers.desk import Desk, new_id
from bot.handlers.membership import may_ask
from bot.inbox import CrossingOff
from bot.views.answers import Turn
from bot.views.markup import text
from corpus.journal import to_body
from corpus.model import ReportId
from corpus.store import KeptAnswer

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

MEANT_DATA = re.compile(r"^m1:([\w-]{8,16}):(\d)$")
# How many pages of quotes an answer can be turned through.
MOST_PAGES = 5
# How many earlier questions are kept with one: 还有呢 may be said so often.
MOST_EARLIER = 6
# A question in a private chat may lean on the one before it for so long.
FOLLOW_UP_SECONDS = 600


async def question(desk: Desk, update: Update, context: Context) -> None:
    """Answer a plain message in a private chat."""
    message = _message(update)
    await _ask(desk, update, context, message.text or message.caption or "")


async def command(desk: Desk, update: Update, context: Context) -> None:
    """Answer ``/ask QUESTION``; alone, as a reply, it asks what it replies to."""
    message = _message(update)
    asked = _after_command(message) or replied_words(message, context)
    if not asked:
        texts = desk.speak(update)
        await message.reply_html(text(texts("ask_empty", example=texts("ask_example"))).html)
        return
    await _ask(desk, update, context, asked)


async def in_group(desk: Desk, update: Update, context: Context) -> None:
    """Answer where the bot is mentioned or replied to; say nothing to anything else."""
    message = _message(update)
    asked = _in_group(message, context)
    if asked is not None:
        await _ask(desk, update, context, asked)


async def heading(desk: Desk, update: Update, context: Context) -> None:
    """Ask for the heading whose button was pressed."""
    query = pressed(update)
    await sending.answer(query)
    match = HEADING_DATA.match(query.data or "")
    if match is None or not isinstance(query.message, Message):
        return
    headings = await desk.library.outlines.headings(ReportId(match[1]))
    if int(match[2]) < len(headings):
        await _ask(desk, update, context, headings[int(match[2])].text, message=query.message)


async def meant(desk: Desk, update: Update, context: Context) -> None:
    """Ask what may have been meant instead, in the context that the question had."""
    query = pressed(update)
    found = await find(desk, query, MEANT_DATA, desk.speak(update))
    if found is None or not isinstance(query.message, Message):
        return
    kept, match = found
    await sending.answer(query)
    offered = (await recall(desk, kept)).meant
    if int(match[2]) < len(offered):
        await _ask(desk, update, context, offered[int(match[2])], message=query.message, earlier=kept.context)


async def ask_again(desk: Desk, update: Update, context: Context, kept: KeptAnswer, *, message: Message) -> None:
    """Ask once more what was asked before, in the context it had."""
    await _ask(desk, update, context, kept.question, message=message, earlier=kept.context)


async def edited(desk: Desk, update: Update, context: Context) -> None:
    """Answer an edited question where the first answer stands; what was no question before may be one now."""
    message = _message(update)
    asked = _asked(message, context)
    if asked is None:
        return
    before = await desk.library.conversations.answer_to(chat=message.chat.id, asked_in=message.message_id)
    if before and before.question == asked:
        return  # Telegram calls it an edit as well when a link gets its preview
    await _ask(desk, update, context, asked, before=before)


async def _ask(
    desk: Desk,
    update: Update,
    context: Context,
    asked: str,
    *,
    message: Message | None = None,
    before: KeptAnswer | None = None,
    earlier: Sequence[str] | None = None,
) -> None:
    """Ask, and send the answer as a reply to *message*, or put it in the place of the one *before*."""
    message = message or _message(update)
    user, texts = update.effective_user, desk.speak(update)
    if not desk.doors.admit(user, message.chat):
        if message.chat.type == ChatType.PRIVATE and user:
            await message.reply_html(text(texts("not_allowed", id=user.id)).html)
        return
    if not await may_ask(desk, context.bot, message.chat, user):
        await message.reply_html(text(texts("askers_only")).html)
        return
    # What was put off, by us, is neither late nor counted twice.
    waited = isinstance(context.application, CrossingOff) and context.application.tries(update) > 0
    if desk.stale_seconds and not waited and not update.callback_query and _age(message) > desk.stale_seconds:
        await message.reply_html(text(texts("late")).html)
        return
    owner = _owner(message, user)
    if not waited and not await desk.pace.allows(person=owner, chat=message.chat.id):
        await message.reply_html(text(texts("too_many")).html)
        return
    if len(asked) > desk.question_characters:
        await message.reply_html(text(texts("invalid_long", limit=desk.question_characters)).html)
        return

    if before is None and message is update.message:
        # Asked before, by an update that is worked on again: its answer may stand there already, or was never sent.
        before = await desk.library.conversations.answer_to(chat=message.chat.id, asked_in=message.message_id)
    chosen = await desk.library.scopes.of(message.chat.id)
    if earlier is None:
        earlier = before.context if before else await _earlier(desk, message, context, asked, owner=owner)
        if before is None and not await desk.library.goes_on(asked, earlier, scope=chosen.scope):
            earlier = ()
    started = time.monotonic()
    quotes = desk.quotes_in(message.chat.id)
    answer = await desk.library.answer(
        asked, context=earlier, scope=chosen.scope, limit=quotes * MOST_PAGES, shown=quotes
    )
    took = round((time.monotonic() - started) * 1000)
    log.info("answered", extra={"verdict": answer.verdict, "quotes": len(answer.quotes), "took_ms": took})
    if answer.verdict == "invalid":
        await message.reply_html(text(texts("invalid_empty")).html)
        return
    kept = KeptAnswer(
        id=before.id if before else new_id(),
        chat=message.chat.id,
        owner=owner,
        message=before.message if before else None,
        asked_in=message.message_id,
        question=asked,
        context=tuple(earlier),
        verdict=answer.verdict,
        body=to_body(answer, scope=chosen.titles, language=texts.language),
        at=time.time(),
    )
    # Kept before it is sent: its buttons work from the first moment on, whatever happens in between.
    await desk.library.conversations.keep(kept)
    if before:
        await desk.library.ballots.withdraw(kept.id)
    reply = await render(desk, kept, context, turn=Turn(kept.id), given=answer)
    if (
        before
        and before.message
        and await sending.edit_message(context.bot, reply.markup, reply.buttons, chat=kept.chat, message=before.message)
    ):
        return
    sent = await message.reply_html(reply.markup.html, reply_markup=reply.buttons)
    await desk.library.conversations.shown(kept.id, message=sent.message_id)


async def _earlier(desk: Desk, message: Message, context: Context, asked: str, *, owner: int) -> Sequence[str]:
    """Find what the question leans on: the answer it replies to, or in a private chat the last one, if it needs one."""
    replied = message.reply_to_message
    kept = None
    if replied is not None and _is_ours(replied, context):
        kept = await desk.library.conversations.answer_in(chat=message.chat.id, message=replied.message_id)
    elif message.chat.type == ChatType.PRIVATE and await desk.library.searcher.leans(asked):
        now = time.time()
        last = await desk.library.conversations.last_answer(chat=message.chat.id, owner=owner, now=now)
        kept = last if last and now - last.at < FOLLOW_UP_SECONDS else None
    return (*kept.context, kept.question)[-MOST_EARLIER:] if kept else ()


def without_mention(message: Message, username: str) -> str | None:
    """Cut the bot's mentions, told by entity, out of a message; None where it is not mentioned."""
    words = message.text or message.caption
    if not words:
        return None
    # parse_entities would raise on entities that cut a character in two, which a server of one's own may send.
    encoded = words.encode("utf-16-le", "surrogatepass")
    entities = message.entities if message.text else message.caption_entities
    places = [slice(2 * one.offset, 2 * (one.offset + one.length)) for one in entities if one.type == one.MENTION]
    ours = [at for at in places if _decoded(encoded[at]).lower() == f"@{username}".lower()]
    for at in sorted(ours, key=lambda one: one.start, reverse=True):
        encoded = encoded[: at.start] + encoded[at.stop :]
    return _decoded(encoded).strip() if ours else None


def _decoded(encoded: bytes) -> str:
    return encoded.decode("utf-16-le", errors="replace")


def _asked(message: Message, context: Context) -> str | None:
    """Tell what an edited message asks now; None where it is no question to the bot."""
    words = message.text or message.caption or ""
    if words.startswith("/"):
        command = words.split(maxsplit=1)[0].lower()
        return _after_command(message) or None if command in ("/ask", f"/ask@{context.bot.username}".lower()) else None
    return words if message.chat.type == ChatType.PRIVATE else _in_group(message, context)


def _in_group(message: Message, context: Context) -> str | None:
    asked = without_mention(message, context.bot.username)
    if asked is None:
        ours = message.reply_to_message is not None and _is_ours(message.reply_to_message, context)
        return (message.text or message.caption or "") if ours else None
    return asked or replied_words(message, context)


def replied_words(message: Message, context: Context) -> str:
    """Give somebody's words that a message replies to: a mention or a command alone asks these."""
    replied = message.reply_to_message
    return (replied.text or replied.caption or "") if replied and not _is_ours(replied, context) else ""


def _after_command(message: Message) -> str:
    parts = (message.text or "").split(maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def _is_ours(message: Message, context: Context) -> bool:
    return message.from_user is not None and message.from_user.id == context.bot.id and not message.forum_topic_created


def _owner(message: Message, user: User | None) -> int:
    return user.id if user else message.chat.id


def _age(message: Message) -> float:
    return (datetime.now(UTC) - (message.edit_date or message.date)).total_seconds()


def _message(update: Update) -> Message:
    if update.effective_message is None:  # the handlers' filters let none through without one
        raise TypeError("an update without a message reached a message handler")
    return update.effective_message
