"""How the bot presents itself: commands by scope and language, its name and descriptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.offline.nouns import Files, Json, Refusal

if TYPE_CHECKING:
    from bot.offline.world import World


def _language(p: Json) -> str:
    language = p.get("language_code", "")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise Refusal(400, "Bad Request: invalid language code specified")
    return str(language)


def _scope(p: Json) -> tuple[str, ...]:
    scope = p.get("scope") or {"type": "default"}
    given = (str(scope[key]) for key in ("chat_id", "user_id") if key in scope)
    return ("commands", str(scope.get("type")), *given, _language(p))


def set_my_commands(world: World, p: Json, files: Files) -> bool:
    commands = p.get("commands", [])
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch("[a-z0-9_]{1,32}", command["command"].removeprefix("/")):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    world.settings[_scope(p)] = commands
    return True


def get_my_commands(world: World, p: Json, files: Files) -> list[Json]:
    return list(world.settings.get(_scope(p), []))


def delete_my_commands(world: World, p: Json, files: Files) -> bool:
    world.settings.pop(_scope(p), None)
    return True


def setter(name: str, limit: int) -> Callable[[World, Json, Files], bool]:
    def set_text(world: World, p: Json, files: Files) -> bool:
        if len(p.get(name, "")) > limit:
            raise Refusal(400, f"Bad Request: {name.replace('_', ' ')} is too long")
        world.settings[name, _language(p)] = p.get(name, "")
        return True

    return set_text


def getter(name: str) -> Callable[[World, Json, Files], Json]:
    def get_text(world: World, p: Json, files: Files) -> Json:
        language = _language(p)
        unset = world.bot.first_name if name == "name" else ""
        return {name: world.settings.get((name, language)) or world.settings.get((name, "")) or unset}

    return get_text
