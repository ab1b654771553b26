"""An answer as a message: quotes, their sources, and buttons that keep their state in their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import MESSAGE_ENTITIES, MESSAGE_UNITS, Markup, bold, join, link, quotation, shorten, text
from bot.views.reports import OPEN_REPORTS
from corpus.citing import origin
from corpus.model import Answer, Passage, Quote

# Room for the head and the foot of a message, so that what is packed into a page also fits with them.
_MARGIN_UNITS, _MARGIN_ENTITIES = 700, 12


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold a message ready to be sent."""

    markup: Markup
    buttons: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Say which part of an answer a message shows: a page, from 0, and the quote whose surroundings are open, from 1.

    It travels in callback data: ``v1:<answer id>:<page>:<opened>``, at most 64 bytes.
    """

    answer_id: str
    page: int = 0
    opened: int = 0

    @property
    def data(self) -> str:
        return f"v1:{self.answer_id}:{self.page}:{self.opened}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hold the paragraphs before and after an opened quote, within its article."""

    before: Passage | None
    after: Passage | None


def pages(answer: Answer, texts: Texts, *, username: str, per_page: int) -> list[range]:
    """Share an answer's quotes out over pages, whole, as many as *per_page* and Telegram's limits allow."""
    shared: list[range] = []
    first, room = 0, Markup()
    for index, quote in enumerate(answer.quotes):
        block = _block(quote, texts, username=username)
        grown = room + text("\n") + block
        if index > first and (
            index - first >= per_page
            or not grown.fits(units=MESSAGE_UNITS - _MARGIN_UNITS, entities=MESSAGE_ENTITIES - _MARGIN_ENTITIES)
        ):
            shared.append(range(first, index))
            first, grown = index, block
        room = grown
    shared.append(range(first, len(answer.quotes)))
    return shared


def answer(
    shown: Answer,
    texts: Texts,
    *,
    username: str,
    per_page: int,
    turn: Turn,
    around: Surroundings | None = None,
) -> Reply:
    """Show the page of an answer that *turn* names, with the surroundings of one quote where they are given."""
    if shown.verdict in ("none", "invalid") or not shown.quotes:
        return _no_answer(shown, texts, username=username)
    shared = pages(shown, texts, username=username, per_page=per_page)
    page = min(turn.page, len(shared) - 1)
    on_page = shared[page]
    blocks = {
        n: _block(shown.quotes[n - 1], texts, username=username, around=around if n == turn.opened else None)
        for n in (i + 1 for i in on_page)
    }
    head, foot = _head(shown, texts, on_page=on_page, pages=len(shared)), text(texts("verbatim"))
    blocks = _fitting(blocks, head=head, foot=foot, keep=turn.opened)
    return Reply(join((head, *blocks.values(), foot), "\n"), _buttons(turn, page, len(shared), on_page, texts))


def _head(shown: Answer, texts: Texts, *, on_page: range, pages: int) -> Markup:
    count = (
        texts("quotes", count=len(on_page))
        if pages == 1
        else texts("quotes_range", first=on_page.start + 1, last=on_page.stop)
    )
    head = bold(text(shorten(shown.question, 120))) + text(f" · {count}")
    understood = (
        text(texts("understood", question=shorten(shown.interpreted, 160)))
        if shown.interpreted and shown.interpreted != shown.question
        else Markup()
    )
    related = text(texts("related")) if shown.verdict == "related" else Markup()
    return join((head, understood, related), "\n")


def _fitting(blocks: dict[int, Markup], *, head: Markup, foot: Markup, keep: int) -> dict[int, Markup]:
    """Drop whole blocks, the last ones first and never the opened one, until the message fits."""
    for number in sorted(blocks, key=lambda n: (n == keep, -n)):
        if join((head, *blocks.values(), foot), "\n").fits() or len(blocks) == 1:
            break
        del blocks[number]
    return blocks


