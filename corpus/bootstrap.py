"""Settings in, open objects out: the wiring of everything that knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from config.settings import Settings
from corpus.analysis import Analyzer
from corpus.finding import Finder
from corpus.indexing import Index
from corpus.locking import turn
from corpus.model import Answer, Scope
from corpus.questions.understanding import Understanding
from corpus.retrieval import Retriever
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder
from corpus.search import Searcher
from corpus.store import (
    Admissions,
    Ballots,
    Chats,
    Coinages,
    Conversations,
    Database,
    Feed,
    Figures,
    Forgetting,
    Ledger,
    Outlines,
    Passages,
    Readings,
    Reports,
    Scopes,
    Uploads,
    Watches,
)
from corpus.store.uploads import FOLDER as UPLOADS

if TYPE_CHECKING:  # what reads files takes a while to load
    from corpus.ingest import Ingester

log = logging.getLogger(__name__)

INDEX = "index"
STORE = "yinju.sqlite3"
MILVUS_LITE = "milvus.db"
TURN = "engine.lock"

_AT_ONCE = 2
"""How many questions are worked on at once: they share one interpreter, and one may wait for the store meanwhile."""


@dataclass(frozen=True)
class Library:
    """Hold everything that is open while the program runs."""

    database: Database
    reports: Reports
    passages: Passages
    outlines: Outlines
    readings: Readings
    conversations: Conversations
    scopes: Scopes
    ballots: Ballots
    watches: Watches
    chats: Chats
    admissions: Admissions
    uploads: Uploads
    forgetting: Forgetting
    figures: Figures
    open_ingester: Callable[[], Ingester]
    index: Index
    searcher: Searcher
    analyzer: Analyzer
    question_characters: int
    at_once: asyncio.Semaphore

    @cached_property
    def ingester(self) -> Ingester:
        """Open what reads files, when the first file comes: a question need not load it. Raises CorpusError."""
        return self.open_ingester()

    def warm(self) -> None:
        """Begin to load the dictionaries in the background, so that the first question need not wait for them."""
        threading.Thread(target=self.analyzer.warm, name="dictionaries", daemon=True).start()

    async def answer(
        self,
        question: str,
        *,
        context: Sequence[str] = (),
        scope: Scope | None = None,
        limit: int | None = None,
        shown: int | None = None,
    ) -> Answer:
        """Answer from what the store holds now, whoever wrote to it last; a question that is too long is invalid.

        So many *at_once*, the others in the order they came: if all of a crowd were worked on together, nobody
        would be answered before the last of them.
        """
        if len(question) > self.question_characters:
            return Answer(question, question, "invalid", 0.0, (), ())
        async with self.at_once:
            await self.index.catch_up()
            return await self.searcher.answer(question, context=context, scope=scope, limit=limit, shown=shown)

    async def goes_on(self, question: str, context: Sequence[str], *, scope: Scope | None = None) -> bool:
        """Tell whether a question goes on with the earlier ones that are its *context*, or is one of its own."""
        if not context or len(question) > self.question_characters:
            return False
        async with self.at_once:
            await self.index.catch_up()
            return await self.searcher.goes_on(question, context, scope=scope)

    async def ingest_samples(self) -> int:
        """Take in the bundled samples; return how many reports they are."""
        with as_file(files("corpus").joinpath("samples")) as folder:
            paths = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".md"))
            return len([result async for result in self.ingester.ingest(paths) if result.status != "failed"])


@asynccontextmanager
async def open_library(settings: Settings) -> AsyncIterator[Library]:
    """Open the store in the data directory and everything that works on it; close it all at the end.

    Passages whose terms were made by another analyzer are tokenized anew first. Raises CorpusError.
    """
    analyzer = Analyzer(cache_dir=settings.data_dir)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(settings.data_dir / STORE))
        reports, passages, feed = Reports(database), Passages(database), Feed(database)
        await _renew_terms(feed, passages, analyzer)
        retriever = await stack.enter_async_context(_engine(settings, database, analyzer))
        embedded = settings.retrieval.engine == "embedded"
        patience = None if embedded else settings.retrieval.milvus.timeout
        index = await stack.enter_async_context(aclosing(Index(feed=feed, retriever=retriever, patience=patience)))
        yield Library(
            database=database,
            reports=reports,
            passages=passages,
            outlines=Outlines(database),
            readings=Readings(database),
            conversations=Conversations(database),
            scopes=Scopes(database),
            ballots=Ballots(database),
            watches=Watches(database),
            chats=Chats(database),
            admissions=Admissions(database),
            uploads=Uploads(database, folder=settings.data_dir / UPLOADS),
            forgetting=Forgetting(database),
            figures=Figures(database),
            open_ingester=partial(_open_ingester, settings, database, analyzer),
            index=index,
            searcher=Searcher(
                Finder(
                    analyzer=analyzer,
                    understanding=Understanding(analyzer, expand=settings.retrieval.expand),
                    retriever=retriever,
                    store=passages,
                    newest=reports.newest_year,
                    coined=Coinages(database).find,
                    units=reports.units,
                ),
                twins=passages.twins,
                quotes=settings.answer.quotes,
                threshold=settings.answer.threshold,
                related_threshold=settings.answer.related_threshold,
            ),
            analyzer=analyzer,
            question_characters=settings.limits.question_characters,
            # Waiting for an engine on another machine is no work here.
            at_once=asyncio.Semaphore(_AT_ONCE if embedded else settings.retrieval.milvus.pool),
        )


@asynccontextmanager
async def _engine(settings: Settings, database: Database, analyzer: Analyzer) -> AsyncIterator[Retriever]:
    """Open the engine that the settings name."""
    if settings.retrieval.engine == "embedded":
        async with EmbeddedRetriever(Folder(settings.data_dir / INDEX, maker=analyzer.fingerprint)) as retriever:
            yield retriever
        return
    from corpus.retrieval.milvus import MilvusRetriever  # noqa: PLC0415 - needs packages of its own
    from corpus.retrieval.milvus_client import Collection  # noqa: PLC0415

    chosen, ledger = settings.retrieval.milvus, Ledger(database)
    collection = Collection(
        uri=chosen.uri or str(settings.data_dir / MILVUS_LITE),
        token=chosen.token.get_secret_value(),
        name=chosen.collection,
        seconds=chosen.timeout,
        pool=chosen.pool,
        shards=chosen.shards,
        replicas=chosen.replicas,
        open_ledger=ledger.name,
        start_anew=ledger.start_anew,
    )
    alone = partial(turn, settings.data_dir / TURN, seconds=chosen.timeout)
    async with aclosing(MilvusRetriever(collection=collection, ledger=ledger, alone=alone, drift=chosen.drift)) as one:
        yield one


def _open_ingester(settings: Settings, database: Database, analyzer: Analyzer) -> Ingester:
    from corpus.reading import open_ingester  # noqa: PLC0415 - takes a third of a start

    return open_ingester(settings, database, analyzer)


async def _renew_terms(feed: Feed, passages: Passages, analyzer: Analyzer) -> None:
    stored = await feed.analyzer()
    if stored is None or stored == analyzer.fingerprint:
        return
    log.warning("the analyzer has changed; tokenizing what is held anew")
    for report_id in sorted(await feed.moments()):
        held = await passages.of_report(report_id)
        bags = await asyncio.to_thread(analyzer.report_terms, held)
        await feed.replace_terms([(one.id, bag) for one, bag in zip(held, bags, strict=True)])
    # Said last: where this ends before its time, it is done again.
    await feed.replace_terms((), analyzer=analyzer.fingerprint)
