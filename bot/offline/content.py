"""What a bot may send: text, keyboards and results within Telegram's limits; all else is refused in its words."""

from __future__ import annotations

import re
from typing import Any

from bot.offline.entities import Entity, tidy, utf16_length
from bot.offline.markup import MarkupError, parse_html
from bot.offline.nouns import Json, Refusal

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RESULTS = 50
_LINK = re.compile(r"(?:https?|tg|ton)://\S+|[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", re.IGNORECASE)
_KINDS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def formatted(
    text: str, parse_mode: str | None, entities: list[Json] | None, *, limit: int = MAX_TEXT, caption: bool = False
) -> tuple[str, tuple[Entity, ...]]:
    """Make text and entities of what a bot sent; refuse bad markup, nothing at all (but a *caption*), and too much."""
    marks = [Entity.from_json(entity) for entity in entities or []]
    match (parse_mode or "").lower():
        case "":
            plain = text
        case "html":
            try:
                plain, marks = parse_html(text)
            except MarkupError as error:
                raise Refusal(400, f"Bad Request: can't parse entities: {error}") from error
        case "markdown" | "markdownv2":
            raise Refusal(400, "Bad Request: Markdown is not played offline; send HTML or entities")
        case _:
            raise Refusal(400, "Bad Request: unsupported parse_mode")
    plain, marks = tidy(plain, marks)
    if not plain and not caption:
        raise Refusal(400, "Bad Request: message text is empty")
    if utf16_length(plain) > limit:
        raise Refusal(400, f"Bad Request: message {'caption ' if caption else ''}is too long")
    return plain, tuple(marks)


def keyboard(markup: Any) -> Json | None:
    """Check a ``reply_markup``; an inline keyboard without buttons is none."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Refusal(400, "Bad Request: object expected as reply markup")
    if "inline_keyboard" not in markup:
        return markup
    rows = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if sum(len(row) for row in rows) > 100:
        raise Refusal(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _button(button: Json) -> Json:
    if not str(button.get("text", "")).strip():
        raise Refusal(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be of type String')
    kinds = [kind for kind in _KINDS if kind in button]
    if len(kinds) != 1:
        wrong = "Text buttons are unallowed in the inline keyboard"
        raise Refusal(400, f"Bad Request: can't parse inline keyboard button: {wrong}")
    value = button[kinds[0]]
    if kinds[0] == "callback_data" and not 1 <= len(value.encode()) <= 64:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if kinds[0] == "copy_text" and not 1 <= utf16_length(value["text"]) <= 256:
        raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
    if kinds[0] == "url" and not _LINK.fullmatch(value):
        raise Refusal(400, f"Bad Request: inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return button


def result_content(result: Json) -> tuple[str, tuple[Entity, ...]]:
    """Read the text that choosing an article among query results sends."""
    content = result.get("input_message_content")
    if result.get("type") != "article" or not isinstance(content, dict) or "message_text" not in content:
        raise Refusal(400, "Bad Request: only articles with text are played offline")
    return formatted(content["message_text"], content.get("parse_mode"), content.get("entities"))


def check_result(result: Json) -> None:
    """Refuse a result of an inline or guest query that Telegram would not take."""
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
    if not str(result.get("title", "")).strip():
        raise Refusal(400, "Bad Request: ARTICLE_TITLE_EMPTY")
    keyboard(result.get("reply_markup"))
    result_content(result)


def check_results(results: list[Json]) -> None:
    """Refuse a list of inline results that Telegram would not take."""
    if len(results) > MAX_RESULTS:
        raise Refusal(400, "Bad Request: RESULTS_TOO_MUCH")
    names = [result.get("id") for result in results]
    if len(set(names)) != len(names):
        raise Refusal(400, "Bad Request: RESULT_ID_DUPLICATE")
    for result in results:
        check_result(result)
