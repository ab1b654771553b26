"""Marks on plain text: those Telegram finds by itself, and how it fits all of them to a message before it stands.

Offsets and lengths count UTF-16 units, as everywhere in the Bot API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

MAX_ENTITIES = 100

# A letter of any script binds: neither 请问@somebot nor @somebot请问 is a mention, and /ask凤翔 is no command.
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>@])")),
    ("mention", re.compile(r"(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("url", re.compile(
        r"""(?:https?|tg)://[^\s<>"«»]+|(?<![\w@./-])(?:[a-z0-9-]+\.)+"""
        r"""(?:com|org|net|cn|me|io|gov|edu|info|dev|app)(?![\w.-]*\w)(?:[/?#][^\s<>"«»]*)?""",
        re.IGNORECASE,
    )),
)  # fmt: skip
# Of entities on the same characters, which stands outside: quotes, then code, what is found, then looks.
_RANKS = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 10, "code": 20, "text_link": 49, "text_mention": 49,
    "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
_RAW = {"code", "pre"}
_QUOTES = {"blockquote", "expandable_blockquote"}


@dataclass(frozen=True, slots=True)
class Entity:
    """Mark *length* UTF-16 units from *offset*; *extra* is what a type has besides: ``url``, ``language``, ``user``."""

    type: str
    offset: int
    length: int
    extra: dict[str, Any] = field(default_factory=dict)

    def of(self, text: str) -> str:
        """Cut the marked characters out of *text*."""
        units = text.encode("utf-16-le")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le", "replace")

    def json(self) -> dict[str, Any]:
        return {"type": self.type, "offset": self.offset, "length": self.length, **self.extra}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Entity:
        extra = {key: value for key, value in given.items() if key not in {"type", "offset", "length"}}
        return cls(str(given["type"]), int(given["offset"]), int(given["length"]), extra)


def utf16_length(text: str) -> int:
    """Count the UTF-16 units of *text*."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Entity]:
    """Find commands, mentions, hashtags, addresses and links in *text*, as Telegram does for every message."""
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            inside = match.group().rstrip(".:;,('?!`") if kind == "url" else match.group()
            entity = Entity(kind, utf16_length(text[: match.start()]), utf16_length(inside))
            if not any(_overlap(entity, other) for other in found):
                found.append(entity)
    return _sorted(found)


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Trim *text* and fit its entities as Telegram does before a message stands; at most 100 entities are kept.

    Control characters become spaces; entities are cut to the text, nothing stands inside code, quotes do not nest,
    and commands, mentions and links are added where nothing of the sender's forbids it.
    """
    text = text.replace("\r", "").translate({code: " " for code in range(32) if code != 10})
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept: list[Entity] = []
    for entity in _sorted(entities):
        start, end = max(entity.offset - lead, 0), min(entity.offset + entity.length - lead, length)
        if end <= start:
            continue
        fitted = replace(entity, offset=start, length=end - start)
        if any(
            _overlap(fitted, other) and (other.type in _RAW or {fitted.type, other.type} <= _QUOTES) for other in kept
        ):
            continue
        kept.append(fitted)
    solid = [entity for entity in kept if entity.type in _RAW | {"text_link", "text_mention", "custom_emoji"}]
    explicit = {(entity.type, entity.offset) for entity in kept}
    for entity in find_entities(text):
        if (entity.type, entity.offset) not in explicit and not any(_overlap(entity, other) for other in solid):
            kept.append(entity)
    return text, _sorted(kept)[:MAX_ENTITIES]


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity.offset, -entity.length, _RANKS.get(entity.type, 50)))
