"""Answers once they are given: shown, turned, opened, judged; always from what was kept, never from memory."""

from __future__ import annotations

import re

from telegram import CallbackQuery, Update, User
from telegram.ext import ContextTypes

from bot.handlers import sending
from bot.handlers.desk import ANONYMOUS_ADMINISTRATOR, Desk
from bot.texts import Texts, language_of
from bot.views import answers
from bot.views.answers import Reply, Turn
from bot.views.quotes import Surroundings
from bot.views.reports import ASK_ALL, OPEN_REPORTS
from corpus.journal import from_body, passage_ids
from corpus.model import Answer, Passage, Verdict
from corpus.store import KeptAnswer

Context = ContextTypes.DEFAULT_TYPE

TURN_DATA = re.compile(r"^v1:([\w-]{8,16}):(\d{1,3}):(\d{1,3})$")
VOTE_DATA = re.compile(r"^f1:([\w-]{8,16}):(\d{1,3}):(\d{1,3}):([01])$")
# All that stands below an answer begins so.
_BELOW_ANSWERS = ("v1:", "f1:", "m1:", ASK_ALL, OPEN_REPORTS)
_VERDICTS: dict[str, Verdict] = {"answer": "answer", "related": "related"}


async def turn(desk: Desk, update: Update, context: Context) -> None:
    """Turn to another page of an answer, or open or close the surroundings of a quote."""
    query = pressed(update)
    found = await find(desk, query, TURN_DATA, texts := desk.speak(update))
    if found is None:
        return
    kept, match = found
    if not _may_turn(query.from_user, kept):
        await sending.answer(query, texts("not_yours"))
        return
    await sending.answer(query)
    reply = await render(desk, kept, context, turn=Turn(kept.id, int(match[2]), int(match[3])))
    await sending.edit(query, reply.markup, reply.buttons)


async def vote(desk: Desk, update: Update, context: Context) -> None:
    """Keep whether an answer was useful; anybody who sees it may say so, once, and change their mind."""
    query = pressed(update)
    found = await find(desk, query, VOTE_DATA, texts := desk.speak(update))
    if found is None:
        return
    kept, match = found
    useful = match[4] == "1"
    changed = await desk.library.ballots.cast(kept.id, person=query.from_user.id, useful=useful)
    await sending.answer(query, texts("voted_useful" if useful else "voted_useless"))
    if changed:
        reply = await render(desk, kept, context, turn=Turn(kept.id, int(match[2]), int(match[3])))
        await sending.edit(query, reply.markup, reply.buttons)


async def render(desk: Desk, kept: KeptAnswer, context: Context, *, turn: Turn, given: Answer | None = None) -> Reply:
    """Show a kept answer as it reads now, in the language in which it was asked; *given* a moment ago, it is that."""
    shown = given or await recall(desk, kept)
    around = await _surroundings(desk, shown, turn)
    return answers.answer(
        shown,
        language(desk, kept),
        username=context.bot.username,
        per_page=desk.quotes_in(kept.chat),
        turn=turn if around else Turn(kept.id, turn.page),
        around=around,
        scope=kept.body.get("scope", ()),
        votes=None if given else await desk.library.ballots.count(kept.id),
        changed=bool(kept.body["quotes"]) and not shown.quotes,
    )


async def recall(desk: Desk, kept: KeptAnswer) -> Answer:
    """Put a kept answer together again from the passages as they are now."""
    passages = await desk.library.passages.read(passage_ids(kept.body))
    return from_body(kept.question, _VERDICTS.get(kept.verdict, "none"), kept.body, passages)


def language(desk: Desk, kept: KeptAnswer) -> Texts:
    """Choose the sentences in the language in which an answer was asked."""
    return desk.texts[language_of(kept.body.get("language"))]


async def find(
    desk: Desk, query: CallbackQuery, pattern: re.Pattern[str], texts: Texts
) -> tuple[KeptAnswer, re.Match[str]] | None:
    """Find the answer below which a button was pressed; where there is none say that it has expired."""
    match = pattern.match(query.data or "")
    kept = await desk.library.conversations.answer(match[1]) if match else None
    here = query.message
    if match is None or kept is None or here is None or here.chat.id != kept.chat:
        await sending.answer(query, texts("expired"), alert=True)
        return None
    # What an answer is shown in, it alone is shown in: a button forged for another message turns nothing.
    if kept.message not in (None, here.message_id):
        await sending.answer(query, texts("expired"), alert=True)
        return None
    return kept, match


async def forged(desk: Desk, query: CallbackQuery) -> bool:
    """Tell whether a press cannot come from a button of ours: below an answer stand no lists, cards or passages."""
    here = query.message
    if here is None or (query.data or "").startswith(_BELOW_ANSWERS):
        return False
    return await desk.library.conversations.answer_in(chat=here.chat.id, message=here.message_id) is not None


async def _surroundings(desk: Desk, shown: Answer, to: Turn) -> Surroundings | None:
    if not 0 < to.opened <= len(shown.quotes):
        return None
    passage = shown.quotes[to.opened - 1].passage
    article: list[Passage] = await desk.library.passages.article(passage)
    index = next((i for i, one in enumerate(article) if one.id == passage.id), None)
    if index is None:
        return None
    return Surroundings(
        before=article[index - 1] if index > 0 else None,
        after=article[index + 1] if index + 1 < len(article) else None,
    )


def pressed(update: Update) -> CallbackQuery:
    """Take the press of a button out of an update."""
    if update.callback_query is None:
        raise TypeError("an update without a callback query reached its handler")
    return update.callback_query


def _may_turn(user: User, kept: KeptAnswer) -> bool:
    # Who presses for an anonymous administrator cannot be told from the other members.
    return kept.owner in (user.id, ANONYMOUS_ADMINISTRATOR)
