"""What every handler works with, and the rules of who may ask and how often."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aiolimiter import AsyncLimiter
from telegram import Chat, Update, User
from telegram.constants import ChatType

from bot.texts import Language, Texts, language_of
from corpus.bootstrap import Library

ANONYMOUS_ADMINISTRATOR = 1087968824


@dataclass(frozen=True, slots=True)
class Doors:
    """Say who may ask: in ``open`` mode everybody, else the people and groups named, and the administrators."""

    mode: Literal["open", "allowlist", "pairing"]
    admins: frozenset[int]
    users: frozenset[int]
    groups: frozenset[int]

    def admit(self, user: User | None, chat: Chat) -> bool:
        """Tell whether this person may ask in this chat."""
        if self.mode == "open" or (user is not None and user.id in self.admins):
            return True
        if chat.type == ChatType.PRIVATE:
            return user is not None and user.id in self.users
        return chat.id in self.groups


class Pace:
    """Count questions: so many a minute by person, so many by chat."""

    REMEMBERED = 10_000

    def __init__(self, *, per_person: int, per_chat: int) -> None:
        self._rates = {"person": per_person, "chat": per_chat}
        self._limiters: OrderedDict[tuple[str, int], AsyncLimiter] = OrderedDict()

    async def allows(self, *, person: int, chat: int) -> bool:
        """Count one question; False where it is one too many."""
        limiters = [self._limiter("person", person), self._limiter("chat", chat)]
        if not all(limiter.has_capacity() for limiter in limiters):
            return False
        for limiter in limiters:
            await limiter.acquire()
        return True

    def _limiter(self, kind: str, number: int) -> AsyncLimiter:
        limiter = self._limiters.setdefault((kind, number), AsyncLimiter(self._rates[kind], 60))
        self._limiters.move_to_end((kind, number))
        if len(self._limiters) > self.REMEMBERED:
            self._limiters.popitem(last=False)
        return limiter


@dataclass(frozen=True, slots=True)
class Desk:
    """Hold what handlers work with: the library, the sentences, the rules. Plain values, no settings object."""

    library: Library
    texts: Mapping[Language, Texts]
    doors: Doors
    pace: Pace
    quotes: int
    question_characters: int
    stale_seconds: float

    def speak(self, update: Update) -> Texts:
        """Choose the sentences in the language of whoever acts."""
        user = update.effective_user
        return self.texts[language_of(user.language_code if user else None)]


def new_id() -> str:
    """Make an id that cannot be guessed: 12 characters, fit for callback data."""
    return secrets.token_urlsafe(9)
