"""What chats and people wish, at hand without waiting."""

from __future__ import annotations

from bot.texts import LANGUAGES, Language
from corpus.store import Chats, Preferences

_NONE = Preferences()


class Wishes:
    """Hold what every chat wishes; a private chat has its person's number."""

    def __init__(self) -> None:
        self._of: dict[int, Preferences] | None = None

    async def open(self, chats: Chats) -> None:
        """Read what chats wish, once."""
        if self._of is None:
            self._of = dict(await chats.preferences())

    async def read_again(self, chats: Chats) -> None:
        """Read what chats wish, because it has changed."""
        self._of = dict(await chats.preferences())

    def of(self, chat: int) -> Preferences:
        """Tell what a chat wishes."""
        return (self._of or {}).get(chat, _NONE)

    def language(self, *numbers: int | None) -> Language | None:
        """Tell the language that the first of these chats and people that wishes one does."""
        for number in numbers:
            wished = self.of(number).language if number is not None else None
            known = next((language for language in LANGUAGES if language == wished), None)
            if known:
                return known
        return None
