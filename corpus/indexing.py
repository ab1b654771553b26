"""Keeping the index in step with the store, which is the truth."""

from __future__ import annotations

import asyncio

from corpus.model import Query, ReportId, Scope, Term
from corpus.retrieval import Retriever
from corpus.store import Database, Reports


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
            for report_id in sorted(indexed - held.keys()):
                await self._retriever.remove(report_id)
            for report_id, at in sorted(held.items()):
                # A file that is read anew with other corrections or rules keeps its report's id.
                if report_id not in indexed or self._added.get(report_id, at) != at:
                    await self._retriever.add(report_id, await self._reports.terms(report_id))
            self._added = held
            self._seen = version

    async def agrees(self, report_id: ReportId) -> bool:
        """Tell whether the retriever finds a report's passages by their own terms, within that report."""
        terms = await self._reports.terms(report_id)
        for _, bag in terms[:1] + terms[-1:]:
            query = Query("", "", tuple(Term(term) for term in dict.fromkeys(bag)))
            hits = await self._retriever.retrieve(query, limit=1, scope=Scope(frozenset([report_id])))
            if bag and (not hits or hits[0].passage_id not in {one for one, other in terms if other == bag}):
                return False
        return report_id in await self._retriever.reports()
