"""Keeping the index in step with the store, which is the truth."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol, runtime_checkable

from corpus.errors import EngineBusy, EngineError
from corpus.model import Entry, Query, ReportId, Scope, Statistics, Term
from corpus.retrieval import Retriever
from corpus.store import Feed

log = logging.getLogger(__name__)

_SAMPLE = 1000
"""Compare the frequencies of the terms of the first reports, so many and those of one report more."""

_AT_ONCE = 2000
"""Index about so many passages at once where there are many."""


@runtime_checkable
class Keeping(Protocol):
    """An engine that keeps an index of its own between runs, with when each report in it was added to the store.

    *mark* is that of the store when it held just what the index holds; None where that cannot be said.
    """

    moments: dict[ReportId, float]
    mark: str | None

    async def add_all(self, reports: Sequence[tuple[ReportId, Sequence[Entry]]]) -> None:
        """Index several reports at once."""
        ...

    async def sound(self) -> bool:
        """Look over what is kept; where it is damaged, forget it."""
        ...

    def keeps(self) -> bool:
        """Tell whether what is indexed from now on outlives this program: another one may be the one that writes."""
        ...


@runtime_checkable
class Outside(Protocol):
    """An engine outside this process, where passages can be lost or left over unnoticed."""

    async def ready(self) -> None:
        """Make sure that the engine is there, and notice where it has lost everything; costs nothing while it is."""
        ...

    async def look_over(self, *, mend: bool) -> list[tuple[ReportId, str]]:
        """Name the reports that are not held as they should be, each with what is wrong; put that right to *mend*."""
        ...

    async def freshen(self) -> int:
        """Bring up to date what has grown old with the rest of the index; tell of how many reports that was."""
        ...

    async def discard(self) -> None:
        """Forget everything, also what another store may have put there."""
        ...


class Index:
    """Bring a retriever up to date with the store, whoever wrote to it: this process or another."""

    def __init__(self, *, feed: Feed, retriever: Retriever, patience: float | None = None) -> None:
        self._feed = feed
        self._retriever = retriever
        self._patience = patience
        self._seen: str | None = retriever.mark if isinstance(retriever, Keeping) else None
        self._added: dict[ReportId, float] | None = None
        self._since: int | None = None
        self._catching_up = asyncio.Lock()
        self._following: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Stop what goes on behind the scenes; the next program takes it up."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    async def catch_up(self) -> None:
        """Add what the store holds and the index does not, and remove what the store no longer holds.

        Where that takes longer than *patience* seconds, or another program does it, it goes on behind the scenes and
        what is there serves meanwhile. Raises EngineUnavailable.
        """
        task = asyncio.create_task(self._follow())
        self._following.add(task)
        task.add_done_callback(self._followed)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience)
        except asyncio.CancelledError:
            task.cancel()
            raise
        for one in done:
            one.result()

    async def settle(self) -> None:
        """Catch up at the end of a program that has written to the store, so that the next one finds all done.

        Where another program is at it, or the engine is away, that is left to those who ask.
        """
        if isinstance(self._retriever, Keeping) and self._retriever.keeps():
            await self.catch_up()

    async def start_over(self) -> None:
        """Forget everything that is indexed; the next one to catch up begins from nothing. Raises EngineError."""
        async with self._catching_up:
            self._seen = self._since = None
            if isinstance(self._retriever, Outside):
                await self._retriever.discard()
                return
            for report_id in sorted(await self._retriever.reports()):
                await self._retriever.remove(report_id)

    async def freshen(self) -> int:
        """Bring up to date what an engine holds in an old form; tell of how many reports. Raises EngineError."""
        return await self._retriever.freshen() if isinstance(self._retriever, Outside) else 0

    async def fill(self) -> AsyncGenerator[tuple[int, int]]:
        """Catch up, however long it takes; tell after each report how many of how many are done. Raises EngineError."""
        async with self._catching_up:
            if isinstance(self._retriever, Outside):
                await self._retriever.ready()
            mark = await self._feed.mark()
            if mark == self._seen:
                return
            since, held, gone, new = await self._compared()
            if isinstance(self._retriever, Keeping):
                self._retriever.mark = None
            for done, report_id in enumerate(gone, start=1):
                await self._retriever.remove(report_id)
                yield done, len(gone) + len(new)
            async with aclosing(self._add(new)) as steps:
                async for done in steps:
                    yield len(gone) + done, len(gone) + len(new)
            self._added = held
            if isinstance(self._retriever, Keeping):
                self._retriever.moments = held
                # What came meanwhile may have come in part.
                self._retriever.mark = mark if await self._feed.mark() == mark else None
            self._seen, self._since = mark, since

    async def _compared(self) -> tuple[int, dict[ReportId, float], list[ReportId], list[ReportId]]:
        """Tell the latest change, what is held and since when, what is to be removed, and what is to be added."""
        # A file that is read anew with other corrections or rules keeps its report's id: moments tell.
        if self._since is not None and self._added is not None and isinstance(self._retriever, Keeping):
            since, touched = await self._feed.changes(self._since)
            held = self._added.copy()
            for one, at in touched.items():
                if at is None:
                    held.pop(one, None)
                else:
                    held[one] = at
            gone = sorted(one for one, at in touched.items() if at is None)
            return since, held, gone, sorted(one for one in touched.keys() & held if self._added.get(one) != held[one])
        since, held = await self._feed.latest_change(), await self._feed.moments()
        indexed = await self._retriever.reports()
        added = self._added or {}
        if self._added is None and isinstance(self._retriever, Keeping):
            added = dict.fromkeys(indexed, 0.0) | self._retriever.moments
        new = sorted(one for one, at in held.items() if one not in indexed or added.get(one, at) != at)
        return since, held, sorted(indexed - held.keys()), new

    async def check(self) -> None:
        """Look over what the engine keeps; where it is damaged, make it anew."""
        if isinstance(self._retriever, Keeping) and not await self._retriever.sound():
            self._seen = self._since = None
            await self.catch_up()

    async def _add(self, report_ids: Sequence[ReportId]) -> AsyncGenerator[int]:
        """Add reports, one by one or several at once; tell after each time how many are done."""
        waiting, passages = [], 0
        for done, report_id in enumerate(report_ids, start=1):
            entries = await self._feed.entries(report_id)
            if not isinstance(self._retriever, Keeping):
                await self._retriever.add(report_id, entries)
                yield done
                continue
            waiting.append((report_id, entries))
            passages += len(entries)
            if passages >= _AT_ONCE or done == len(report_ids):
                await self._retriever.add_all(waiting)
                waiting, passages = [], 0
                yield done

    async def _follow(self) -> None:
        try:
            async with aclosing(self.fill()) as steps:
                async for _ in steps:
                    pass
        except EngineBusy:
            log.info("another program fills the index; what is there serves meanwhile")

    def _followed(self, task: asyncio.Task[None]) -> None:
        self._following.discard(task)
        if not task.cancelled() and isinstance(task.exception(), EngineError):
            log.debug("the index could not follow the store: %s", task.exception())

    async def differences(self, *, mend: bool = False) -> list[tuple[ReportId, str]]:
        """Compare the engine with the store: what it holds, a few passages of each report, the statistics.

        Each difference is told with its report, empty where it is of none; to *mend*, what is wrong is indexed anew.
        Raises EngineError.
        """
        await self._follow()
        wrong = await self._retriever.look_over(mend=mend) if isinstance(self._retriever, Outside) else []
        passages, length, frequencies = 0, 0, Counter[str]()
        for report_id in sorted(await self._feed.moments()):
            entries = await self._feed.entries(report_id)
            if not await self.agrees(report_id):
                wrong.append((report_id, "is not found by its own terms"))
                if mend:
                    await self._retriever.add(report_id, entries)
            passages += len(entries)
            length += sum(len(one.terms) for one in entries)
            seen = len(frequencies) < _SAMPLE
            frequencies.update(term for one in entries for term in set(one.terms) if seen or term in frequencies)
        expected = Statistics(passages, length / passages if passages else 0.0, dict(frequencies))
        if await self._retriever.statistics(frequencies) != expected:
            wrong.append((ReportId(""), "the statistics are not those of the store"))
            if mend:
                for report_id in sorted(await self._feed.moments()):
                    await self._retriever.add(report_id, await self._feed.entries(report_id))
        return wrong

    async def agrees(self, report_id: ReportId) -> bool:
        """Tell whether the retriever finds a report's passages by their own terms, within that report."""
        entries = await self._feed.entries(report_id)
        for entry in entries[:1] + entries[-1:]:
            query = Query("", "", tuple(Term(term) for term in dict.fromkeys(entry.terms)))
            hits = await self._retriever.retrieve(query, limit=1, scope=Scope(frozenset([report_id])))
            same = {one.passage_id for one in entries if one.terms == entry.terms}
            if entry.terms and (not hits or hits[0].passage_id not in same):
                return False
        return report_id in await self._retriever.reports()
