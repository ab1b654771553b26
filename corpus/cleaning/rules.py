"""Noise rules: data with a name each, checked against their own examples when they are loaded."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from corpus.errors import CorpusError

Scope = Literal["inline", "line", "head", "tail"]


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """Take characters that are no content, wherever *pattern* is found.

    The pattern sees a line without its blanks, so that an advert with blanks strewn in is still that advert; *raw* lets
    it see the line as it is. *scope*: ``inline`` takes what matches, ``line`` takes a line that matches whole, ``head``
    takes everything from the top of the file to a line in which it is found, ``tail`` everything from there to the
    end. *takes* is a line it takes something of, *leaves* one it must not touch.
    """

    name: str
    pattern: re.Pattern[str] = field(compare=False)
    scope: Scope
    takes: str
    leaves: str
    raw: bool = False


KEYS = {"name", "pattern", "scope", "takes", "leaves", "raw", "why"}


def load_rules(toml_text: str) -> tuple[NoiseRule, ...]:
    """Read ``[[rule]]`` tables, in order.

    Raises CorpusError, which names the rule, for an unknown key, a broken pattern, a name that stands twice, and a rule
    that does not take its own example or touches the one it must leave.
    """
    try:
        tables = tomllib.loads(toml_text).get("rule", [])
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        raise CorpusError(f"noise rules: this is no TOML: {error}") from error
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise CorpusError("noise rules: write each rule as a [[rule]] table.")
    rules: list[NoiseRule] = []
    for number, table in enumerate(tables, 1):
        rule = _rule(table, number)
        if any(rule.name == each.name for each in rules):
            raise CorpusError(f"noise rule '{rule.name}': the name stands twice; names are unique.")
        rules.append(rule)
    return tuple(rules)


def matches(rule: NoiseRule, line: Squeezed) -> list[tuple[int, int]]:
    """Find what *rule* is about in *line*, as ``(start, end)`` offsets in it."""
    text = line.text if rule.raw else line.squeezed
    if not text:
        return []
    if rule.scope == "inline":
        found = [each.span() for each in rule.pattern.finditer(text)]
    else:
        match = rule.pattern.fullmatch(text) if rule.scope == "line" else rule.pattern.search(text)
        found = [match.span()] if match else []
    if rule.raw:
        return [each for each in found if each[1] > each[0]]
    return [(line.places[start], line.places[end - 1] + 1) for start, end in found if end > start]


class Squeezed:
    """Keep a line as the rules see it: as it is, and without its blanks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.squeezed = "".join(text.split())
        self._places: list[int] | None = None

    @property
    def places(self) -> list[int]:
        """Say where each character of the squeezed line stands in the line."""
        if self._places is None:
            self._places = [place for place, character in enumerate(self.text) if not character.isspace()]
        return self._places


def _rule(table: dict[str, Any], number: int) -> NoiseRule:
    name = str(table.get("name") or f"number {number}")
    unknown = sorted(set(table) - KEYS)
    if unknown:
        keys = ", ".join(sorted(KEYS))
        raise CorpusError(f"noise rule '{name}': there is no key '{unknown[0]}'; the keys are {keys}.")
    missing = sorted({"name", "pattern", "scope", "takes", "leaves"} - set(table))
    if missing:
        raise CorpusError(f"noise rule '{name}': the key '{missing[0]}' is missing.")
    if table["scope"] not in get_args(Scope):
        raise CorpusError(f"noise rule '{name}': the scope is one of {', '.join(get_args(Scope))}.")
    if not all(isinstance(table[key], str) for key in ("name", "pattern", "takes", "leaves")):
        raise CorpusError(f"noise rule '{name}': name, pattern, takes and leaves are strings.")
    try:
        pattern = re.compile(table["pattern"])
    except re.error as error:
        raise CorpusError(f"noise rule '{name}': the pattern is no regular expression: {error}") from error
    rule = NoiseRule(name, pattern, table["scope"], table["takes"], table["leaves"], bool(table.get("raw", False)))
    if not matches(rule, Squeezed(rule.takes)):
        raise CorpusError(f"noise rule '{name}': it does not take its own example; mend the pattern or the example.")
    if matches(rule, Squeezed(rule.leaves)):
        raise CorpusError(f"noise rule '{name}': it takes what it must leave; make the pattern narrower.")
    return rule
