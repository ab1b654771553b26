"""A quotation as part of a message: verbatim, its answering sentence bold, with where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from bot.texts import Texts
from bot.views.markup import MESSAGE_UNITS, Markup, bold, fitting, join, link, quotation, shorten, text, units
from corpus.citing import origin
from corpus.model import Passage, Quote, Span

# Room for what stands around quotations in a message: the question, how it was understood, sources, the foot.
MARGIN_UNITS, MARGIN_ENTITIES = 1000, 16
_ROOM = MESSAGE_UNITS - MARGIN_UNITS - 500
_COPIED_UNITS = 256


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hold the paragraphs before and after an opened quote, within its article."""

    before: Passage | None
    after: Passage | None


def block(quote: Quote, texts: Texts, *, username: str, around: Surroundings | None = None) -> Markup:
    """Show a quote with its source and, with *around*, in its surroundings."""
    lines = [quotation(_quoted(quote) if around is None else _opened(quote, around)), _source(quote, texts, username)]
    if quote.redacted:
        lines.append(text(texts("redacted")))
    if quote.also_in:
        places = (_place(passage, username) for passage in quote.also_in[:3])
        lines.append(text(f"{texts('also_in')}：") + join(places, "；"))
    return join(lines, "\n")


def snippet(quote: Quote) -> Markup:
    """Show the words of a quote, its answering sentence bold; what does not fit a message gives way to an ellipsis."""
    return _quoted(quote)


def copied(quote: Quote) -> str | None:
    """Choose what a copy button takes: the quote, or its answering sentence; None where both are too long for one."""
    for words in (quote.text, quote.answer.of(quote.text)):
        if words.strip() and units(words) <= _COPIED_UNITS and text(words).units == units(words):
            return words
    return None


def passage_url(username: str, passage_id: str) -> str:
    """Make the deep link that shows a passage."""
    return f"https://t.me/{username}?start=p_{passage_id}"


def _quoted(quote: Quote) -> Markup:
    shown = _shown(quote)
    before = "…" if quote.start + shown.start > 0 else ""
    after = "…" if quote.start + shown.end < len(quote.passage.text) else ""
    return text(before) + _marked(quote, shown) + text(after)


def _shown(quote: Quote) -> Span:
    """Choose what to show of a quote: all of it, or of one too long for a message as much as fits with the answer."""
    if units(quote.text) <= _ROOM:
        return Span(0, len(quote.text))
    start = 0 if units(quote.text[: quote.answer.end]) <= _ROOM else quote.answer.start
    return Span(start, start + fitting(quote.text[start:], _ROOM))


def _opened(quote: Quote, around: Surroundings) -> Markup:
    whole = quote.passage.text
    end = quote.start + len(quote.text)
    middle = text(whole[: quote.start]) + _marked(quote, Span(0, len(quote.text))) + text(whole[end:])
    before = text(around.before.text) if around.before else Markup()
    after = text(around.after.text) if around.after else Markup()
    # Very long paragraphs do not fit a message; the neighbours go whole, then what the quote leaves out of its own.
    for parts in ((before, middle, after), (before, middle), (middle, after), (middle,)):
        opened = join(parts, "\n\n")
        if opened.fits(units=_ROOM):
            return opened
    return _quoted(quote)


def _marked(quote: Quote, shown: Span) -> Markup:
    start = min(max(quote.answer.start, shown.start), shown.end)
    end = min(max(quote.answer.end, start), shown.end)
    return text(quote.text[shown.start : start]) + bold(text(quote.text[start:end])) + text(quote.text[end : shown.end])


def _source(quote: Quote, texts: Texts, username: str) -> Markup:
    line = text(f"{texts('source')}：{source(quote.passage, texts)} · ")
    return line + link(text(texts("original")), passage_url(username, quote.passage.id))


def source(passage: Passage, texts: Texts) -> str:
    """Say in one line where a passage stands: headings, paragraph, page, who published it and when."""
    places = [path(passage), texts("paragraph", number=passage.paragraph)]
    if passage.page is not None:
        places.append(texts("page", number=passage.page))
    if said := origin(passage):
        places.append(shorten(said, 80))
    return " · ".join(places)


def path(passage: Passage) -> str:
    """Say under which headings a passage stands."""
    return " › ".join(shorten(part, 80) for part in (passage.article.title, *passage.section[-2:]))


def _place(passage: Passage, username: str) -> Markup:
    return link(text(shorten(passage.article.title, 40)), passage_url(username, passage.id))
