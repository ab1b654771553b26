"""The sentences: all there in every language, with the same places to fill in, and none left over."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot import texts
from bot.texts import LANGUAGES, Language

BOT = Path(texts.__file__).parents[1]
ALL = texts.load()
# What Telegram shows of the bot before anybody has written to it.
ELSEWHERE = {"name", "about"}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_in_every_language_with_the_same_places(language: Language) -> None:
    chinese = ALL["zh-CN"].sentences
    other = ALL[language].sentences
    assert set(other) == set(chinese)
    assert {name: places(said) for name, said in other.items()} == {
        name: places(said) for name, said in chinese.items()
    }
    assert all(said.strip() for said in other.values())


def test_every_sentence_is_used_and_none_is_missing() -> None:
    source = "\n".join(path.read_text("utf-8") for path in BOT.rglob("*.py"))
    quoted = set(re.findall(r"""["']([a-z_0-9]+)["']""", source))
    # Names that are put together: f"command_{name}".
    prefixes = tuple(re.findall(r"""(?:texts|sentences)\(f["']([a-z_]+_)\{""", source))
    sentences = set(ALL["zh-CN"].sentences)
    unused = {name for name in sentences - quoted - ELSEWHERE if not (prefixes and name.startswith(prefixes))}
    assert unused == set()
    asked = set(re.findall(r"""\b(?:texts|sentences|said|say|speak\(update\))\(\s*["']([a-z_0-9]+)["']""", source))
    assert asked <= sentences
