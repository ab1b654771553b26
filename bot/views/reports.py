"""Reports and single passages as messages."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import Markup, bold, join, quotation, shorten, text
from corpus.citing import origin
from corpus.model import Passage
from corpus.store import Holding

OPEN_REPORTS = "rl"
PER_PAGE = 10


def reports(held: Sequence[Holding], texts: Texts, *, page: int) -> tuple[Markup, InlineKeyboardMarkup | None]:
    """List the reports that are held, ten a page, *page* from 0."""
    if not held:
        return text(texts("reports_empty")), None
    count = (len(held) - 1) // PER_PAGE + 1
    page = max(0, min(page, count - 1))
    lines = [bold(text(texts("reports", count=len(held))))]
    for number, one in enumerate(held[page * PER_PAGE : (page + 1) * PER_PAGE], page * PER_PAGE + 1):
        report = one.report
        said = " ".join(part for part in (report.publisher, report.published) if part)
        counted = texts("report_line", articles=one.articles, passages=one.passages)
        lines.append(
            text(f"{number}. ")
            + bold(text(shorten(report.title, 80)))
            + text("\n" + " · ".join(part for part in (shorten(said, 60), counted) if part))
        )
    if count > 1:
        lines.append(text(texts("pages", page=page + 1, pages=count)))
    turning = []
    if page > 0:
        turning.append(InlineKeyboardButton(texts("previous"), callback_data=f"r1:{page - 1}"))
    if page < count - 1:
        turning.append(InlineKeyboardButton(texts("next"), callback_data=f"r1:{page + 1}"))
    return join(lines, "\n"), InlineKeyboardMarkup([turning]) if turning else None


def passage(shown: Passage, article: Sequence[Passage], texts: Texts) -> tuple[Markup, InlineKeyboardMarkup | None]:
    """Show a passage in full, under its headings, with buttons to the passages before and after it."""
    index = next((i for i, one in enumerate(article) if one.id == shown.id), 0)
    headings = [bold(text(shorten(shown.article.title, 200)))]
    headings += [text(shorten(heading, 200)) for heading in shown.section]
    lines = [
        *headings,
        quotation(text(shown.text)),
        text(f"{texts('source')}：{origin(shown) or shorten(shown.report.title, 100)}"),
        text(texts("passage_of", number=index + 1, count=len(article))),
    ]
    turning = []
    if index > 0:
        turning.append(InlineKeyboardButton(texts("before"), callback_data=f"p1:{article[index - 1].id}"))
    if index < len(article) - 1:
        turning.append(InlineKeyboardButton(texts("after"), callback_data=f"p1:{article[index + 1].id}"))
    return join(lines, "\n"), InlineKeyboardMarkup([turning]) if turning else None
