"""The reports that are held: the list, one report's card, and the choice of reports to ask."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import Markup, bold, join, shorten, text
from bot.views.paging import page_of, turning
from corpus.model import Fact, Report, ReportId
from corpus.store import Chosen, Holding

OPEN_REPORTS = "rl"
ASK_ALL = "sx"
CHOOSE_SCOPE = "s1:p:0"
PER_PAGE = 10
_A_ROW = 5
_SEARCHED_BYTES = 40

Shown = tuple[Markup, InlineKeyboardMarkup | None]


def searchable(words: str) -> str:
    """Cut what is searched for to what a button can carry along."""
    carried = " ".join(words.split()).replace(":", " ").encode("utf-8", "ignore")
    return carried[:_SEARCHED_BYTES].decode("utf-8", "ignore").strip()


def matching(held: Sequence[Holding], words: str) -> list[Holding]:
    """Keep the reports whose title, publisher or file name holds every word."""
    wanted = words.lower().split()

    def named(report: Report) -> str:
        return " ".join(filter(None, (report.title, report.publisher, report.published, report.file))).lower()

    return [one for one in held if all(word in named(one.report) for word in wanted)]


def reports(held: Sequence[Holding], texts: Texts, *, page: int, words: str = "") -> Shown:
    """List the reports that are held, or those whose titles hold *words*, ten a page, *page* from 0."""
    if not held:
        return text(texts("reports_empty")), None
    found = matching(held, words)
    if not found:
        button = InlineKeyboardButton(texts("see_reports"), callback_data=OPEN_REPORTS)
        return text(texts("reports_unfound", words=words)), InlineKeyboardMarkup([[button]])
    here = page_of(found, page, size=PER_PAGE)
    head = texts("reports_found", words=words, count=len(found)) if words else texts("reports", count=len(found))
    lines = [bold(text(head))]
    for number, one in enumerate(here.items, here.first + 1):
        said = " ".join(part for part in (one.report.publisher, one.report.published) if part)
        counted = texts("report_line", articles=one.articles, passages=one.passages)
        lines.append(
            text(f"{number}. ")
            + bold(text(shorten(one.report.title, 80)))
            + text("\n" + " · ".join(part for part in (shorten(said, 60), counted) if part))
        )
    if here.count > 1:
        lines.append(text(texts("pages", page=here.number + 1, pages=here.count)))
    cards = [
        InlineKeyboardButton(texts("open_report", number=number), callback_data=f"c1:{one.report.id}")
        for number, one in enumerate(here.items, here.first + 1)
    ]
    rows = [cards[i : i + _A_ROW] for i in range(0, len(cards), _A_ROW)]
    rows.append(turning(here, texts, lambda to: f"r1:{to}:{words}"))
    return join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row])


def card(held: Holding, facts: Sequence[Fact], texts: Texts, *, chosen: bool) -> Shown:
    """Show what is known of one report, with where it was read as *facts* tell it."""
    report = held.report
    origins = {fact.field: fact.origin for fact in facts if not fact.article}
    known = [("publisher", report.publisher), ("published", report.published), ("number", report.number)]
    lines = [bold(text(shorten(report.title, 300)))]
    for field, value in known:
        if value:
            read = _with_origin(shorten(value, 200), origins.get(field), texts)
            lines.append(text(texts(f"card_{field}", value=read)))
    lines.append(text(texts("card_file", value=shorten(report.file, 200))))
    lines.append(text(texts("card_counts", articles=held.articles, passages=held.passages, characters=held.characters)))
    choose = texts("unchoose") if chosen else texts("choose")
    return join(lines, "\n"), InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(texts("outline"), callback_data=f"o1:{report.id}:0:0")],
            [InlineKeyboardButton(choose, callback_data=f"s1:c:{report.id}")],
            [InlineKeyboardButton(texts("see_reports"), callback_data=OPEN_REPORTS)],
        ]
    )


def _with_origin(value: str, origin: str | None, texts: Texts) -> str:
    if origin is None:
        return value
    # Corrections are kept in a file, and its name says little to a reader.
    name = origin if f"origin_{origin}" in texts.sentences else "corrected"
    return texts("card_known", value=value, origin=texts(f"origin_{name}"))


def scope(held: Sequence[Holding], chosen: Chosen, texts: Texts, *, page: int) -> Shown:
    """Show which reports are asked, with a button for each; those that are chosen say so."""
    if not held:
        return text(texts("reports_empty")), None
    here = page_of(held, page, size=8)
    lines = [bold(text(texts("scope_all") if not chosen.reports else texts("scope_some", count=len(chosen.reports))))]
    lines += [text(f"· {shorten(title, 60)}") for title in chosen.titles[:20]]
    lines.append(text(texts("scope_how")))
    rows = [[_choice(one.report, chosen.reports, texts, here.number)] for one in here.items]
    rows.append(turning(here, texts, lambda to: f"s1:p:{to}"))
    if chosen.reports:
        rows.append([InlineKeyboardButton(texts("scope_clear"), callback_data="s1:a")])
    return join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row])


def _choice(report: Report, chosen: Sequence[ReportId], texts: Texts, page: int) -> InlineKeyboardButton:
    title = shorten(report.title, 40) or report.file[:40]
    label = texts("chosen", title=title) if report.id in chosen else title
    return InlineKeyboardButton(label, callback_data=f"s1:t:{report.id}:{page}")
