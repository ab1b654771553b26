"""How often codes may be tried."""

from __future__ import annotations

from aiolimiter import AsyncLimiter


class Guesses:
    """Count codes that were tried: a few an hour by person, some more by all together."""

    PER_PERSON, IN_ALL, REMEMBERED = 5, 60, 1000

    def __init__(self) -> None:
        self._all = AsyncLimiter(self.IN_ALL, 3600)
        self._people: dict[int, AsyncLimiter] = {}

    async def allow(self, person: int) -> bool:
        """Count one try; False where it is one too many."""
        if person not in self._people and len(self._people) >= self.REMEMBERED:
            self._people.pop(next(iter(self._people)))
        own = self._people.setdefault(person, AsyncLimiter(self.PER_PERSON, 3600))
        if not (own.has_capacity() and self._all.has_capacity()):
            return False
        await own.acquire()
        await self._all.acquire()
        return True
