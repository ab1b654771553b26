"""Every regular expression of ours, found by walking the packages, and strings that each could choke on.

``python -m tests.support.adversarial LENGTH`` tries them all and prints what took too long; see ``trials``.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import bot
import config
import corpus
from corpus.cleaning import load_rules

# In no pattern of ours, so that what comes before it cannot match to its end.
STRANGER = "¡"
# A linear pattern takes milliseconds; this much processor time, on however slow a machine, says it is none.
SECONDS = 1.0
MOST_PIECES = 10
MANY = 8
WAYS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")

# The longest string that the patterns of a module meet (by the start of its name, the longest that fits), where that is
# not the longest line a file may have: questions and messages are no longer than Telegram's 4096 characters, passages
# shorter still.
SEES: Mapping[str, int] = {
    "bot": 4096,
    "bot.logs": 20_000,
    "config": 4096,
    "corpus.numerals": 4096,
    "corpus.questions.following": 4096,
    "corpus.questions.operators": 4096,
    "corpus.questions.spelling": 4096,
    "corpus.questions.understanding": 4096,
    "corpus.years._LIST": 4096,
    "corpus.structure.coinages": 4096,
    "corpus.cleaning.learning.SIGN": 60,
}
LINE = 400_000


@dataclass(frozen=True)
class Ours:
    """Name a pattern of ours, where it stands, and how it is used (``search``, ``fullmatch``, ``sub`` …)."""

    name: str
    pattern: re.Pattern[Any]
    ways: frozenset[str]

    @property
    def sees(self) -> int:
        """Tell the longest string that this pattern meets."""
        return max(((name, size) for name, size in SEES.items() if self.name.startswith(name)), default=("", LINE))[1]


def ours() -> list[Ours]:
    """Find every pattern: in modules, in what they hold, written where it is used, and in the rules of noise."""
    modules = [
        importlib.import_module(each.name)
        for package in (bot, config, corpus)
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not each.name.endswith("__main__")
    ]
    sources = {module.__name__: Path(str(module.__file__)).read_text("utf-8") for module in modules}
    used = _used("\n".join(sources.values()))
    found: dict[tuple[str | bytes, int], Ours] = {}
    for module in modules:
        for one in (*_held(vars(module), module.__name__, used), *_written(sources[module.__name__], module.__name__)):
            found.setdefault((one.pattern.pattern, one.pattern.flags), one)
    rules = load_rules(config.resource("noise.toml"))
    ways = {"inline": "finditer", "line": "fullmatch"}
    return [
        *found.values(),
        *(Ours(f"noise.toml:{one.name}", one.pattern, frozenset({ways.get(one.scope, "search")})) for one in rules),
    ]


def _used(source: str) -> dict[str, frozenset[str]]:
    """Find how names are used: ``NAME.search(…)`` and its like, in all modules together."""
    found: dict[str, set[str]] = {}
    for name, way in re.findall(rf"\b(\w+)\.({'|'.join(WAYS)})\(", source):
        found.setdefault(name, set()).add(way)
    return {name: frozenset(ways) for name, ways in found.items()}


def _held(values: Mapping[str, Any], where: str, used: Mapping[str, frozenset[str]], depth: int = 3) -> Iterator[Ours]:
    for name, value in values.items():
        within: Mapping[str, Any] = {}
        if isinstance(value, re.Pattern):
            yield Ours(f"{where}.{name}", value, used.get(name, frozenset(WAYS)))
        elif isinstance(value, Mapping):
            within = {str(key): one for key, one in value.items()}
        elif isinstance(value, tuple | list | frozenset | set):
            within = {str(number): one for number, one in enumerate(value)}
        elif is_dataclass(value) and not isinstance(value, type):
            within = {field.name: getattr(value, field.name, None) for field in fields(value)}
        if within and depth:
            yield from _held(within, f"{where}.{name}", used, depth - 1)


def _written(source: str, where: str) -> Iterator[Ours]:
    """Find patterns that stand as a literal in a call of ``re``."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=called), args=[ast.Constant(value=text), *_]
            ):
                flags = re.MULTILINE if any(one.arg == "flags" for one in node.keywords) else 0
                if called in WAYS:
                    yield Ours(f"{where}:{node.lineno}", re.compile(text, flags), frozenset({called}))


# ── What each could choke on ─────────────────────────────────────────────────────────────────────────────────────────


