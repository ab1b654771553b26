"""Telegram HTML that cannot be broken: text is escaped on its way in, tags are closed by construction."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

MESSAGE_UNITS = 4096
MESSAGE_ENTITIES = 100
# The categories Cc and Cs, but for line breaks and tabulators. Every character of an answer passes here: no loop.
_REFUSED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Markup:
    """Hold a piece of a message as HTML, together with what Telegram counts: UTF-16 units and entities."""

    html: str = ""
    units: int = 0
    entities: int = 0

    def __add__(self, other: Markup) -> Markup:
        return Markup(self.html + other.html, self.units + other.units, self.entities + other.entities)

    def __bool__(self) -> bool:
        return bool(self.html)

    def fits(self, *, units: int = MESSAGE_UNITS, entities: int = MESSAGE_ENTITIES) -> bool:
        """Tell whether Telegram takes this as one message."""
        return self.units <= units and self.entities <= entities


def clean(plain: object) -> str:
    """Drop control characters and lone surrogates, which Telegram refuses."""
    return _REFUSED.sub("", str(plain))


def text(plain: object) -> Markup:
    """Escape text, a stranger's too, without what Telegram refuses."""
    kept = clean(plain)
    return Markup(html.escape(kept, quote=False), units(kept))


def units(plain: str) -> int:
    """Count as Telegram does: UTF-16 units."""
    return len(plain.encode("utf-16-le", "surrogatepass")) // 2


def fitting(plain: str, limit: int) -> int:
    """Tell how many characters from the start of *plain* have at most *limit* UTF-16 units."""
    counted = 0
    for index, character in enumerate(plain):
        counted += 2 if character > "\uffff" else 1
        if counted > limit:
            return index
    return len(plain)


def _tag(opening: str, inside: Markup, closing: str) -> Markup:
    if not inside:
        return inside
    return Markup(f"{opening}{inside.html}{closing}", inside.units, inside.entities + 1)


def bold(inside: Markup) -> Markup:
    """Set in bold."""
    return _tag("<b>", inside, "</b>")


def italic(inside: Markup) -> Markup:
    """Set in italics."""
    return _tag("<i>", inside, "</i>")


def quotation(inside: Markup) -> Markup:
    """Set as a block quotation that opens when it is long."""
    return _tag("<blockquote expandable>", inside, "</blockquote>")


def link(inside: Markup, url: str) -> Markup:
    """Link to *url*, which must be ours."""
    return _tag(f'<a href="{html.escape(url)}">', inside, "</a>")


def join(parts: Iterable[Markup], separator: str) -> Markup:
    """Put parts in a row, the empty ones left out."""
    joined = Markup()
    for part in parts:
        if part:
            joined = joined + text(separator) + part if joined else part
    return joined


def shorten(plain: str, limit: int) -> str:
    """Cut a label (never a quotation) to *limit* characters, with an ellipsis where something was cut."""
    plain = " ".join(plain.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
