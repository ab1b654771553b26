"""What every handler works with, and the rules of who may ask and how often."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter
from telegram import Update

from bot.handlers.doors import ANONYMOUS_ADMINISTRATOR, Doors
from bot.handlers.guesses import Guesses
from bot.handlers.wishes import Wishes
from bot.texts import Language, Texts, language_of
from bot.turns import Turns
from corpus.bootstrap import Library

__all__ = ["ANONYMOUS_ADMINISTRATOR", "Desk", "Doors", "Pace", "new_id"]


class Pace:
    """Count questions: so many a minute by person, so many by chat, where they come from one."""

    REMEMBERED = 10_000

    def __init__(self, *, per_person: int, per_chat: int) -> None:
        self._rates = {"person": per_person, "chat": per_chat}
        self._limiters: OrderedDict[tuple[str, int], AsyncLimiter] = OrderedDict()

    async def allows(self, *, person: int, chat: int | None = None) -> bool:
        """Count one question; False where it is one too many."""
        limiters = [self._limiter("person", person), *([self._limiter("chat", chat)] if chat is not None else [])]
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
    turns: Turns
    pace: Pace
    typing: Pace  # of inline queries: a program sends several while one question is typed
    quotes: int
    question_characters: int
    stale_seconds: float
    retention_days: int
    upload_bytes: int

    wishes: Wishes = field(default_factory=Wishes)
    guesses: Guesses = field(default_factory=Guesses)
    under_way: set[str] = field(default_factory=set)  # uploads that are being taken in

    async def get_ready(self) -> None:
        """Read, once, what the store knows of people and chats."""
        await self.doors.open(self.library.admissions)
        await self.wishes.open(self.library.chats)

    def speak(self, update: Update) -> Texts:
        """Choose the sentences: in the language the chat wishes, then the person, then their program."""
        user, chat = update.effective_user, update.effective_chat
        wished = self.wishes.language(chat.id if chat else None, user.id if user else None)
        return self.texts[wished or language_of(user.language_code if user else None)]

    def quotes_in(self, chat: int) -> int:
        """Tell how many quotes an answer shows at once in a chat."""
        return self.wishes.of(chat).quotes or self.quotes


def new_id() -> str:
    """Make an id that cannot be guessed: 12 characters, fit for callback data."""
    return secrets.token_urlsafe(9)
