"""An answer as a message: quotes, their sources, and buttons that keep their state in their data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.markup import MESSAGE_ENTITIES, MESSAGE_UNITS, Markup, bold, clean, join, link, shorten, text
from bot.views.quotes import MARGIN_ENTITIES, MARGIN_UNITS, Surroundings, block, copied, passage_url
from bot.views.reports import ASK_ALL, OPEN_REPORTS
from corpus.citing import reference
from corpus.model import Answer, Quote
from corpus.store import Votes

_A_ROW = 5
Rows = list[Sequence[InlineKeyboardButton]]
_COPIED_UNITS = 256


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

    def vote(self, *, useful: bool) -> str:
        """Make the data of a button that says whether the answer was useful."""
        return f"f1:{self.answer_id}:{self.page}:{self.opened}:{int(useful)}"


def pages(blocks: Sequence[Markup], *, per_page: int) -> list[range]:
    """Share an answer's quotes out over pages, whole, as many as *per_page* and Telegram's limits allow."""
    shared: list[range] = []
    first, units, entities = 0, 0, 0
    for index, shown in enumerate(blocks):
        units += shown.units + 1  # a line break before it
        entities += shown.entities
        full = units > MESSAGE_UNITS - MARGIN_UNITS or entities > MESSAGE_ENTITIES - MARGIN_ENTITIES
        if index > first and (index - first >= per_page or full):
            shared.append(range(first, index))
            first, units, entities = index, shown.units, shown.entities
    shared.append(range(first, len(blocks)))
    return shared


def answer(
    shown: Answer,
    texts: Texts,
    *,
    username: str,
    per_page: int,
    turn: Turn,
    around: Surroundings | None = None,
    scope: Sequence[str] = (),
    votes: Votes | None = None,
    changed: bool = False,
) -> Reply:
    """Show the page of an answer that *turn* names, with the surroundings of one quote where they are given.

    *scope* are the titles of the reports it was looked up in, where these were chosen; *changed* says that every
    quote it had has been updated.
    """
    if shown.verdict in ("none", "invalid") or not shown.quotes:
        return _no_answer(shown, texts, username=username, turn=turn, scope=scope, changed=changed)
    closed = [block(quote, texts, username=username) for quote in shown.quotes]
    shared = pages(closed, per_page=per_page)
    page = min(turn.page, len(shared) - 1)
    on_page = shared[page]
    blocks = {i + 1: closed[i] for i in on_page}
    if around and turn.opened in blocks:
        blocks[turn.opened] = block(shown.quotes[turn.opened - 1], texts, username=username, around=around)
    head, foot = _head(shown, texts, on_page=on_page, pages=len(shared)), _foot(texts, scope)
    blocks = _fitting(blocks, head=head, foot=foot, keep=turn.opened)
    at = Turn(turn.answer_id, page, turn.opened if turn.opened in blocks else 0)
    rows = _buttons(at, len(shared), {n: shown.quotes[n - 1] for n in blocks}, texts, votes or Votes())
    buttons = InlineKeyboardMarkup([row for row in (*_meant(shown, turn, texts), *rows, _all(texts, scope)) if row])
    return Reply(join((head, *blocks.values(), foot), "\n"), buttons)


def _head(shown: Answer, texts: Texts, *, on_page: range, pages: int) -> Markup:
    count = (
        texts("quotes", count=len(on_page))
        if pages == 1
        else texts("quotes_range", range="–".join(dict.fromkeys(map(str, (on_page.start + 1, on_page.stop)))))
    )
    head = bold(text(shorten(shown.question, 120))) + text(f" · {count}")
    related = text(texts("related")) if shown.verdict == "related" else Markup()
    return join((head, _understood(shown, texts), related), "\n")


def _understood(shown: Answer, texts: Texts) -> Markup:
    leaned_on = _beyond(shown.question, shown.interpreted)
    return text(texts("understood", question=shorten(leaned_on, 160))) if leaned_on else Markup()


def _foot(texts: Texts, scope: Sequence[str]) -> Markup:
    return join((text(texts("verbatim")), _scope(texts, scope)), "\n")


def _scope(texts: Texts, scope: Sequence[str]) -> Markup:
    if not scope:
        return Markup()
    titles = "、".join(f"《{shorten(title, 24)}》" for title in scope[:3])
    return text(texts("scope_note", titles=titles, count=len(scope)))


def _beyond(question: str, interpreted: str) -> str:
    """Give how a question was understood where that holds Chinese characters or digits it does not.

    They come from an earlier question, stand in the place of a slip, or are the year that 去年 is. What the thesaurus
    adds, after the first ``；``, is for operators.
    """
    topic = interpreted.partition("；")[0]
    asked = unicodedata.normalize("NFKC", question)
    told = (char for char in topic if "\u4e00" <= char <= "\u9fff" or char.isdigit())
    return topic if any(char not in asked for char in told) else ""


def _fitting(blocks: dict[int, Markup], *, head: Markup, foot: Markup, keep: int) -> dict[int, Markup]:
    """Drop whole blocks, the last ones first and never the opened one, until the message fits."""
    for number in sorted(blocks, key=lambda n: (n == keep, -n)):
        if join((head, *blocks.values(), foot), "\n").fits() or len(blocks) == 1:
            break
        del blocks[number]
    return blocks


def _no_answer(shown: Answer, texts: Texts, *, username: str, turn: Turn, scope: Sequence[str], changed: bool) -> Reply:
    lines = [
        bold(text(shorten(shown.question, 120))),
        _understood(shown, texts),
        text(texts("changed" if changed else "none")),
    ]
    if shown.missing_terms:
        lines.append(text(texts("missing", words=shorten("、".join(shown.missing_terms), 120))))
    if shown.nearest:
        lines.append(text(texts("nearest")))
        lines += [
            text("· ") + link(text(shorten(near.heading, 60)), passage_url(username, near.passage_id))
            for near in shown.nearest
        ]
    lines.append(_scope(texts, scope))
    button = InlineKeyboardButton(texts("see_reports"), callback_data=OPEN_REPORTS)
    rows = (*_meant(shown, turn, texts), [button], _all(texts, scope))
    return Reply(join(lines, "\n"), InlineKeyboardMarkup([row for row in rows if row]))


def _meant(shown: Answer, turn: Turn, texts: Texts) -> Rows:
    """Offer what may have been meant instead, a button each."""
    return [
        [InlineKeyboardButton(texts("meant", question=shorten(other, 40)), callback_data=f"m1:{turn.answer_id}:{n}")]
        for n, other in enumerate(shown.meant)
    ]


def _all(texts: Texts, scope: Sequence[str]) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(texts("scope_clear"), callback_data=ASK_ALL)] if scope else []


def _buttons(turn: Turn, count: int, quotes: dict[int, Quote], texts: Texts, votes: Votes) -> Rows:
    def button(name: str, to: Turn, **values: object) -> InlineKeyboardButton:
        return InlineKeyboardButton(texts(name, **values), callback_data=to.data)

    contexts = [
        button("collapse", Turn(turn.answer_id, turn.page), number=n)
        if n == turn.opened
        else button("context", Turn(turn.answer_id, turn.page, n), number=n)
        for n in quotes
    ]
    # What can be copied is the opened quote's, else every quote's source; the words themselves are long.
    chosen = {turn.opened: quotes[turn.opened]} if turn.opened else quotes
    copying = [
        _copying(texts("copy_citation", number=n), clean(reference(quote.passage, limit=_COPIED_UNITS)))
        for n, quote in chosen.items()
    ]
    if len(chosen) == 1:
        copying += [
            _copying(texts("copy_quote", number=n), words) for n, quote in chosen.items() if (words := copied(quote))
        ]
    turning = []
    if turn.page > 0:
        turning.append(button("previous", Turn(turn.answer_id, turn.page - 1)))
    if turn.page < count - 1:
        turning.append(button("next", Turn(turn.answer_id, turn.page + 1)))
    voting = [
        InlineKeyboardButton(f"{texts(name)} {number or ''}".strip(), callback_data=turn.vote(useful=useful))
        for name, useful, number in (("useful", True, votes.useful), ("useless", False, votes.useless))
    ]
    return [*_rows(contexts), *_rows(copying), turning, voting]


def _copying(label: str, words: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, copy_text=CopyTextButton(words))


def _rows(buttons: Sequence[InlineKeyboardButton]) -> Rows:
    return [buttons[i : i + _A_ROW] for i in range(0, len(buttons), _A_ROW)]
