"""A reader's own: the questions they asked, answers as files, and words they watch for."""

from __future__ import annotations

import asyncio
import re

from telegram import InputFile, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.handlers import sending
from bot.handlers.answering import pressed, recall
from bot.handlers.asking import ask_again
from bot.handlers.desk import Desk
from bot.texts import Texts
from bot.views import exports
from bot.views import history as view
from bot.views.markup import shorten, text
from corpus.store import KeptAnswer
from corpus.watching import matching

Context = ContextTypes.DEFAULT_TYPE

HISTORY_DATA = re.compile(r"^hi:(\d{1,5})$")
AGAIN_DATA = re.compile(r"^ha:([\w-]{8,16})$")
EXPORT_DATA = re.compile(r"^ex:([\w-]{8,16}|all):(txt|docx)$")
MOST_EXPORTED = 200
MOST_WATCHES = 20
_WATCHED_CHARACTERS = 40


async def history(desk: Desk, update: Update, context: Context) -> None:
    """List what somebody asked, newest first; each is a button that asks it again."""
    message, user = update.effective_message, update.effective_user
    if message and user:
        held = await desk.library.conversations.history(owner=user.id, limit=MOST_EXPORTED)
        markup, buttons = view.history(held, desk.speak(update), page=0)
        await message.reply_html(markup.html, reply_markup=buttons)


async def turn_history(desk: Desk, update: Update, context: Context) -> None:
    """Turn to another page of one's own questions."""
    query = pressed(update)
    match, here = HISTORY_DATA.match(query.data or ""), query.message
    if match is None or here is None or here.chat.type != ChatType.PRIVATE:  # forged: it is offered in private alone
        await sending.answer(query, desk.speak(update)("expired"), alert=True)
    else:
        await sending.answer(query)
        held = await desk.library.conversations.history(owner=query.from_user.id, limit=MOST_EXPORTED)
        await sending.edit(query, *view.history(held, desk.speak(update), page=int(match[1])))


async def again(desk: Desk, update: Update, context: Context) -> None:
    """Ask a question of one's own again."""
    query, texts = pressed(update), desk.speak(update)
    match = AGAIN_DATA.match(query.data or "")
    kept = await desk.library.conversations.answer(match[1]) if match else None
    if kept is None or kept.owner != query.from_user.id or not isinstance(query.message, Message):
        await sending.answer(query, texts("expired"), alert=True)
        return
    await sending.answer(query)
    await ask_again(desk, update, context, kept, message=query.message)


async def export(desk: Desk, update: Update, context: Context) -> None:
    """Offer as a file the answer that is replied to, or all one's own; ``/export txt`` and ``docx`` send it at once."""
    message, user, texts = update.effective_message, update.effective_user, desk.speak(update)
    if message is None or user is None:
        return
    replied = message.reply_to_message
    kept = None
    if replied is not None:
        kept = await desk.library.conversations.answer_in(chat=message.chat.id, message=replied.message_id)
    chosen = await _to_export(desk, message, kept.id if kept else view.ALL, owner=user.id)
    given = next((form for form in view.FORMS if form in " ".join(context.args or ()).lower()), None)
    if not chosen:
        await message.reply_html(text(texts("export_nothing")).html)
    elif given:
        await _send_file(desk, message, chosen, texts, form=given)
    else:
        markup, buttons = view.export(len(chosen), texts, which=kept.id if kept else view.ALL)
        await message.reply_html(markup.html, reply_markup=buttons)


async def export_as(desk: Desk, update: Update, context: Context) -> None:
    """Send the file whose form was chosen."""
    query, texts = pressed(update), desk.speak(update)
    match, message = EXPORT_DATA.match(query.data or ""), query.message
    if match is None or not isinstance(message, Message):
        await sending.answer(query, texts("expired"), alert=True)
        return
    chosen = await _to_export(desk, message, match[1], owner=query.from_user.id)
    if not chosen:
        await sending.answer(query, texts("expired"), alert=True)
        return
    await sending.answer(query)
    await _send_file(desk, message, chosen, texts, form=match[2])


async def _to_export(desk: Desk, message: Message, which: str, *, owner: int) -> list[KeptAnswer]:
    """Find an answer that was given in this chat, by its id, or in private all that were given to its *owner*."""
    if which != view.ALL:
        kept = await desk.library.conversations.answer(which)
        return [kept] if kept and kept.chat == message.chat.id else []
    if message.chat.type != ChatType.PRIVATE:
        return []
    return await desk.library.conversations.history(owner=owner, limit=MOST_EXPORTED)


async def _send_file(desk: Desk, message: Message, chosen: list[KeptAnswer], texts: Texts, *, form: str) -> None:
    answers = [(kept, await recall(desk, kept)) for kept in chosen]
    if form == "docx":
        content = await asyncio.to_thread(exports.as_docx, answers, texts)
    else:
        content = exports.as_text(answers, texts).encode()
    await message.reply_document(InputFile(content, filename=f"yinju.{form}"), caption=text(texts("export_how")).html)


async def watch(desk: Desk, update: Update, context: Context) -> None:
    """Keep words to watch for; without words list those that are kept."""
    message, user, texts = update.effective_message, update.effective_user, desk.speak(update)
    if message is None or user is None:
        return
    words = shorten(" ".join(context.args or ()), _WATCHED_CHARACTERS)
    held = await desk.library.watches.of(user.id)
    if not words:
        said = _list(texts, [one.words for one in held])
    elif not matching(words, [words], desk.library.analyzer):
        said = texts("watch_how")
    elif len(held) >= MOST_WATCHES:
        said = texts("watch_many", limit=MOST_WATCHES)
    else:
        await desk.library.watches.add(user.id, words)
        said = texts("watch_kept", words=words)
    await message.reply_html(text(said).html)


async def unwatch(desk: Desk, update: Update, context: Context) -> None:
    """Forget words that were watched for, or without words all of them."""
    message, user, texts = update.effective_message, update.effective_user, desk.speak(update)
    if message and user:
        words = shorten(" ".join(context.args or ()), _WATCHED_CHARACTERS)
        count = await desk.library.watches.remove(user.id, words or None)
        await message.reply_html(text(texts("unwatched", count=count)).html)


async def look_over(desk: Desk, context: Context) -> None:
    """Tell people of new reports that hold what they watch for, whichever process took these in."""
    for report_id in await desk.library.watches.new_reports():
        watches = await desk.library.watches.for_report(report_id)
        passages = await desk.library.passages.of_report(report_id) if watches else []
        for one in watches:
            found = await asyncio.to_thread(
                matching, one.words, [passage.text for passage in passages], desk.library.analyzer
            )
            if not found:
                continue
            notice = view.notice(
                one.words, passages[found[0]], len(found), desk.texts["zh-CN"], username=context.bot.username
            )
            try:
                await context.bot.send_message(one.person, notice.html)
            except (Forbidden, BadRequest) as error:  # blocked, or no such chat any more
                await desk.library.conversations.close(one.person, why=str(error))
            except TelegramError:
                return  # Telegram cannot be reached: the next round tells it, twice rather than never
        await desk.library.watches.looked_over(report_id)


def _list(texts: Texts, words: list[str]) -> str:
    return "\n".join([texts("watch_list"), *(f"· {one}" for one in words)]) if words else texts("watch_how")
