"""The engine on other machines: Milvus finds, the ledger in the store counts and says what counts.

A passage is a sparse vector (see ``vectors``). What Milvus finds is scored again, exactly, from the terms in the
store; and it is asked for more until what it has not shown cannot matter: so the hits are those of the embedded
engine, whatever the age of the weights. A question sees the reports that the ledger held when it began, and begins
again if one of these was taken out before it ended.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from corpus.errors import EngineBusy, EngineError, EngineUnavailable
from corpus.model import Coming, Entry, Hit, PassageId, Query, ReportId, Scope, Statistics, Version
from corpus.retrieval.milvus_client import Collection
from corpus.retrieval.milvus_schema import Row, narrowing, same
from corpus.retrieval.milvus_search import MOST_PASSAGES, NUMBER_BITS, Ledger, Search
from corpus.retrieval.vectors import asked, passage_weights

log = logging.getLogger(__name__)

_TRIES = 4
"""How often a question begins anew because reports were taken out under it; the last time they wait for it."""

_SAMPLE = 50
"""How many reports are looked over where nothing seems to be wrong."""

_SETTLED_SECONDS = 2.0
"""Weights that have drifted are made anew once nothing has been added for so long."""


class MilvusRetriever:
    """Find passages by BM25 in a Milvus collection; keeps the promise of ``Retriever``.

    *alone* keeps other programs from writing meanwhile. Weights are made anew where the mean length they were made
    with is off by more than *drift*, a share. Raises EngineError.
    """

    def __init__(
        self,
        *,
        collection: Collection,
        ledger: Ledger,
        alone: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
        drift: float = 0.05,
    ) -> None:
        self.collection = collection
        self._ledger = ledger
        self._alone = alone
        self._drift = drift
        self._lock = asyncio.Lock()
        self._mending: asyncio.Task[None] | None = None
        self._added = 0.0

    async def aclose(self) -> None:
        """Stop what goes on behind the scenes, and let go of the connection."""
        if self._mending:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        await self.collection.close()

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count passages, their mean length, and in how many passages each of *terms* stands."""
        terms = list(terms)
        counted = (await self._ledger.picture(terms)).statistics
        frequencies = {term: counted.frequencies.get(term, 0) for term in terms}
        return Statistics(counted.passages, counted.average_length, frequencies)

    async def reports(self) -> frozenset[ReportId]:
        """Name the reports that are indexed."""
        return await self._ledger.reports()

    async def retrieve(self, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        """Find the best *limit* passages within *scope*."""
        if limit <= 0:
            return []
        for again in range(_TRIES):
            async with self._lock if again == _TRIES - 1 else nullcontext():
                hits = await self._found(query, limit=limit, scope=scope, again=again > 0)
            if hits is not None:
                return hits
        raise EngineBusy("another program changes the index faster than it can be searched; ask again")

    async def _found(self, query: Query, *, limit: int, scope: Scope | None, again: bool) -> list[Hit] | None:
        """Search once; None where the reports that were searched did not stay the same."""
        picture = await self._ledger.picture(term.text for term in query.terms)
        weights = asked(query, picture.statistics)
        scope = scope or Scope()
        where = narrowing(scope)
        if scope.reports is not None:
            stamps = await self._ledger.stamps(scope.reports)
            where.append(f"stamp in {stamps}")
            if not stamps:
                return []
        if not weights:
            # That nothing is found is said with an engine at hand only: it may be that nothing could be sent to it yet.
            await self.collection.ready()
            return []
        # Who searches while nothing changes need not be told what counts: strangers among the hits are noticed.
        if again or picture.unsettled:
            where += [f"stamp <= {picture.newest}", f"stamp not in {sorted(picture.unsettled)}"]
        search = Search(self.collection, self._ledger, picture, weights, limit)
        hits = await search.hits(where)
        if not search.strangers:
            return sorted(hits, key=_rank)[:limit]
        if await self._ledger.name() != picture.ledger:  # else what is lost would pass for what nobody wrote
            raise EngineUnavailable("the search engine lost its collection while it was searched; ask again")
        return None

    async def ready(self) -> None:
        """Make sure that Milvus is there with our collection: of one that is lost, the ledger forgets what it held."""
        await self.collection.ready()

    # ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        """Index the passages of a report; a report that is held is replaced."""
        async with self._writing():
            await self._add(report_id, passages)
        self._added = time.monotonic()
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(self._mend_later())

    async def remove(self, report_id: ReportId) -> None:
        """Forget a report."""
        async with self._writing():
            await self._ledger.dismiss(report_id)
            await self._sweep()

    async def discard(self) -> None:
        """Drop the collection, whoever it belongs to, and begin another."""
        async with self._writing():
            await self.collection.discard()
            await self.collection.ready()

    async def freshen(self) -> int:
        """Send weights anew that were made with another mean length than today's; return of how many reports."""
        mended = 0
        while drifted := await self._ledger.drifted(self._drift):
            for report_id in drifted:
                async with self._writing():
                    await self._add(report_id, await self._ledger.entries(report_id))
                mended += 1
        return mended

    async def look_over(self, *, mend: bool) -> list[tuple[ReportId, str]]:
        """Compare Milvus with the ledger: how many passages are there, and a few of them; put right what is wrong.

        Where all passages are there together, a sample of the reports is looked at, else all of them.
        """
        async with self._writing():
            await self.collection.ready()
            await self._sweep()
            versions = await self._ledger.versions()
            if await self.collection.count() == sum(version.rows for version in versions):
                versions = random.sample(versions, min(len(versions), _SAMPLE))
                wrong = []
            else:
                wrong = await self._left_over(versions)
            for version in versions:
                if what := await self._amiss(version):
                    wrong.append((version.report_id, what))
                    if mend:
                        await self._add(version.report_id, await self._ledger.entries(version.report_id))
            await self._sweep()
        return wrong

    async def _left_over(self, versions: Sequence[Version]) -> list[tuple[ReportId, str]]:
        """Note whatever is there under a stamp that the ledger does not know, to be swept up."""
        strangers = await self.collection.strangers([version.stamp for version in versions])
        await self._ledger.disown(strangers)
        return [(ReportId(""), f"passages of {len(strangers)} unknown versions were left over")] if strangers else []

    async def _amiss(self, version: Version) -> str:
        """Say what is wrong with a version of a report; nothing where all is well."""
        found = await self.collection.count(version.stamp)
        if found != version.rows:
            return f"{found} of {version.rows} passages are in Milvus"
        entries = [one for one in await self._ledger.entries(version.report_id) if one.terms]
        ends = entries[:1] + entries[-1:]
        picture = await self._ledger.picture(term for one in ends for term in one.terms)
        expected = _rows(Coming(version.stamp, picture.numbers, version.average), version.report_id, ends)
        held = await self.collection.read([row.id for row in expected])
        right = all(row.id in held and same(row, held[row.id]) for row in expected)
        return "" if right else "its passages are not in Milvus as they were sent"

    async def _mend_later(self) -> None:
        while (left := self._added + _SETTLED_SECONDS - time.monotonic()) > 0:  # noqa: ASYNC110 - it is time we wait for
            await asyncio.sleep(left)
        try:
            if mended := await self.freshen():
                log.info("made the weights of %d reports anew: the mean length of a passage has moved", mended)
        except EngineError as error:
            log.warning("the weights of reports could not be made anew: %s", error)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        async with self._lock, self._alone():
            yield

    async def _add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        await self.collection.ready()  # which starts the ledger anew where the collection has gone
        await self._sweep()
        _check(passages)
        coming = await self._ledger.begin(report_id, passages)
        rows = await asyncio.to_thread(_rows, coming, report_id, passages)
        await self.collection.send(rows)
        if not await self._ledger.hold(coming.stamp):
            raise EngineUnavailable("the search engine lost its collection while a report was sent")
        await self._sweep()

    async def _sweep(self) -> None:
        """Make the engine forget all versions that do not count: replaced, removed, or left by whoever was killed."""
        for stamp in await self._ledger.unsettled():
            await self.collection.forget(stamp)
            await self._ledger.drop(stamp)


def _rows(coming: Coming, report_id: ReportId, entries: Iterable[Entry]) -> list[Row]:
    """Make a row of each passage that has terms; Milvus takes no empty vectors, and nothing would ever find them."""
    return [
        Row(
            (coming.stamp << NUMBER_BITS) | _number(one.passage_id),
            coming.stamp,
            report_id,
            {
                coming.numbers[term]: weight
                for term, weight in passage_weights(Counter(one.terms), average_length=coming.average).items()
            },
            one.years,
            one.units,
        )
        for one in entries
        if one.terms
    ]


def _check(entries: Iterable[Entry]) -> None:
    """Make sure, before anything is written down, that every passage has a number that fits. Raises EngineError."""
    for one in entries:
        if not 0 < _number(one.passage_id) <= MOST_PASSAGES:
            raise EngineError(f"{one.passage_id}: a report may have {MOST_PASSAGES} passages in Milvus, not more")


def _number(passage_id: PassageId) -> int:
    return int(passage_id.rpartition("-")[2])


def _rank(hit: Hit) -> tuple[float, str, int]:
    report, _, number = hit.passage_id.rpartition("-")
    return -hit.score, report, int(number)
