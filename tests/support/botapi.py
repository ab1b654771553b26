"""Check recorded calls against the Bot API's limits, and its specification where that lies beside the project."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.offline import Call, OfflineTelegram
from bot.offline.entities import utf16_length
from bot.offline.markup import MarkupError, parse_html

SPECIFICATION = Path(__file__).parents[3] / "shared" / "botapi" / "api-10.1.json"
_SCALARS: dict[str, tuple[type, ...]] = {"Integer": (int,), "Float": (int, float), "String": (str,), "Boolean": (bool,)}
_CONSTANT = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)[”\"]?\.?$")


@functools.cache
def specification() -> dict[str, Any] | None:
    """Load the specification; None where the project stands alone."""
    return json.loads(SPECIFICATION.read_text(encoding="utf-8")) if SPECIFICATION.exists() else None


def wrong_calls(world: OfflineTelegram) -> list[str]:
    """List what is wrong with the calls that *world* recorded: one line a fault, none where all are valid."""
    return [f"{call.method}: {fault}" for call in [*world.calls, *world.polls] for fault in wrong(call)]


@contextmanager
def checked() -> Iterator[OfflineTelegram]:
    """Play Telegram, and at the end raise AssertionError for calls that the real one would not understand."""
    world = OfflineTelegram()
    yield world
    faults = wrong_calls(world)
    assert not faults, "\n".join(faults)


def wrong(call: Call) -> list[str]:
    """List what is wrong with one call."""
    # What is not even of the right shape has no size to speak of.
    return list(_against_specification(call)) or list(_against_limits(call))


# ── The specification ────────────────────────────────────────────────────────────────────────────────────────────────


def _against_specification(call: Call) -> Iterable[str]:
    known = specification()
    if known is None:
        return
    method = known["methods"].get(call.method)
    if method is None:
        yield "there is no such method"
        return
    files = {name: f"attach://{name}" for name in call.files}
    yield from _fields(files | call.parameters, method.get("fields", []), "", attached=set(files))


def _fields(given: dict[str, Any], fields: list[dict[str, Any]], path: str, *, attached: set[str]) -> Iterable[str]:
    known = {field["name"]: field for field in fields}
    for name, field in known.items():
        if name not in given and field["required"]:
            yield f"{path}{name} is missing"
    for name, value in given.items():
        if name in known:
            yield from _value(value, known[name]["types"], f"{path}{name}")
            constant = _CONSTANT.search(known[name]["description"])
            if constant and value != constant.group(1):
                yield f"{path}{name} must be {constant.group(1)}, not {value!r}"
        elif name not in attached:
            yield f"{path}{name} is unknown"


def _value(value: Any, types: list[str], path: str) -> list[str]:
    """List what is wrong with *value*, taking the kindest reading among *types*."""
    readings = [_as(value, kind, path) for kind in types]
    # Of several subtypes the one is meant whose constant (type, status …) is given.
    return min(readings, key=lambda faults: (any(" must be " in fault for fault in faults), len(faults)))


def _as(value: Any, kind: str, path: str) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{path} is no array: {value!r}"]
        return [fault for n, item in enumerate(value) for fault in _value(item, [kind[9:]], f"{path}[{n}]")]
    if kind in _SCALARS:
        right = isinstance(value, _SCALARS[kind]) and (kind == "Boolean" or not isinstance(value, bool))
        return [] if right else [f"{path} is no {kind}: {value!r}"]
    if kind == "InputFile":
        right = isinstance(value, str) and value.startswith("attach://")
        return [] if right else [f"{path} is no file: {value!r}"]
    described = (specification() or {})["types"][kind]
    if "subtypes" in described:
        return _value(value, described["subtypes"], path)
    if not isinstance(value, dict):
        return [f"{path} is no {kind}: {value!r}"]
    return list(_fields(value, described.get("fields", []), f"{path}.", attached=set()))


# ── The limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _against_limits(call: Call) -> Iterable[str]:
    given = call.parameters
    if call.method in {"sendMessage", "editMessageText"}:
        yield from _text(given.get("text", ""), given, least=1, most=4096)
    if "caption" in given:
        yield from _text(given["caption"], given, least=0, most=1024)
    yield from _keyboard(given.get("reply_markup"))
    match call.method:
        case "answerCallbackQuery":
            yield from _size("text", len(given.get("text", "")), 0, 200)
        case "answerInlineQuery":
            yield from _size("results", len(given["results"]), 0, 50)
            yield from _size("next_offset", len(given.get("next_offset", "").encode()), 0, 64)
            if len({result["id"] for result in given["results"]}) < len(given["results"]):
                yield "two results have the same id"
            for result in given["results"]:
                yield from _result(result)
        case "answerGuestQuery":
            yield from _result(given["result"])
        case "setMyCommands":
            yield from _size("commands", len(given["commands"]), 0, 100)
            for command in given["commands"]:
                if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
                    yield f"{command['command']!r} is no name for a command"
                yield from _size("description of a command", len(command["description"]), 1, 256)
        case "setMyName":
            yield from _size("name", len(given.get("name", "")), 0, 64)
        case "setMyDescription":
            yield from _size("description", len(given.get("description", "")), 0, 512)
        case "setMyShortDescription":
            yield from _size("short_description", len(given.get("short_description", "")), 0, 120)
        case "getUpdates":
            yield from _size("limit", given.get("limit", 100), 1, 100)
    if not re.fullmatch("(?:[a-z]{2})?", given.get("language_code", "")):
        yield f"language_code has two letters, not {given['language_code']!r}"


def _size(what: str, size: int, least: int, most: int) -> Iterable[str]:
    if not least <= size <= most:
        yield f"{what}: {size}, allowed are {least} to {most}"


def _text(text: str, given: dict[str, Any], *, least: int, most: int) -> Iterable[str]:
    entities = given.get("entities") or given.get("caption_entities") or []
    if given.get("parse_mode"):
        try:
            text, entities = parse_html(text)
        except MarkupError as error:
            yield f"the text is no valid HTML: {error}"
    yield from _size("UTF-16 units of text", utf16_length(text.strip()), least, most)
    yield from _size("entities", len(entities), 0, 100)


def _keyboard(markup: Any) -> Iterable[str]:
    if not isinstance(markup, dict):
        return
    for button in (button for row in markup.get("inline_keyboard", []) for button in row):
        if "callback_data" in button:
            yield from _size("bytes of callback_data", len(button["callback_data"].encode()), 1, 64)
        if "copy_text" in button:
            yield from _size("characters of copy_text", utf16_length(button["copy_text"]["text"]), 1, 256)
        if len(set(button) - {"text", "icon_custom_emoji_id", "style"}) != 1:
            yield f"a button does exactly one thing: {button}"


def _result(result: dict[str, Any]) -> Iterable[str]:
    yield from _size("bytes of a result's id", len(result["id"].encode()), 1, 64)
    yield from _keyboard(result.get("reply_markup"))
    content = result.get("input_message_content", {})
    if "message_text" in content:
        yield from _text(content["message_text"], content, least=1, most=4096)
