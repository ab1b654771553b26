"""Messages as a terminal shows them: quotations framed, marks bold, buttons numbered."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from bot.offline.markup import Entity
from bot.offline.nouns import CallbackQuery, Message

_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "code": "cyan",
    "pre": "cyan",
    "text_link": "underline",
}
_QUOTATIONS = ("blockquote", "expandable_blockquote")


def show(console: Console, message: Message) -> None:
    """Print a message with its buttons: coloured and framed on a terminal, plain lines in a pipe."""
    parts: list[Text | Panel] = []
    at = 0
    for entity in [one for one in message.entities if one.type in _QUOTATIONS]:
        start, end = _place(message.text, entity)
        if message.text[at:start].strip():
            parts.append(_styled(message, at, start))
        quoted = _styled(message, start, end)
        parts.append(Panel(quoted, border_style="dim") if console.is_terminal else _indented(quoted))
        at = end
    if message.text[at:].strip():
        parts.append(_styled(message, at, len(message.text)))
    labels = [f"[{number}] {button.text}" for number, button in enumerate(message.buttons, 1)]
    if labels:
        parts.append(Text("  ".join(labels), style="dim"))
    console.print(Group(*parts))
    console.print()


def show_notice(console: Console, pressed: CallbackQuery) -> None:
    """Print what the bot said to a press of a button, where it said anything."""
    if pressed.text:
        console.print(Text(f"({pressed.text})", style="italic"))


def _indented(quoted: Text) -> Text:
    return Text("\n").join(Text("    ") + line for line in quoted.split("\n", allow_blank=True))


def _styled(message: Message, start: int, end: int) -> Text:
    shown = Text(message.text)
    for entity in message.entities:
        if entity.type in _STYLES:
            shown.stylize(_STYLES[entity.type], *_place(message.text, entity))
    part = shown[start:end]
    part.rstrip()
    lines = part.split("\n", allow_blank=True)
    while lines and not lines[0].plain.strip():
        lines.pop(0)
    return Text("\n").join(lines)


def _place(text: str, entity: Entity) -> tuple[int, int]:
    """Turn UTF-16 offsets into code points."""
    encoded = text.encode("utf-16-le")
    start = len(encoded[: entity.offset * 2].decode("utf-16-le", "ignore"))
    return start, start + len(encoded[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le"))


def changed(before: dict[int, tuple[str, object]], messages: Iterable[Message]) -> list[Message]:
    """Find the messages that are new or read otherwise than *before*, which is brought up to date."""
    found = []
    for message in messages:
        state = (message.text, message.reply_markup)
        if before.get(message.id) != state:
            found.append(message)
            before[message.id] = state
    return found
