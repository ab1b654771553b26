"""Questions and answers: private messages, /ask, mentions and replies in groups, and the buttons below an answer."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from telegram import CallbackQuery, Message, MessageEntity, Update, User
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.handlers.browsing import HEADING_DATA
from bot.handlers.desk import ANONYMOUS_ADMINISTRATOR, Desk, new_id
from bot.handlers.membership import may_ask
from bot.handlers.sending import edit
from bot.texts import Texts
from bot.views import answers
from bot.views.answers import Reply, Surroundings, Turn
from bot.views.markup import text
from corpus.journal import from_body, passage_ids, to_body
from corpus.model import Answer, Passage, ReportId, Verdict
from corpus.store import KeptAnswer

Context = ContextTypes.DEFAULT_TYPE

# How many pages of quotes an answer can be turned through.
MOST_PAGES = 5
# A question in a private chat may lean on the one before it for so long.
FOLLOW_UP_SECONDS = 600
TURN_DATA = re.compile(r"^v1:([\w-]{8,16}):(\d{1,3}):(\d{1,3})$")


async def question(desk: Desk, update: Update, context: Context) -> None:
    """Answer a plain message in a private chat."""
    message = _message(update)
    await _ask(desk, update, context, message.text or message.caption or "")


async def command(desk: Desk, update: Update, context: Context) -> None:
    """Answer ``/ask QUESTION``; alone, as a reply, it asks what it replies to."""
    message = _message(update)
    asked = _after_command(message)
    if not asked and message.reply_to_message and not _is_ours(message.reply_to_message, context):
        asked = message.reply_to_message.text or ""
    if not asked:
        texts = desk.speak(update)
        await message.reply_html(text(texts("ask_empty", example=texts("ask_example"))).html)
        return
    await _ask(desk, update, context, asked)


async def in_group(desk: Desk, update: Update, context: Context) -> None:
    """Answer where the bot is mentioned or replied to; say nothing to anything else."""
    message = _message(update)
    asked = without_mention(message, context.bot.username)
    if asked is None:
        if message.reply_to_message is None or not _is_ours(message.reply_to_message, context):
            return
        asked = message.text or ""
    elif not asked and message.reply_to_message and message.reply_to_message.text:
        asked = message.reply_to_message.text
    await _ask(desk, update, context, asked)


async def heading(desk: Desk, update: Update, context: Context) -> None:
    """Ask for the heading whose button was pressed."""
    query = _query(update)
    await query.answer()
    match = HEADING_DATA.match(query.data or "")
    if match is None or not isinstance(query.message, Message):
        return
    headings = await desk.library.reports.headings(ReportId(match[1]))
    if int(match[2]) < len(headings):
        await _ask(desk, update, context, headings[int(match[2])].text, message=query.message)


async def turn(desk: Desk, update: Update, context: Context) -> None:
    """Turn to another page of an answer, or open or close the surroundings of a quote."""
    query, texts = _query(update), desk.speak(update)
    match = TURN_DATA.match(query.data or "")
    kept = await desk.library.conversations.answer(match[1]) if match else None
    if match is None or kept is None or query.message is None or query.message.chat.id != kept.chat:
        await query.answer(texts("expired"), show_alert=True)
        return
    if not _may_turn(query.from_user, kept):
        await query.answer(texts("not_yours"))
        return
    await query.answer()
    shown = await _recall(desk, kept)
    to = Turn(kept.id, int(match[2]), int(match[3]))
    around = await _surroundings(desk, shown, to)
    if to.opened and around is None:
        to = Turn(kept.id, to.page)
    reply = _render(desk, shown, texts, context, chat=kept.chat, turn=to, around=around)
    await edit(query, reply.markup, reply.buttons)


async def _ask(desk: Desk, update: Update, context: Context, asked: str, *, message: Message | None = None) -> None:
    message = message or _message(update)
    user, texts = update.effective_user, desk.speak(update)
    if not desk.doors.admit(user, message.chat):
        if message.chat.type == ChatType.PRIVATE and user:
            await message.reply_html(text(texts("not_allowed", id=user.id)).html)
        return
    if not await may_ask(desk, context.bot, message.chat, user):
        await message.reply_html(text(texts("askers_only")).html)
        return
    if update.message and desk.stale_seconds and _age(update.message) > desk.stale_seconds:
        await message.reply_html(text(texts("late")).html)
        return
    owner = _owner(message, user)
    if not await desk.pace.allows(person=owner, chat=message.chat.id):
        await message.reply_html(text(texts("too_many")).html)
        return
    if len(asked) > desk.question_characters:
        await message.reply_html(text(texts("invalid_long", limit=desk.question_characters)).html)
        return

    earlier = await _earlier(desk, message, context, owner=owner)
    answer = await desk.library.answer(asked, context=earlier, limit=desk.quotes_in(message.chat.id) * MOST_PAGES)
    if answer.verdict == "invalid":
        await message.reply_html(text(texts("invalid_empty")).html)
        return
    kept = KeptAnswer(
        id=new_id(),
        chat=message.chat.id,
        owner=owner,
        message=None,
        asked_in=message.message_id,
        question=asked,
        context=tuple(earlier),
        verdict=answer.verdict,
        body=to_body(answer),
        at=time.time(),
    )
    # Kept before it is sent: its buttons work from the first moment on, whatever happens in between.
    await desk.library.conversations.keep(kept)
    reply = _render(desk, answer, texts, context, chat=kept.chat, turn=Turn(kept.id))
    sent = await message.reply_html(reply.markup.html, reply_markup=reply.buttons)
    await desk.library.conversations.shown(kept.id, message=sent.message_id)


async def _earlier(desk: Desk, message: Message, context: Context, *, owner: int) -> Sequence[str]:
    """Find what the question may lean on: the answer it replies to, or the last one in a private chat."""
    replied = message.reply_to_message
    kept = None
    if replied is not None and _is_ours(replied, context):
        kept = await desk.library.conversations.answer_in(chat=message.chat.id, message=replied.message_id)
    elif message.chat.type == ChatType.PRIVATE:
        last = await desk.library.conversations.last_answer(chat=message.chat.id, owner=owner)
        kept = last if last and time.time() - last.at < FOLLOW_UP_SECONDS else None
    return (*kept.context, kept.question)[-3:] if kept else ()


async def _recall(desk: Desk, kept: KeptAnswer) -> Answer:
    passages = await desk.library.reports.passages(passage_ids(kept.body))
    verdict: Verdict = "related" if kept.verdict == "related" else "answer" if kept.verdict == "answer" else "none"
    return from_body(kept.question, verdict, kept.body, passages)


async def _surroundings(desk: Desk, shown: Answer, to: Turn) -> Surroundings | None:
    if not 0 < to.opened <= len(shown.quotes):
        return None
    passage = shown.quotes[to.opened - 1].passage
    article: list[Passage] = await desk.library.reports.article(passage)
    index = next((i for i, one in enumerate(article) if one.id == passage.id), None)
    if index is None:
        return None
    return Surroundings(
        before=article[index - 1] if index > 0 else None,
        after=article[index + 1] if index + 1 < len(article) else None,
    )


def _render(
    desk: Desk,
    shown: Answer,
    texts: Texts,
    context: Context,
    *,
    chat: int,
    turn: Turn,
    around: Surroundings | None = None,
) -> Reply:
    return answers.answer(
        shown, texts, username=context.bot.username, per_page=desk.quotes_in(chat), turn=turn, around=around
    )


def without_mention(message: Message, username: str) -> str | None:
    """Cut the bot's mentions, told by entity, out of a message; None where it is not mentioned."""
    wanted = f"@{username}".lower()
    mentions = [
        entity
        for entity, mentioned in message.parse_entities([MessageEntity.MENTION]).items()
        if mentioned.lower() == wanted
    ]
    if not mentions:
        return None
    encoded = (message.text or "").encode("utf-16-le")
    for entity in sorted(mentions, key=lambda one: one.offset, reverse=True):
        encoded = encoded[: entity.offset * 2] + encoded[(entity.offset + entity.length) * 2 :]
    return encoded.decode("utf-16-le", errors="replace").strip()


def _after_command(message: Message) -> str:
    parts = (message.text or "").split(maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def _is_ours(message: Message, context: Context) -> bool:
    return message.from_user is not None and message.from_user.id == context.bot.id and not message.forum_topic_created


def _owner(message: Message, user: User | None) -> int:
    return user.id if user else message.chat.id


def _may_turn(user: User, kept: KeptAnswer) -> bool:
    # Who presses for an anonymous administrator cannot be told from the other members.
    return kept.owner in (user.id, ANONYMOUS_ADMINISTRATOR)


def _age(message: Message) -> float:
    return (datetime.now(UTC) - message.date).total_seconds()


def _message(update: Update) -> Message:
    if update.effective_message is None:  # the handlers' filters let none through without one
        raise TypeError("an update without a message reached a message handler")
    return update.effective_message


def _query(update: Update) -> CallbackQuery:
    if update.callback_query is None:
        raise TypeError("an update without a callback query reached its handler")
    return update.callback_query