def hostile(pattern: re.Pattern[Any], length: int) -> Iterator[str | bytes]:
    """Make strings of about *length* from a pattern's own pieces: each, and each with its neighbour, again and again.

    Before them stands what leads up to the piece, or nothing; behind them nothing, or what spoils the match.
    """
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    # What is repeated in the pattern comes first: a pattern without repetitions cannot be choked.
    found = sorted((piece for piece in _pieces(tree, "", again=False) if piece[1]), key=lambda piece: not piece[2])
    bodies = list(dict.fromkeys(body for _, body, _ in found))[:MOST_PIECES]
    leads = list(dict.fromkeys((lead, body) for lead, body, _ in found))[: 3 * MOST_PIECES]
    made = [*leads, *(("", body) for body in bodies), *(("", a + b) for a, b in pairwise(bodies))]
    made += [("", lead + body) for lead, body in leads if lead]
    for lead, body in dict.fromkeys(made):
        for end in ("", STRANGER):
            text = lead + body * ((length - len(lead)) // len(body)) + end
            yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _pieces(tree: Any, lead: str, *, again: bool) -> Iterator[tuple[str, str, bool]]:
    """Give each part of a parsed pattern: a string that leads up to it, one that it matches, whether it comes again."""
    leads = [lead]
    for kind, value in tree:
        samples = _samples(kind, value)
        repeats = kind in _REPEATS and value[1] > MANY
        for before in leads:
            for sample in samples:
                yield before, sample, again or repeats
            fewest = samples[-1] * (value[0] - 1) if kind in _REPEATS and samples else ""
            for within in _within(kind, value):
                yield from _pieces(within, before + fewest, again=again or repeats)
        if samples:
            leads = list(dict.fromkeys((leads[0] + samples[0], leads[-1] + samples[-1])))


_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def _within(kind: Any, value: Any) -> list[Any]:
    if kind in _REPEATS:
        return [value[2]]
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    return [value[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def _samples(kind: Any, value: Any) -> list[str]:
    """Make strings that a node matches, several where it has a choice."""
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.NOT_LITERAL:
        return ["a" if value != ord("a") else "b"]
    if kind is op.ANY:
        return ["a"]
    if kind is op.IN:
        return _of_set(value)
    if kind in _REPEATS:
        fewest = max(1, value[0])
        return [one * fewest for one in _of_sequence(value[2])]
    if kind is op.BRANCH:
        return [one for way in value[1] for one in _of_sequence(way)[:2]]
    if kind is op.SUBPATTERN:
        return _of_sequence(value[3])
    if kind is op.ATOMIC_GROUP:
        return _of_sequence(value)
    return []


def _of_sequence(tree: Any) -> list[str]:
    parts = [samples for kind, value in tree if (samples := _samples(kind, value))]
    if not parts:
        return []
    if len(parts) == 1:
        return parts[0]
    return ["".join(part[0] for part in parts), "".join(part[-1] for part in parts)]


_CATEGORIES = {
    op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "a", op.CATEGORY_NOT_SPACE: "a", op.CATEGORY_NOT_WORD: ",",
}  # fmt: skip


def _of_set(items: Any) -> list[str]:
    if items[0][0] is op.NEGATE:
        text = "".join(_of_set(items[1:])) if len(items) > 1 else ""
        return [one for one in ("a", "1", " ", "甲", ",", "-") if one not in text][:3]
    found = []
    for kind, value in items:
        found.append(
            chr(value) if kind is op.LITERAL else chr(value[0]) if kind is op.RANGE else _CATEGORIES.get(value, "a")
        )
    return list(dict.fromkeys(found))[:4] + found[-1:]


# ── Trying ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class TooLongError(Exception):
    """Say that a pattern has had its time."""


def _stop(*_: object) -> None:
    raise TooLongError


def seconds(one: Ours, text: str | bytes, *, most: float) -> float:
    """Try a pattern in each way that it is used; give the slowest in seconds of processor time, or *most*."""
    slowest = 0.0
    for way in one.ways:
        before = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, most)
        try:
            _try(one.pattern, way, text)
        except TooLongError:
            return most
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        slowest = max(slowest, time.process_time() - before)
    return slowest


def _try(pattern: re.Pattern[Any], way: str, text: Any) -> None:
    if way in ("search", "match", "fullmatch"):
        getattr(pattern, way)(text)
        return
    for _ in pattern.finditer(text):  # sub, split and findall do this and then something linear
        pass


def trials(length: int, *, patterns: Iterable[Ours], most: float = SECONDS) -> tuple[int, dict[str, str]]:
    """Try each pattern on strings of *length* (or what it sees, if that is less), for *most* seconds of processor time.

    Return how many strings these were, and by pattern what took it too long.
    """
    signal.signal(signal.SIGVTALRM, _stop)
    tried, slow = 0, dict[str, str]()
    for one in patterns:
        for text in hostile(one.pattern, min(length, one.sees)):
            tried += 1
            if seconds(one, text, most=most) >= most:
                slow[one.name] = repr(text[:40])
                break
    return tried, slow


if __name__ == "__main__":
    count, too_long = trials(int(sys.argv[1]), patterns=ours())
    print(json.dumps({"patterns": len(ours()), "inputs": count, "slow": too_long}, ensure_ascii=False))
