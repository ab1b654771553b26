"""Keeping the index in step with the store, which is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from corpus.model import PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import Retriever
from corpus.store import Database, Reports

_AT_ONCE = 2000
"""Index about so many passages at once where there are many."""


@runtime_checkable
class Keeping(Protocol):
    """An engine that keeps an index of its own between runs, with when each report in it was added to the store."""

    moments: dict[ReportId, float]

    async def add_all(self, reports: Sequence[tuple[ReportId, Sequence[tuple[PassageId, Sequence[str]]]]]) -> None:
        """Index several reports at once."""
        ...


class Index:
    """Bring a retriever up to date with the store, whoever wrote to it: this process or another."""

    def __init__(self, *, database: Database, reports: Reports, retriever: Retriever) -> None:
        self._database = database
        self._reports = reports
        self._retriever = retriever
        self._seen: int | None = None
        self._added: dict[ReportId, float] = {}
        self._catching_up = asyncio.Lock()

    async def catch_up(self) -> None:
        """Add what the store holds and the index does not, and remove what the store no longer holds."""
        async with self._catching_up:
            version = await self._database.version()
            if version == self._seen:
                return
            held, indexed = await self._reports.moments(), await self._retriever.reports()
            if self._seen is None and isinstance(self._retriever, Keeping):
                self._added = dict.fromkeys(indexed, 0.0) | self._retriever.moments
            for report_id in sorted(indexed - held.keys()):
                await self._retriever.remove(report_id)
            # A file that is read anew with other corrections or rules keeps its report's id.
            await self._add([one for one, at in held.items() if one not in indexed or self._added.get(one, at) != at])
            self._added = held
            if isinstance(self._retriever, Keeping):
                self._retriever.moments = held
            self._seen = version

    async def _add(self, report_ids: Sequence[ReportId]) -> None:
        waiting, passages = [], 0
        for report_id in sorted(report_ids):
            terms = await self._reports.terms(report_id)
            if not isinstance(self._retriever, Keeping):
                await self._retriever.add(report_id, terms)
                continue
            waiting.append((report_id, terms))
            passages += len(terms)
            if passages >= _AT_ONCE:
                await self._retriever.add_all(waiting)
                waiting, passages = [], 0
        if waiting and isinstance(self._retriever, Keeping):
            await self._retriever.add_all(waiting)

    async def agrees(self, report_id: ReportId) -> bool:
        """Tell whether the retriever finds a report's passages by their own terms, within that report."""
        terms = await self._reports.terms(report_id)
        for _, bag in terms[:1] + terms[-1:]:
            query = Query("", "", tuple(Term(term) for term in dict.fromkeys(bag)))
            hits = await self._retriever.retrieve(query, limit=1, scope=Scope(frozenset([report_id])))
            if bag and (not hits or hits[0].passage_id not in {one for one, other in terms if other == bag}):
                return False
        return report_id in await self._retriever.reports()
