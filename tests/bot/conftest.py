"""The bot as it serves: the real application, a small library, a played Telegram."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.offline import Chat, OfflineTelegram, User
from config.layers import load
from corpus import bootstrap
from corpus.analysis import Analyzer
from corpus.bootstrap import open_library
from tests.support.engines import MilvusServer, milvus_server
from tests.support.reports import LIBRARY
from tests.support.running import Way
from tests.support.service import Service


@pytest.fixture(scope="session")
def shared_analyzer() -> Analyzer:
    """Load the dictionaries once for all tests: they take a second."""
    analyzer = Analyzer()
    analyzer.warm()
    return analyzer


@pytest.fixture(autouse=True)
def _one_analyzer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "data_dir" in request.fixturenames:
        analyzer = request.getfixturevalue("shared_analyzer")
        monkeypatch.setattr(bootstrap, "Analyzer", lambda cache_dir: analyzer)


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory, shared_analyzer: Analyzer) -> Path:
    """Take the test reports in once, the usual way; each test works on a copy."""
    folder = tmp_path_factory.mktemp("ingested")

    async def ingest() -> None:
        async with open_library(load(data_dir=folder)) as library:
            for name, text in LIBRARY.items():
                result = await library.ingester.ingest_bytes(text.encode(), name=name)
                assert result.status == "added", result.error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "Analyzer", lambda cache_dir: shared_analyzer)
        asyncio.run(ingest())
    return folder


@pytest.fixture(scope="session")
def fonts_listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """List the fonts for /stats, which takes seconds where the machine is busy, once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", str(tmp_path_factory.mktemp("matplotlib")))
        importlib.import_module("matplotlib.font_manager")
        yield


@pytest.fixture(scope="session")
def engine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer | None]:
    """Run a Milvus Lite where the tests shall have it for their engine: YINJU_RETRIEVAL__ENGINE=milvus."""
    if os.environ.get("YINJU_RETRIEVAL__ENGINE") != "milvus":
        yield None
        return
    with milvus_server(tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.fixture(autouse=True)
def _own_collection(engine_server: MilvusServer | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a collection of its own in the Milvus that all share."""
    if engine_server:
        monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__URI", engine_server.uri)
        monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__COLLECTION", f"t{uuid.uuid4().hex}")
        # Milvus Lite fills one collection after the other; some tests serve many bots at once.
        monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__TIMEOUT", "60")


@pytest.fixture
def data_dir(ingested: Path, tmp_path: Path) -> Path:
    """Give a data directory that holds the test reports."""
    return Path(shutil.copytree(ingested, tmp_path / "data"))


@pytest.fixture
def way() -> Way:
    """Serve inside the process; a test marked ``every_way`` runs over HTTP, by polling and by webhook, too."""
    return "inside"


@pytest.fixture
async def service(telegram: OfflineTelegram, data_dir: Path, way: Way) -> AsyncIterator[Service]:
    """Serve the played Telegram from the test reports; a handler that fails fails the test."""
    async with Service(telegram, data_dir, way=way) as serving:
        yield serving


@pytest.fixture
def wang(telegram: OfflineTelegram) -> User:
    """Bring a reader into the world, who reads simplified Chinese."""
    return telegram.person("小王")


@pytest.fixture
def li(telegram: OfflineTelegram) -> User:
    """Bring another reader into the world."""
    return telegram.person("小李")


@pytest.fixture
def group(telegram: OfflineTelegram, wang: User, li: User) -> Chat:
    """Found a group of both readers and the bot."""
    return telegram.supergroup("读报小组", wang, li)
