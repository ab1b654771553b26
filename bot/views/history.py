"""A reader's own questions as buttons, and the notice that a new report holds what they watch for."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import MESSAGE_UNITS, Markup, bold, clean, fitting, join, link, quotation, shorten, text
from bot.views.paging import page_of, turning
from bot.views.quotes import passage_url, source
from corpus.model import Passage
from corpus.store import KeptAnswer

PER_PAGE = 10
# The forms in which answers are exported, and what stands for all of them.
FORMS = ("docx", "txt")
ALL = "all"
_ROOM = MESSAGE_UNITS - 1500


def history(held: Sequence[KeptAnswer], texts: Texts, *, page: int) -> tuple[Markup, InlineKeyboardMarkup | None]:
    """List questions, ten a page, each a button that asks it again."""
    if not held:
        return text(texts("history_empty")), None
    here = page_of(held, page, size=PER_PAGE)
    lines = [bold(text(texts("history", count=len(held))))]
    if here.count > 1:
        lines.append(text(texts("pages", page=here.number + 1, pages=here.count)))
    rows = [
        [InlineKeyboardButton(shorten(clean(one.question), 40) or "…", callback_data=f"ha:{one.id}")]
        for one in here.items
    ]
    rows.append(turning(here, texts, lambda to: f"hi:{to}"))
    return join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row])


def export(count: int, texts: Texts, *, which: str) -> tuple[Markup, InlineKeyboardMarkup]:
    """Offer *which* answers (an id, or ALL) as a file, a button for each form."""
    row = [InlineKeyboardButton(texts(f"export_{form}"), callback_data=f"ex:{which}:{form}") for form in FORMS]
    return text(texts("export_ask", count=count)), InlineKeyboardMarkup([row])


def notice(words: str, passage: Passage, count: int, texts: Texts, *, username: str) -> Markup:
    """Tell that a new report holds what is watched for: the first passage that does, and how many do."""
    end = fitting(passage.text, _ROOM)
    shown = text(passage.text[:end]) + text("…" if end < len(passage.text) else "")
    where = text(f"{texts('source')}：{source(passage, texts)} · ")
    return join(
        (
            bold(text(texts("watch_found", words=words, title=shorten(passage.report.title, 80), count=count))),
            quotation(shown),
            where + link(text(texts("original")), passage_url(username, passage.id)),
        ),
        "\n",
    )
