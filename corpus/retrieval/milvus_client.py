"""One collection of a Milvus: every call with a time limit, no more than a few at once, every failure one sentence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import Any

from corpus.errors import EngineError, EngineUnavailable
from corpus.retrieval.milvus_schema import FIELDS, PLATE, Row, create, pymilvus, sent

log = logging.getLogger(__name__)

MOST_HITS = 16_384
"""Milvus finds no more for one search."""

_ROWS = 500
"""Passages sent at once: with the terms of a long paragraph each they stay far below the 64 MB of a message."""

_GRPC = {
    # A connection that failed shall not make its successor wait; how long to wait is decided here.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_reconnect_backoff_ms": 1000,
    # Every call has a time limit, so an idle connection need not be pinged, which some servers take amiss.
    "grpc.keepalive_time_ms": 60_000,
    "grpc.keepalive_permit_without_calls": 0,
}

_SHORTEST, _LONGEST = 0.5, 10.0
"""Seconds for which a Milvus that failed is left alone: the first time, and at most."""


class Collection:
    """Keep the passages of one ledger in the collection *name* at *uri*; connect when first needed, and again.

    *uri* is http(s)://host:port, or a file ending in ``.db`` for Milvus Lite. *seconds* bound every call, *pool* how
    many are under way. *open_ledger* gives the name of the ledger, and *start_anew* a new one, for a collection that
    is not there. Everything raises EngineUnavailable where Milvus does not answer, and for a while after.
    """

    def __init__(
        self,
        *,
        uri: str,
        token: str,
        name: str,
        seconds: float,
        pool: int,
        shards: int,
        replicas: int,
        open_ledger: Callable[[], Awaitable[str]],
        start_anew: Callable[[], Awaitable[str]],
    ) -> None:
        _importable(uri)
        self.uri = uri
        self._token = token
        self._name = name
        self._seconds = seconds
        self._shards = shards
        self._replicas = replicas
        self._open_ledger = open_ledger
        self._start_anew = start_anew
        self._pool = asyncio.Semaphore(pool)
        self._connecting = asyncio.Lock()
        self._client: Any = None
        self._searching: Any = None
        self._away_until = 0.0
        self._pause = _SHORTEST

    # ── passages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def search(self, weights: Mapping[int, float], *, limit: int, where: str) -> list[tuple[int, float]]:
        """Find the *limit* rows with the largest inner product, best first, as ids and products (float32)."""
        async with self._asked():
            (found,) = await self._searching.search(
                self._name,
                data=[dict(weights)],
                anns_field="terms",
                limit=limit,
                filter=where,
                output_fields=["id"],
                search_params={"metric_type": "IP", "params": {"drop_ratio_search": 0.0}},
                consistency_level="Strong",
                timeout=self._seconds,
            )
            return [(int(hit["id"]), float(hit["distance"])) for hit in found]

    async def send(self, rows: Sequence[Row]) -> None:
        """Write rows, in the place of those that have their ids: sent twice they are there once."""
        for start in range(0, len(rows), _ROWS):
            data = [sent(row) for row in rows[start : start + _ROWS]]
            async with self._asked():
                await self._call("upsert", data=data)

    async def forget(self, stamp: int) -> None:
        """Delete all rows that have a stamp."""
        async with self._asked():
            await self._call("delete", filter=f"stamp == {stamp}")

    async def count(self, stamp: int | None = None) -> int:
        """Count the rows that have a stamp, or all of them."""
        async with self._asked():
            where = f"id != {PLATE}" if stamp is None else f"stamp == {stamp}"
            found = await self._call("query", filter=where, output_fields=["count(*)"], consistency_level="Strong")
            return int(found[0]["count(*)"])

    async def read(self, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        """Read rows by their ids as they were ``sent``; those that are not there are left out."""
        async with self._asked():
            found = await self._call("get", ids=list(ids), output_fields=list(FIELDS), consistency_level="Strong")
            return {int(row["id"]): row for row in found}

    async def strangers(self, stamps: Sequence[int], *, limit: int = 1000) -> set[int]:
        """Name stamps of rows that are not among *stamps*, as far as *limit* rows tell."""
        async with self._asked():
            where = f"id != {PLATE}" + (f" and stamp not in {sorted(stamps)}" if stamps else "")
            found = await self._call(
                "query", filter=where, output_fields=["stamp"], limit=limit, consistency_level="Strong"
            )
            return {int(row["stamp"]) for row in found}

    async def ready(self) -> None:
        """Make sure that there is a connection, and a collection of ours behind it; one that is there is not asked."""
        if self._searching is None:  # which is made last
            async with self._asked():
                pass

    async def discard(self) -> None:
        """Drop the whole collection, whoever it belongs to."""
        async with self._asked(belonging=False):
            await self._call("drop_collection")
        await self.close()

    # ── the connection ───────────────────────────────────────────────────────────────────────────────────────────────

    async def close(self) -> None:
        """Let go of the connection; the next call makes another."""
        client, searching = self._client, self._searching
        self._client = self._searching = None
        with suppress(Exception):
            if searching is not None:
                await searching.close()
        with suppress(Exception):
            if client is not None:
                await asyncio.to_thread(client.close)
        if client is not None and self.uri.endswith(".db"):
            from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415

            # Else Milvus Lite holds the file until this process ends, and no other program could open it.
            await asyncio.to_thread(server_manager_instance.release_server, self.uri)

    @asynccontextmanager
    async def _asked(self, *, belonging: bool = True) -> AsyncIterator[None]:
        """Take a place in the pool and a connection; make one sentence of whatever goes wrong."""
        self._not_away()
        try:
            # A call ends by itself before that; else it would go on after its place in the pool was given away.
            async with self._place(), asyncio.timeout(2 * self._seconds):
                await self._connected(belonging=belonging)
                yield
        except (EngineError, asyncio.CancelledError):
            raise
        except Exception as error:
            # pymilvus raises its own errors, grpc's, and some of Python's; whatever it was, the connection is not
            # trusted any more, nor is it hammered: it is left alone for a while, longer each time.
            if time.monotonic() >= self._away_until:  # of many calls that fail at once, one counts
                log.warning("Milvus at %s failed: %s", self.uri, self._said(error))
                self._away_until = time.monotonic() + self._pause
                self._pause = min(self._pause * 2, _LONGEST)
            await self.close()
            raise self._away(type(error).__name__) from None
        self._pause = _SHORTEST

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Take a place in the pool. That none becomes free is no reason to give up the connection."""
        try:
            async with asyncio.timeout(2 * self._seconds):
                await self._pool.acquire()
        except TimeoutError:
            raise self._away("too much is asked of it at once") from None
        try:
            yield
        finally:
            self._pool.release()

    def _not_away(self) -> None:
        if time.monotonic() < self._away_until:
            raise self._away("it did not answer a moment ago")

    def _away(self, why: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"the search engine at {self.uri} cannot be used now ({why}); `yinju doctor` says more"
        )

    def _said(self, error: Exception) -> str:
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return said.replace(self._token, "[token]") if self._token else said

    async def _call(self, method: str, **arguments: Any) -> Any:
        call = getattr(self._client, method)
        return await asyncio.to_thread(call, self._name, timeout=self._seconds, **arguments)

    async def _connected(self, *, belonging: bool) -> None:
        async with self._connecting:
            if self._client is not None:
                return
            self._not_away()  # whoever waited for this need not find out once more
            milvus = await asyncio.to_thread(pymilvus)
            # They write a traceback for every call that fails; that it failed is said in one line of our own.
            for chatty in ("pymilvus", "pymilvus.milvus_client"):
                logging.getLogger(chatty).setLevel(logging.CRITICAL)
            options = {"uri": self.uri, "token": self._token, "timeout": self._seconds, "dedicated": True}
            options["grpc_options"] = _GRPC
            self._client = await asyncio.to_thread(milvus.MilvusClient, **options)
            try:
                if belonging:
                    await self._belonging()
                self._searching = milvus.AsyncMilvusClient(**options)
            except BaseException:
                await self.close()
                raise

    async def _belonging(self) -> None:
        """Make sure that the collection is there, loaded, and belongs to our ledger. Raises EngineError."""
        if await self._call("has_collection"):
            ledger = await self._open_ledger()
            await self._call("load_collection", replica_number=self._replicas)
            named = await self._named()
            if named not in (ledger, None):
                raise self._foreign()
            described = await self._call("describe_collection")
            if {field["name"] for field in described["fields"]} == set(FIELDS):
                if named is None:
                    await self._name_it(ledger)
                return
            log.warning("the collection '%s' at %s is of another version; it is made anew", self._name, self.uri)
            await self._call("drop_collection")
        ledger = await self._start_anew()
        shards, replicas, seconds = self._shards, self._replicas, self._seconds
        await asyncio.to_thread(create, self._client, self._name, shards=shards, replicas=replicas, seconds=seconds)
        await self._name_it(ledger)

    async def _named(self) -> str | None:
        """Read the name of the ledger that the collection belongs to; None where it is empty, "" where it has none."""
        plate = await self._call("get", ids=[PLATE], output_fields=["report"], consistency_level="Strong")
        if plate:
            return str(plate[0]["report"])
        return "" if await self._call("query", filter=f"id != {PLATE}", output_fields=["id"], limit=1) else None

    async def _name_it(self, ledger: str) -> None:
        await self._call("upsert", data=[sent(Row(PLATE, 0, ledger, {0: 1.0}))])

    def _foreign(self) -> EngineError:
        return EngineError(
            f"the collection '{self._name}' at {self.uri} belongs to another data directory; name another in"
            " retrieval.milvus.collection, or empty this one with `yinju reindex --engine milvus --from-scratch`"
        )


def _importable(uri: str) -> None:
    """Say in a sentence which package is missing; importing it takes a second and waits. Raises EngineError."""
    if find_spec("pymilvus") is None:
        raise EngineError(
            "retrieval.engine is 'milvus', which needs a package that is not installed: pip install 'yinju[milvus]'"
        )
    if uri.endswith(".db") and find_spec("milvus_lite") is None:
        raise EngineError(
            f"{uri} is a file of Milvus Lite, which is not installed: pip install milvus-lite,"
            " or name a server in retrieval.milvus.uri"
        )
