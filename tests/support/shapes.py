"""The shapes of what Telegram sends: a table of the types an update is made of, and things made at random from it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("update_types.txt")
_CONSTANT = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)[”\"]?\.?$")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one field: its types (``Array of X`` too) or the one value it always has."""

    name: str
    types: tuple[str, ...]
    required: bool
    constant: str | None = None

    def line(self) -> str:
        said = f'"{self.constant}"' if self.constant else "|".join(self.types)
        return f"{self.name}{'' if self.required else '?'}:{said}"


Shape = tuple[Field, ...] | tuple[str, ...]  # fields, or the names of subtypes


@cache
def shapes() -> dict[str, Shape]:
    """Read the table: every type that an update may hold, with its fields or its subtypes."""
    read: dict[str, Shape] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if " = " in line:
            name, _, subtypes = line.partition(" = ")
            read[name] = tuple(subtypes.split(" | "))
        else:
            name, _, fields = line.partition(":: ")
            read[name] = tuple(map(_field, fields.split(", "))) if fields else ()
    return read


def _field(said: str) -> Field:
    name, _, types = said.partition(":")
    constant = types.strip('"') if types.startswith('"') else None
    return Field(name.rstrip("?"), ("String",) if constant else tuple(types.split("|")), name[-1] != "?", constant)


def table(specification: Mapping[str, Any]) -> str:
    """Write the table from the machine-readable specification of the Bot API."""
    types, seen, todo = specification["types"], set[str](), ["Update"]
    while todo:
        name = todo.pop().replace("Array of ", "")
        if name in types and name not in seen:
            seen.add(name)
            todo += types[name].get("subtypes", ())
            todo += [kind for field in types[name].get("fields", ()) for kind in field["types"]]
    return "".join(f"{line}\n" for name in sorted(seen) for line in _lines(name, types[name]))


def _lines(name: str, described: Mapping[str, Any]) -> Iterator[str]:
    if "subtypes" in described:
        yield f"{name} = {' | '.join(described['subtypes'])}"
        return
    fields = []
    for given in described.get("fields", ()):
        constant = _CONSTANT.search(given["description"]) if given["types"] == ["String"] else None
        fields.append(
            Field(given["name"], tuple(given["types"]), given["required"], constant[1] if constant else None).line()
        )
    yield f"{name}:: {', '.join(fields)}"


class Arbitrary:
    """Make values of the table's types at random, the same for the same *seed*.

    *known* makes what only the played world can tell, by field (``Message.text``, or ``text`` in whatever type) or by
    type (``User``); a field named by *sometimes* is there half the time, any other that may be missing seldom.
    """

    def __init__(
        self, seed: int, *, known: Mapping[str, Callable[[random.Random], Any]], sometimes: frozenset[str] = frozenset()
    ) -> None:
        self.random = random.Random(seed)
        self._known = known
        self._sometimes = sometimes

    def of(self, kind: str, *, depth: int = _DEPTH) -> Any:
        """Make one value of a type."""
        chance = self.random
        if kind in self._known:
            return self._known[kind](chance)
        if kind.startswith("Array of "):
            return [
                self.of(kind[9:], depth=depth - 1) for _ in range(chance.choice((0, 1, 1, 2, 3)) if depth > 0 else 0)
            ]
        match kind:
            case "Integer":
                return chance.choice((0, 1, 2, 7, 4096, 2**31 - 1, -1, 2**36))
            case "Float":
                return chance.uniform(-180, 180)
            case "Boolean" | "True":
                return chance.random() < 0.5 if kind == "Boolean" else True
            case "String":
                return chance.choice(STRINGS)
        shape = shapes()[kind]
        if shape and isinstance(shape[0], str):
            return self.of(str(chance.choice(shape)), depth=depth)
        return {
            field.name: self._value(kind, field, depth)
            for field in shape
            if isinstance(field, Field) and (field.required or self._is_there(kind, field, depth))
        }

    def _is_there(self, kind: str, field: Field, depth: int) -> bool:
        named = field.name in self._sometimes or f"{kind}.{field.name}" in self._sometimes
        return depth > 0 and self.random.random() < (0.5 if named else 0.015)

    def _value(self, kind: str, field: Field, depth: int) -> Any:
        for name in (f"{kind}.{field.name}", field.name):
            if name in self._known:
                return self._known[name](self.random)
        if field.constant:
            return field.constant
        return self.of(self.random.choice(field.types), depth=depth - 1)


STRINGS = (
    "",
    "a",
    "石桥村",
    "😀🏳️‍🌈",
    "<b>&amp;</b>",
    "\u202e\u200b\x00\x1b[31m",
    "x" * 300,
    "{name} %s ${x}",
    "'; DROP TABLE answers; --",
    "/start@yinjubot p_000000000000-1",
)
