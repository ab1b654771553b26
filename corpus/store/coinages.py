"""What reports abbreviate and coin, found by the words of a question."""

from __future__ import annotations

import json

from corpus.model import Expansion, Scope
from corpus.store.database import Database

_WITHIN = 120
_LONGEST = 30


class Coinages:
    """Look up what reports say that their own words mean; ``Reports`` writes it with a report, and it goes with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, question: str, scope: Scope | None = None) -> list[Expansion]:
        """Find the words and names in *question* for which a report within *scope* has another: 四优 and what it means.

        Of a very long question only the beginning is looked at.
        """
        text = question[:_WITHIN]
        pieces = {text[n : n + size] for size in range(2, _LONGEST + 1) for n in range(len(text) - size + 1)}
        rows = await self._database.rows(
            "WITH pieces AS (SELECT value FROM json_each(?1))"
            " SELECT word, meaning, report FROM coinages WHERE word IN pieces"
            " UNION SELECT meaning, word, report FROM coinages WHERE meaning IN pieces ORDER BY 1, 2",
            (json.dumps(sorted(pieces)),),
        )
        others: dict[str, dict[str, None]] = {}
        for word, other, report in rows:
            if scope is None or scope.reports is None or report in scope.reports:
                others.setdefault(word, {})[other] = None
        return [Expansion(word, tuple(more)) for word, more in others.items()]
