"""Results of an inline query, and the one answer of a guest: a quotation with its source, ready to be sent anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.texts import Texts
from bot.views.markup import Markup, clean, shorten
from bot.views.quotes import block, path
from corpus.model import Quote

PER_PAGE = 10
# Where the button of an empty result leads; /start knows it.
HELP = "inline"


def results(quotes: Sequence[Quote], texts: Texts, *, username: str, offset: int) -> list[InlineQueryResultArticle]:
    """Offer one page of quotes, *offset* being the place of the first; each sends the quote with its source."""
    return [
        InlineQueryResultArticle(
            id=f"{offset + n}:{quote.passage.id}",
            title=_plain(path(quote.passage), 100) or texts("name"),
            description=_plain(quote.answer.of(quote.text) or quote.text, 200),
            input_message_content=_content(block(quote, texts, username=username)),
        )
        for n, quote in enumerate(quotes)
    ]


def help_button(label: str) -> InlineQueryResultsButton:
    """Make the button that leads to the private chat, where things are explained."""
    return InlineQueryResultsButton(label, start_parameter=HELP)


def guest(markup: Markup, texts: Texts, *, answer_id: str) -> InlineQueryResultArticle:
    """Wrap a message as what a guest may send, once and without buttons."""
    return InlineQueryResultArticle(id=answer_id, title=texts("name"), input_message_content=_content(markup))


def _content(markup: Markup) -> InputTextMessageContent:
    # What is sent in somebody's name gets none of the bot's defaults.
    return InputTextMessageContent(
        markup.html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )


def _plain(words: str, limit: int) -> str:
    return shorten(clean(words), limit)
