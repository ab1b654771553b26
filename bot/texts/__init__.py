"""Every sentence the bot says, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Language = Literal["zh-CN", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold the sentences of one language; call it with a sentence's name and the values it has places for."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, name: str, **values: object) -> str:
        return self.sentences[name].format(**values)


def load() -> dict[Language, Texts]:
    """Read the sentences of all languages."""
    return {
        language: Texts(language, tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8")))
        for language in LANGUAGES
    }


def language_of(code: str | None) -> Language:
    """Choose the language for a Telegram ``language_code``: Chinese unless it says otherwise."""
    code = (code or "zh").lower()
    if code.startswith("zh"):
        return "zh-Hant" if code.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")) else "zh-CN"
    return "en"
