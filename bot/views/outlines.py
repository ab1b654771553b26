"""A passage in its place, and the outlines to walk through: of its article and of its report."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import MESSAGE_UNITS, Markup, bold, fitting, join, quotation, shorten, text
from bot.views.paging import page_of, turning
from corpus.citing import origin
from corpus.model import Passage, PassageId, Report
from corpus.store import Entry

PER_PAGE = 8
_ROOM = MESSAGE_UNITS - 1500

Shown = tuple[Markup, InlineKeyboardMarkup | None]


def passage(
    shown: Passage,
    article: Sequence[Passage],
    beside: tuple[PassageId | None, PassageId | None],
    texts: Texts,
    *,
    part: int = 0,
) -> Shown:
    """Show a passage in full, under its headings, with buttons to walk on from it.

    One too long for a message is shown in parts, *part* from 0, cut verbatim.
    """
    index = next((i for i, one in enumerate(article) if one.id == shown.id), 0)
    parts = _parts(shown.text)
    here = page_of(parts, part, size=1)
    headings = [bold(text(shorten(shown.article.title, 120)))]
    headings += [text(shorten(heading, 120)) for heading in shown.section[-3:]]
    before, after = ("…" if here.number > 0 else ""), ("…" if here.number < here.count - 1 else "")
    lines = [
        *headings,
        quotation(text(before) + text(here.items[0]) + text(after)),
        text(f"{texts('source')}：{shorten(origin(shown), 80) or shorten(shown.report.title, 80)}"),
        text(texts("passage_of", number=index + 1, count=len(article))),
    ]
    if here.count > 1:
        lines.append(text(texts("pages", page=here.number + 1, pages=here.count)))
    walking = [
        InlineKeyboardButton(texts(name), callback_data=f"p1:{to}")
        for name, to in (("before", beside[0]), ("after", beside[1]))
        if to
    ]
    up = [
        InlineKeyboardButton(texts("article_outline"), callback_data=f"o1:{shown.report.id}:{shown.article.number}:0"),
        InlineKeyboardButton(texts("report_outline"), callback_data=f"o1:{shown.report.id}:0:0"),
    ]
    rows = [turning(here, texts, lambda to: f"p1:{shown.id}:{to}"), walking, up]
    return join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row])


def outline(report: Report, entries: Sequence[Entry], texts: Texts, *, article: Entry | None, page: int) -> Shown:
    """Show the articles of a report, or with *article* the sections of one, each a button to walk into."""
    here = page_of(entries, page, size=PER_PAGE)
    lines = [bold(text(shorten(report.title, 120)))]
    if article:
        lines.append(text(shorten(article.title, 120)))
    lines += [
        text(f"{'　' * max(0, entry.level - 1)}{number}. {shorten(entry.title, 100)}")
        for number, entry in enumerate(here.items, here.first + 1)
    ]
    if not entries:
        lines.append(text(texts("outline_empty")))
    if here.count > 1:
        lines.append(text(texts("pages", page=here.number + 1, pages=here.count)))
    at = article.article if article else 0
    rows = [
        [InlineKeyboardButton(_label(number, entry), callback_data=to)]
        for number, entry in enumerate(here.items, here.first + 1)
        if (to := _into(report, entry, article))
    ]
    rows.append(turning(here, texts, lambda to: f"o1:{report.id}:{at}:{to}"))
    if article and article.passage:
        rows.append([InlineKeyboardButton(texts("from_the_start"), callback_data=f"p1:{article.passage}")])
        rows.append([InlineKeyboardButton(texts("report_outline"), callback_data=f"o1:{report.id}:0:0")])
    else:
        rows.append([InlineKeyboardButton(texts("card"), callback_data=f"c1:{report.id}")])
    return join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row])


def _label(number: int, entry: Entry) -> str:
    return f"{number}. {shorten(entry.title, 36)}"


def _into(report: Report, entry: Entry, article: Entry | None) -> str | None:
    if article is None:
        return f"o1:{report.id}:{entry.article}:0"
    return f"p1:{entry.passage}" if entry.passage else None


def _parts(whole: str) -> list[str]:
    """Cut a text into parts that each fit a message: together they are the text."""
    parts = []
    while whole:
        end = fitting(whole, _ROOM)
        parts.append(whole[:end])
        whole = whole[end:]
    return parts or [""]
