"""Engines for the tests that all must pass: a Milvus of our own, and rank_bm25 as it comes, for an oracle."""

from __future__ import annotations

import math
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from corpus.model import (
    Article,
    Entry,
    Hit,
    Parsed,
    Passage,
    PassageId,
    Query,
    Report,
    ReportId,
    Scope,
    Span,
    Statistics,
)
from corpus.retrieval import Retriever
from corpus.retrieval.milvus_client import Collection
from corpus.store import Database, Ledger, Reports


class PlainOkapi(BM25Okapi):  # type: ignore[misc]
    """rank_bm25 as it is, with an idf that stays above zero."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        for word, freq in nd.items():
            self.idf[word] = math.log(1 + (self.corpus_size - freq + 0.5) / (freq + 0.5))


class OracleRetriever:
    """Keep the promise of ``Retriever`` with a plain rank_bm25, built anew for every question."""

    def __init__(self) -> None:
        self._held: dict[ReportId, Sequence[Entry]] = {}

    def _passages(self) -> list[tuple[ReportId, Entry]]:
        return [(report, one) for report, entries in self._held.items() for one in entries]

    async def retrieve(self, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        """Score everything, then leave out and sort."""
        passages = self._passages()
        if not passages:
            return []
        okapi = PlainOkapi([one.terms for _, one in passages], k1=0.6, b=0.75)
        scores = np.zeros(len(passages))
        for term in query.terms:
            scores += term.weight * okapi.get_scores([term.text])
        scope = scope or Scope()
        hits = [
            Hit(one.passage_id, float(score))
            for (report, one), score in zip(passages, scores, strict=True)
            if score > 0
            and (scope.reports is None or report in scope.reports)
            and (scope.years is None or scope.years & one.years)
            and (scope.units is None or scope.units & one.units)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, *_place(hit.passage_id)))[:limit]

    async def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count."""
        bags = [one.terms for _, one in self._passages()]
        mean = sum(map(len, bags)) / len(bags) if bags else 0.0
        return Statistics(len(bags), mean, {term: sum(term in bag for bag in bags) for term in terms})

    async def add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        """Hold a report."""
        self._held[report_id] = passages

    async def remove(self, report_id: ReportId) -> None:
        """Let a report go."""
        self._held.pop(report_id, None)

    async def reports(self) -> frozenset[ReportId]:
        """Name what is held."""
        return frozenset(self._held)


class Stored:
    """Put what is added into a store before an engine gets it, as ingest and the index do."""

    def __init__(self, reports: Reports, engine: Retriever) -> None:
        self.engine = engine
        self._reports = reports
        self.retrieve, self.statistics, self.reports = engine.retrieve, engine.statistics, engine.reports

    async def add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        """Store a report, then index it."""
        await self._reports.remove(report_id)
        await store(self._reports, report_id, passages)
        await self.engine.add(report_id, passages)

    async def remove(self, report_id: ReportId) -> None:
        """Take a report out of the store, then out of the index."""
        await self._reports.remove(report_id)
        await self.engine.remove(report_id)


async def store(reports: Reports, report_id: ReportId, passages: Sequence[Entry]) -> None:
    """Put a made-up report with these terms into the store; each passage is an article of its one unit."""
    report = Report(report_id, f"{report_id}.txt", report_id)
    articles = tuple(Article(n, report_id, *one.units) for n, one in enumerate(passages, start=1))
    held = tuple(
        Passage(one.passage_id, report, article, (), 1, "字", (Span(0, 1),))
        for one, article in zip(passages, articles, strict=True)
    )
    parsed = Parsed(report, articles, (), held, (), "字")
    await reports.add(parsed, [one.terms for one in passages], digest=report_id.ljust(64, "0"), analyzer="tests")


def collection(database: Database, uri: str, *, name: str, seconds: float = 10, token: str = "") -> Collection:
    """Open a collection for the ledger in *database*."""
    ledger = Ledger(database)
    return Collection(
        uri=uri,
        token=token,
        name=name,
        seconds=seconds,
        pool=4,
        shards=1,
        replicas=1,
        open_ledger=ledger.name,
        start_anew=ledger.start_anew,
    )


class MilvusServer:
    """Run Milvus Lite as a server in a process of its own, to be killed and started as one likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.begin()
        for _ in range(600):
            with socket.socket() as trying:
                if not trying.connect_ex(("127.0.0.1", self.port)):
                    return
            assert self._process
            assert self._process.poll() is None, "Milvus Lite ended"
            time.sleep(0.05)
        raise TimeoutError("Milvus Lite does not listen")

    def begin(self) -> None:
        """Start it without waiting."""
        where = ["--data-dir", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "milvus_lite", "server", *where],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hang: it takes connections and answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it as a power cut would; one that is not running is passed over."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def milvus_server(folder: Path) -> Iterator[MilvusServer]:
    """Have a Milvus Lite serve while the context is open."""
    server = MilvusServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _place(passage_id: PassageId) -> tuple[str, int]:
    report, _, number = passage_id.rpartition("-")
    return report, int(number)