def _block(quote: Quote, texts: Texts, *, username: str, around: Surroundings | None = None) -> Markup:
    lines = [quotation(_quoted(quote) if around is None else _opened(quote, around)), _source(quote, texts, username)]
    if quote.redacted:
        lines.append(text(texts("redacted")))
    if quote.also_in:
        places = (_place(passage, username) for passage in quote.also_in[:3])
        lines.append(text(f"{texts('also_in')}：") + join(places, "；"))
    return join(lines, "\n")


def _quoted(quote: Quote) -> Markup:
    before = "…" if quote.start > 0 else ""
    after = "…" if quote.start + len(quote.text) < len(quote.passage.text) else ""
    return text(before) + _marked(quote, 0, len(quote.text)) + text(after)


def _opened(quote: Quote, around: Surroundings) -> Markup:
    whole = quote.passage.text
    end = quote.start + len(quote.text)
    middle = text(whole[: quote.start]) + _marked(quote, 0, len(quote.text)) + text(whole[end:])
    parts = [text(around.before.text) if around.before else Markup(), middle]
    parts.append(text(around.after.text) if around.after else Markup())
    opened = join(parts, "\n\n")
    # Three very long paragraphs do not fit a message; the quoted one stays, its neighbours go whole.
    return opened if opened.fits(units=MESSAGE_UNITS - _MARGIN_UNITS) else middle


def _marked(quote: Quote, start: int, end: int) -> Markup:
    answer_start, answer_end = quote.answer.start, quote.answer.end
    return (
        text(quote.text[start:answer_start])
        + bold(text(quote.text[answer_start:answer_end]))
        + text(quote.text[answer_end:end])
    )


def _source(quote: Quote, texts: Texts, username: str) -> Markup:
    passage = quote.passage
    path = " › ".join(shorten(part, 80) for part in (passage.article.title, *passage.section))
    places = [path, texts("paragraph", number=passage.paragraph)]
    if passage.page is not None:
        places.append(texts("page", number=passage.page))
    if said := origin(passage):
        places.append(shorten(said, 80))
    line = text(f"{texts('source')}：{' · '.join(places)} · ")
    return line + link(text(texts("original")), passage_url(username, passage.id))


def _place(passage: Passage, username: str) -> Markup:
    return link(text(shorten(passage.article.title, 40)), passage_url(username, passage.id))


def passage_url(username: str, passage_id: str) -> str:
    """Make the deep link that shows a passage."""
    return f"https://t.me/{username}?start=p_{passage_id}"


def _no_answer(shown: Answer, texts: Texts, *, username: str) -> Reply:
    lines = [text(texts("none"))]
    if shown.missing_terms:
        lines.append(text(texts("missing", words=shorten("、".join(shown.missing_terms), 120))))
    if shown.nearest:
        lines.append(text(texts("nearest")))
        lines += [
            text("· ") + link(text(shorten(near.heading, 60)), passage_url(username, near.passage_id))
            for near in shown.nearest
        ]
    button = InlineKeyboardButton(texts("see_reports"), callback_data=OPEN_REPORTS)
    return Reply(join(lines, "\n"), InlineKeyboardMarkup([[button]]))


def _buttons(turn: Turn, page: int, count: int, on_page: Sequence[int], texts: Texts) -> InlineKeyboardMarkup:
    def button(name: str, to: Turn, **values: object) -> InlineKeyboardButton:
        return InlineKeyboardButton(texts(name, **values), callback_data=to.data)

    contexts = [
        button("collapse", Turn(turn.answer_id, page), number=n)
        if n == turn.opened
        else button("context", Turn(turn.answer_id, page, n), number=n)
        for n in (index + 1 for index in on_page)
    ]
    turning = []
    if page > 0:
        turning.append(button("previous", Turn(turn.answer_id, page - 1)))
    if page < count - 1:
        turning.append(button("next", Turn(turn.answer_id, page + 1)))
    return InlineKeyboardMarkup([row for row in (contexts, turning) if row])
