"""One search in Milvus: ask for more until it is settled, score exactly, and notice what does not count."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from corpus.model import Coming, Entry, Hit, PassageId, Picture, ReportId, Version
from corpus.retrieval.milvus_client import MOST_HITS, Collection
from corpus.retrieval.vectors import exact, most

_MORE = 20
"""How many passages beyond the limit are looked at first: enough where few tie and the weights are fresh."""

NUMBER_BITS = 22
MOST_PASSAGES = (1 << NUMBER_BITS) - 1
"""A row's id is the stamp of its version and, in the last bits, the number of the passage."""


class Ledger(Protocol):
    """Keep the books: what the store's ledger does, which retrieval may not import (``corpus.store.Ledger``)."""

    async def name(self) -> str: ...
    async def reports(self) -> frozenset[ReportId]: ...
    async def picture(self, terms: Iterable[str]) -> Picture: ...
    async def stamps(self, reports: Iterable[ReportId]) -> list[int]: ...
    async def held(self, stamps: Iterable[int]) -> tuple[int, dict[int, ReportId]]: ...
    async def versions(self) -> list[Version]: ...
    async def bags(self, ids: Sequence[PassageId]) -> Mapping[PassageId, Sequence[str]]: ...
    async def entries(self, report_id: ReportId) -> list[Entry]: ...
    async def drifted(self, share: float) -> list[ReportId]: ...
    async def unsettled(self) -> list[int]: ...
    async def begin(self, report_id: ReportId, passages: Sequence[Entry]) -> Coming: ...
    async def hold(self, stamp: int) -> bool: ...
    async def dismiss(self, report_id: ReportId) -> None: ...
    async def disown(self, stamps: Iterable[int]) -> None: ...
    async def drop(self, stamp: int) -> None: ...


class Search:
    """Search once, with the ledger as *picture* shows it; *strangers* says that others turned up, or some left."""

    def __init__(
        self, collection: Collection, ledger: Ledger, picture: Picture, weights: Mapping[str, float], limit: int
    ) -> None:
        self._collection = collection
        self._ledger = ledger
        self._picture = picture
        self._weights = weights
        self._limit = limit
        self._vector = {picture.numbers[term]: weight for term, weight in weights.items()}
        self.strangers = False

    async def hits(self, where: Sequence[str], *, low: int = 0, high: int | None = None) -> list[Hit]:
        """Find the best passages: all that could be among the best *limit*, scored exactly, in no order.

        Milvus shows at most MOST_HITS; where even these do not settle it, both halves are searched apart: the ids from
        *low* on, and those before *high*.
        """
        bounds = ([f"id >= {low}"] if low else []) + ([f"id < {high}"] if high else [])
        size = min(MOST_HITS, self._limit + _MORE)
        while True:
            found = await self._collection.search(self._vector, limit=size, where=" and ".join([*where, *bounds]))
            hits = await self._scored(found)
            if self.strangers or len(found) < size or self._settled(hits, found[-1][1]):
                return hits
            if size == MOST_HITS:
                break
            size = min(MOST_HITS, size * 4)
        middle = sorted(row for row, _ in found)[len(found) // 2]
        return [*await self.hits(where, low=low, high=middle), *await self.hits(where, low=middle, high=high)]

    def _settled(self, hits: list[Hit], last: float) -> bool:
        """Tell whether nothing that Milvus scores *last* or less can be among the best."""
        if len(hits) < self._limit:
            return False
        worst = sorted((hit.score for hit in hits), reverse=True)[self._limit - 1]
        statistics = self._picture.statistics
        bound = most(
            last,
            average_length=statistics.average_length,
            made_with=self._picture.least,
            terms=len(self._weights),
        )
        return worst > bound

    async def _scored(self, found: Sequence[tuple[int, float]]) -> list[Hit]:
        """Score what was found from the terms in the store; by what Milvus says where the store has it no more."""
        stamps = {row >> NUMBER_BITS for row, _ in found}
        departures, held = await self._ledger.held(stamps)
        picture = self._picture
        late = {stamp for stamp in stamps if stamp > picture.newest or stamp in picture.unsettled}
        if late or departures != picture.departures or len(held) < len(stamps):
            self.strangers = True
            unknown = stamps - held.keys() - late
            if unknown and departures == picture.departures:
                await self._ledger.disown(unknown)
            return []
        ids = {row: PassageId(f"{held[row >> NUMBER_BITS]}-{row & MOST_PASSAGES}") for row, _ in found}
        bags = await self._ledger.bags(list(ids.values()))
        return await asyncio.to_thread(self._rescored, found, ids, bags)

    def _rescored(
        self, found: Sequence[tuple[int, float]], ids: Mapping[int, PassageId], bags: Mapping[PassageId, Sequence[str]]
    ) -> list[Hit]:
        average = self._picture.statistics.average_length
        scores = (
            (ids[row], exact(bags[ids[row]], self._weights, average_length=average) if ids[row] in bags else product)
            for row, product in found
        )
        return [Hit(passage_id, score) for passage_id, score in scores if score > 0]
