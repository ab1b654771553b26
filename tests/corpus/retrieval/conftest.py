"""The engines that must keep the promise."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from corpus.retrieval import Retriever
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.milvus import MilvusRetriever
from corpus.store import Database, Ledger, Reports
from tests.support.engines import MilvusServer, OracleRetriever, Stored, collection, milvus_server


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Run one Milvus Lite for the tests of a module; each has a collection of its own."""
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    with milvus_server(tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.fixture(params=["embedded", "oracle", "milvus"])
async def retriever(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Retriever]:
    """Open an empty engine; every test that takes it runs on each."""
    if request.param == "embedded":
        yield EmbeddedRetriever()
    elif request.param == "oracle":
        yield OracleRetriever()
    else:
        server: MilvusServer = request.getfixturevalue("milvus")
        async with Database(tmp_path / "store.sqlite3") as database:
            there = collection(database, server.uri, name=f"t{uuid.uuid4().hex}")
            async with aclosing(MilvusRetriever(collection=there, ledger=Ledger(database))) as engine:
                yield Stored(Reports(database), engine)
