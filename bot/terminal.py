"""Messages as a terminal shows them: quotations framed, marks bold, buttons and links numbered, files by path."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from bot.offline.entities import Entity
from bot.offline.nouns import Button, CallbackQuery, Message
from bot.views import plain

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


_DEEP_LINK = "?start="


@dataclass(frozen=True, slots=True)
class Choice:
    """Offer one thing to do by its number: press a *button*, or follow a link into the bot, which says *start*."""

    label: str
    button: Button | None = None
    start: str | None = None


def choices(message: Message) -> list[Choice]:
    """List what can be done with a message: its buttons, then its links into the bot, each by a label of its own."""
    found = [Choice(button.text, button=button) for button in message.buttons]
    links = [
        (one.of(message.text), str(one.extra.get("url", ""))) for one in message.entities if one.type == "text_link"
    ]
    deep = [(words, url.partition(_DEEP_LINK)[2]) for words, url in links if _DEEP_LINK in url]
    often, met = Counter(words for words, _ in deep), Counter[str]()
    for words, start in deep:
        met[words] += 1
        found.append(Choice(f"{met[words]} {words}" if often[words] > 1 else words, start=start))
    return found


def show(console: Console, message: Message, *, files: Path) -> None:
    """Print a message with what can be done: coloured and framed on a terminal, plain lines in a pipe.

    A file that comes with it is put into the folder *files*.
    """
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
    if message.file:
        parts.insert(0, Text(str(_kept(message, files)), style="bold"))
    labels = [f"[{number}] {one.label}" for number, one in enumerate(choices(message), 1)]
    if labels:
        parts.append(Text(plain.printed("  ".join(labels)), style="dim"))
    console.print(Group(*parts))
    console.print()


def show_notice(console: Console, pressed: CallbackQuery) -> None:
    """Print what the bot said to a press of a button, where it said anything."""
    if pressed.text:
        console.print(Text(f"({pressed.text})", style="italic"), end="\n\n")


def _kept(message: Message, files: Path) -> Path:
    """Write the file of a message down, beside others of its name that were sent before."""
    sent = message.file
    name = Path(sent.name if sent else "file")
    files.mkdir(parents=True, exist_ok=True, mode=0o700)
    numbered = (files / f"{name.stem}{f'-{n}' if n > 1 else ''}{name.suffix}" for n in itertools.count(1))
    path = next(one for one in numbered if not one.exists())
    path.write_bytes((sent and sent.content) or b"")
    return path


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
