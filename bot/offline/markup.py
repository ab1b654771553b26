"""Read parse mode HTML as Telegram's server does: marked text in, plain text and entities out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from bot.offline.entities import Entity

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_START = re.compile(r"<([^\s>]*)")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']*)(?:\s*(=)\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.-]*)(?=[\s>])))?\s*""")
_END = re.compile(r"</([^\s>]*)\s*(>?)")
_USER_LINK = re.compile(r"tg://user/?\?(?:.*&)?id=(\d+)")
_LINK = re.compile(r"(?:(?:https?|tg|ton|tonsite)://)?[^\s/.]+(?:\.[^\s/.]+)*(?:[/?#:].*)?$", re.IGNORECASE | re.DOTALL)


class MarkupError(ValueError):
    """Say why a text is not valid HTML for Telegram, in Telegram's words."""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    position: int


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Parse *source* as parse mode HTML is parsed; raise MarkupError, worded as Telegram words it, where it is invalid.

    The rules, and the order in which faults are found, are those of Telegram's own parser.
    """
    text: list[str] = []
    entities: list[Entity] = []
    opened: list[_Open] = []
    offset = position = 0
    while position < len(source):
        character = source[position]
        if character == "&" and (decoded := _decode_reference(source, position)):
            character, position = decoded
        elif character == "<":
            begin = position
            if source.startswith("</", position):
                start, position = _close(source, begin, opened)
                if offset > start.offset:
                    _add(entities, start, offset - start.offset, text)
            else:
                tag, argument, position = _read_tag(source, begin)
                opened.append(_Open(tag, argument, offset, len(text)))
            continue
        else:
            position += 1
        text.append(character)
        offset += 2 if character > "\uffff" else 1
    if opened:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    plain = "".join(text)
    if any("\ud800" <= character <= "\udfff" for character in plain):
        raise MarkupError(
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
            "surrogate code units"
        )
    entities = [replace(entity, extra={}) if entity.type == "code" else entity for entity in entities]
    return plain, entities


def _byte(source: str, position: int) -> int:
    return len(source[:position].encode("utf-8", "surrogatepass"))


def _decode_reference(source: str, position: int) -> tuple[str, int] | None:
    """Decode ``&lt;`` and its like at *position*; None where Telegram takes the ampersand as it stands."""
    found = _REFERENCE.match(source, position)
    if found is None:
        return None
    hexadecimal, decimal, name = found.groups()
    if name:
        return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name], found.end()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    length = len(found.group().rstrip(";"))
    if code == 0 or code >= 0x10FFFF or length >= 10:
        return None
    return chr(code), found.end()


def _read_tag(source: str, begin: int) -> tuple[str, str, int]:
    """Read a start tag: its name, the one attribute that matters, and the position after it."""
    where = f"at byte offset {_byte(source, begin)}"
    name = _START.match(source, begin)
    tag = name.group(1).lower() if name else ""
    if name is None or name.end() == len(source):
        raise MarkupError(f"Unclosed start tag {where}")
    if tag not in _TYPES:
        raise MarkupError(f'Unsupported start tag "{tag}" {where}')
    argument, position = "", name.end()
    while position < len(source) and source[position] != ">":
        found = _ATTRIBUTE.match(source, position)
        if found is None or not found.group(1):
            if source[position:].strip() == "":
                raise MarkupError(f'Unclosed start tag "{tag}" {where}')
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {where}')
        attribute, equals = found.group(1), found.group(2)
        position = found.end()
        if position >= len(source):
            raise MarkupError(f"Unclosed start tag {where}" if equals else f'Unclosed start tag "{tag}" {where}')
        if not equals and source[position] == "=":
            raise _bad_value(source, position, tag, where)
        quoted = found.group(3) if found.group(3) is not None else found.group(4)
        value = _unescape(quoted) if quoted is not None else (found.group(5) or "").lower()
        argument = _argument(tag, attribute, value) or argument
    if position >= len(source):
        raise MarkupError(f'Unclosed start tag "{tag}" {where}')
    if tag == "span" and argument != "spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" {where}')
    return tag, argument, position + 1


def _bad_value(source: str, equals: int, tag: str, where: str) -> MarkupError:
    value = source[equals + 1 :].lstrip()
    if not value:
        return MarkupError(f'Unclosed start tag "{tag}" {where}')
    if value[0] in "\"'":
        return MarkupError(f"Unclosed start tag {where}")
    return MarkupError(f"Unexpected end of name token at byte offset {_byte(source, len(source) - len(value))}")


def _unescape(value: str) -> str:
    out, position = [], 0
    while position < len(value):
        decoded = _decode_reference(value, position) if value[position] == "&" else None
        character, position = decoded or (value[position], position + 1)
        out.append(character)
    return "".join(out)


def _argument(tag: str, attribute: str, value: str) -> str:
    match tag, attribute:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class"):
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case ("span", "class"):
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case ("blockquote", "expandable"):
            return "1"
    return ""


def _close(source: str, begin: int, opened: list[_Open]) -> tuple[_Open, int]:
    """Close the innermost tag: return it and the position after its end tag."""
    at = _byte(source, begin)
    if not opened:
        raise MarkupError(f"Unexpected end tag at byte offset {at}")
    found = _END.match(source, begin)
    if found is None or not found.group(2):
        raise MarkupError(f"Unclosed end tag at byte offset {at}")
    start, closing = opened[-1], found.group(1).lower()
    if closing and closing != start.tag:
        raise MarkupError(f'Unmatched end tag at byte offset {at}, expected "</{start.tag}>", found "</{closing}>"')
    return opened.pop(), found.end()


def _add(entities: list[Entity], start: _Open, length: int, text: list[str]) -> None:
    last = entities[-1] if entities else None
    same = last is not None and (last.offset, last.length) == (start.offset, length)
    kind = _TYPES[start.tag]
    extra: dict[str, Any] = {}
    if start.tag == "a":
        url = start.argument or "".join(text[start.position :])
        if person := _USER_LINK.match(url):
            kind, extra = "text_mention", {"user": {"id": int(person.group(1)), "is_bot": False, "first_name": ""}}
        elif _LINK.match(url) and ("." in url or "://" in url):
            extra = {"url": url if "://" in url else f"http://{url}"}
        else:
            return  # a link that leads nowhere is dropped without a word
    elif start.tag == "blockquote" and start.argument:
        kind = "expandable_blockquote"
    elif start.tag == "tg-emoji":
        if not start.argument.isdigit():
            raise MarkupError("Invalid custom emoji identifier specified")
        extra = {"custom_emoji_id": start.argument}
    elif start.tag == "pre" and same and last and last.type == "code" and last.extra:
        entities[-1] = replace(last, type="pre")
        return
    elif start.tag == "code" and same and last and last.type == "pre" and start.argument:
        entities[-1] = replace(last, extra={"language": start.argument})
        return
    elif start.tag == "code" and start.argument:
        extra = {"language": start.argument}
    entities.append(Entity(kind, start.offset, length, extra))
