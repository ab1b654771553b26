"""Finding passages: the promise every engine keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from corpus.model import Entry, Hit, Query, ReportId, Scope, Statistics


class Retriever(Protocol):
    """Find passages for a query by BM25.

    The promise: hits have a score above zero, come best first, ties by passage id in ascending order of report id
    and then of number, and are at most *limit*. A scope is applied inside the search, never after it: with a scope
    that holds *limit* matching passages, *limit* hits are returned. A report added or removed is seen by the next
    call, whole; adding a report that is held replaces it; removing one that is not held does nothing. An empty
    corpus and a query without known terms give no hits. ``retrieve`` and ``statistics`` may run while another task
    adds or removes. An engine outside this process may not answer: any method may raise EngineUnavailable, soon, and
    what was asked can be asked again; what was being added is then there whole or not at all.
    """

    async def retrieve(self, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        """Find the best *limit* passages within *scope*."""
        ...

    async def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count passages, their mean length, and in how many passages each of *terms* stands."""
        ...

    async def add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        """Index the passages of a report."""
        ...

    async def remove(self, report_id: ReportId) -> None:
        """Forget a report."""
        ...

    async def reports(self) -> frozenset[ReportId]:
        """Name the reports that are indexed."""
        ...
