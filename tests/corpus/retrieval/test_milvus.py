"""What holds for Milvus beyond the promise: exact scores, faults, and nothing half there. All on Milvus Lite."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pymilvus import DataType

from corpus.errors import EngineError, EngineUnavailable
from corpus.indexing import Index
from corpus.model import Entry, PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import milvus_client
from corpus.retrieval import milvus_search as searching
from corpus.retrieval.milvus import MilvusRetriever
from corpus.retrieval.milvus_client import Collection
from corpus.retrieval.milvus_schema import Row, pymilvus
from corpus.store import Database, Feed, Ledger, Reports
from tests.support.engines import MilvusServer, OracleRetriever, collection, milvus_server, store

A, B, C = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb"), ReportId("cccccccccccc")
EVERYTHING = Query("", "", tuple(map(Term, "桥路渠田沟塔")))


class Setting:
    """A store, its ledger and an engine on a Milvus Lite."""

    def __init__(self, database: Database, server: MilvusServer, *, drift: float = 0.05) -> None:
        self.reports, self.feed, self.ledger = Reports(database), Feed(database), Ledger(database)
        self.name = f"t{uuid.uuid4().hex}"
        self.there = collection(database, server.uri, name=self.name)
        self.engine = MilvusRetriever(collection=self.there, ledger=self.ledger, drift=drift)

    async def add(self, report_id: ReportId, *texts: str) -> list[Entry]:
        """Store and index a report with these terms."""
        bags = _bags(report_id, {report_id: list(texts)})
        await store(self.reports, report_id, bags)
        await self.engine.add(report_id, bags)
        return bags

    async def found(self, *terms: str, limit: int = 99, scope: Scope | None = None) -> list[str]:
        """Name what is found."""
        hits = await self.engine.retrieve(Query("", "", tuple(map(Term, terms))), limit=limit, scope=scope)
        return [hit.passage_id for hit in hits]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Open a store."""
    async with Database(tmp_path / "store.sqlite3") as opened:
        yield opened


@pytest.fixture
async def setting(database: Database, milvus: MilvusServer) -> AsyncIterator[Setting]:
    """Set an empty engine up."""
    made = Setting(database, milvus)
    async with aclosing(made.engine):
        yield made


def made_up(seed: int, reports: int = 8) -> dict[ReportId, list[str]]:
    """Make up reports whose passages grow longer, so that the mean length moves a great deal."""
    dice = random.Random(seed)
    return {
        ReportId(f"{n:012x}"): [" ".join(dice.choices("桥路渠田沟塔", k=dice.randint(1, 3 + 3 * n))) for _ in range(9)]
        for n in range(reports)
    }


@pytest.mark.parametrize("limit", [1, 5, 40, 500])
async def test_hits_are_those_of_plain_rank_bm25_though_the_weights_are_old(setting: Setting, limit: int) -> None:
    oracle = OracleRetriever()
    for report, texts in made_up(limit).items():
        await oracle.add(report, await setting.add(report, *texts))
    assert await setting.ledger.drifted(0.05), "the weights must be old for this to tell anything"
    for terms in (("桥",), ("路", "渠", "渠"), ("桥", "路", "渠", "田", "沟", "塔")):
        query = Query("", "", tuple(map(Term, terms)))
        expected = await oracle.retrieve(query, limit=limit)
        hits = await setting.engine.retrieve(query, limit=limit)
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-9)
        assert [hit.passage_id for hit in hits] == [hit.passage_id for hit in expected]


async def test_statistics_are_those_of_the_oracle(setting: Setting) -> None:
    oracle = OracleRetriever()
    for report, texts in made_up(3).items():
        await oracle.add(report, await setting.add(report, *texts))
    for engine in (oracle, setting.engine):
        await engine.remove(ReportId(f"{2:012x}"))
    assert await setting.engine.statistics("桥路无") == await oracle.statistics("桥路无")


async def test_what_milvus_scores_itself_is_near_and_nearer_once_mended(setting: Setting) -> None:
    for report, texts in made_up(1).items():
        await setting.add(report, *texts)

    async def furthest() -> float:
        """Tell by what share the scores of Milvus are off."""
        exact = {hit.passage_id: hit.score for hit in await setting.engine.retrieve(EVERYTHING, limit=99)}
        await setting.reports.remove(ReportId(f"{0:012x}"))  # whose passages keep the score that Milvus gave them
        raw = {hit.passage_id: hit.score for hit in await setting.engine.retrieve(EVERYTHING, limit=99)}
        await store(setting.reports, ReportId(f"{0:012x}"), _bags(ReportId(f"{0:012x}"), made_up(1)))
        return max(abs(raw[one] / exact[one] - 1) for one in exact)

    before = await furthest()
    mended = await setting.engine.freshen()
    assert mended >= 4
    assert await setting.ledger.drifted(0.05) == []
    assert await furthest() < 0.05 < before


async def test_ties_beyond_what_milvus_shows_at_once_go_by_id(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 8)
    monkeypatch.setattr(searching, "_MORE", 1)
    await setting.add(B, *["桥 路"] * 30)
    await setting.add(A, *["桥 路"] * 30)
    expected = [f"{A}-{n}" for n in range(1, 31)] + [f"{B}-{n}" for n in range(1, 31)]
    assert await setting.found("桥", limit=5) == expected[:5]
    assert await setting.found("桥", limit=47) == expected[:47]
    assert await setting.found("桥", limit=4, scope=Scope(frozenset({B}))) == expected[30:34]


async def test_what_was_sent_by_a_killed_program_is_never_shown_and_goes(setting: Setting) -> None:
    await setting.add(A, "桥 路", "桥", "田")
    coming = await setting.ledger.begin(B, _bags(B, {B: ["桥 桥 桥", "桥", "塔"]}))
    half = [Row((coming.stamp << 22) | 1, coming.stamp, B, {coming.numbers["桥"]: 1.2})]
    await setting.there.send(half)
    assert await setting.found("桥") == [f"{A}-2", f"{A}-1"]
    assert await setting.engine.reports() == {A}
    await setting.add(B, "桥 桥 桥", "桥", "塔")
    assert sorted(await setting.found("桥")) == [f"{A}-1", f"{A}-2", f"{B}-1", f"{B}-2"]
    assert await setting.there.count() == 6
    assert await setting.ledger.unsettled() == []


async def test_a_report_half_deleted_is_not_shown(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    await setting.add(A, "桥", "路", "田")
    await setting.add(B, "桥", "桥 路", "塔")

    async def fails(self: Collection, stamp: int) -> None:
        raise EngineUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(Collection, "forget", fails)
        with pytest.raises(EngineUnavailable):
            await setting.engine.remove(B)
    assert await setting.found("桥") == [f"{A}-1"]
    assert (await setting.engine.statistics(["桥"])).frequencies == {"桥": 1}
    await setting.engine.remove(C)  # whoever writes next sweeps up
    assert await setting.there.count() == 3


async def test_a_report_that_arrives_during_a_search_is_seen_whole(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await setting.add(B, "桥", "路", "田")
    bags = _bags(A, {A: ["桥 桥", "桥", "桥 塔"]})
    await store(setting.reports, A, bags)
    search, arrived = Collection.search, asyncio.Event()

    async def meanwhile(self: Collection, weights: dict[int, float], **options: Any) -> list[tuple[int, float]]:
        if arrived.is_set():
            return await search(self, weights, **options)
        arrived.set()
        coming = await setting.ledger.begin(A, bags)
        rows = [Row((coming.stamp << 22) | n, coming.stamp, A, {coming.numbers["桥"]: 1.0}) for n in (1, 2, 3)]
        await self.send(rows[:2])
        found = await search(self, weights, **options)
        await self.send(rows[2:])
        assert await setting.ledger.hold(coming.stamp)
        return found

    monkeypatch.setattr(Collection, "search", meanwhile)
    assert sorted(await setting.found("桥")) == [f"{A}-1", f"{A}-2", f"{A}-3", f"{B}-1"]


async def test_rows_that_no_ledger_knows_are_not_shown_and_go(setting: Setting) -> None:
    await setting.add(A, "桥", "路", "田")
    number = (await setting.ledger.picture(["桥"])).numbers["桥"]
    lost = [Row((7 << 22) | n, 7, "lost", {number: 9.0}) for n in range(1, 4)]  # of a store that a backup replaced
    await setting.there.send(lost)
    assert await setting.found("桥", limit=1) == [f"{A}-1"]
    await setting.engine.remove(C)
    assert await setting.there.count() == 3


async def test_a_report_that_was_read_anew_is_sent_anew(setting: Setting) -> None:
    await setting.add(A, "桥", "路", "田")
    assert await setting.engine.reports() == {A}
    await setting.reports.remove(A)
    await store(setting.reports, A, _bags(A, {A: ["塔", "路", "田"]}))
    assert await setting.engine.reports() == frozenset()
    old = _bags(A, {A: ["桥", "路", "田"]})  # read before that, by whoever was slow
    await setting.engine.add(A, old)
    assert await setting.engine.reports() == frozenset()
    await setting.engine.add(A, await setting.ledger.entries(A))
    assert await setting.engine.reports() == {A}
    assert await setting.found("塔") == [f"{A}-1"]
    assert await setting.found("桥") == []


async def test_no_engine_is_one_plain_error_within_the_time_limit(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a machine that has other things to do.
    monkeypatch.setattr(milvus_client, "_SHORTEST", 5.0)
    with milvus_server(tmp_path / "lite") as server:
        ledger = Ledger(database)
        there = collection(database, server.uri, name="yinju", seconds=3, token="user:a-secret")
        async with aclosing(MilvusRetriever(collection=there, ledger=ledger)) as engine:
            await engine.add(A, _bags(A, {A: ["桥", "路"]}))
            server.kill()
            with pytest.raises(EngineUnavailable, match=r"cannot be used now") as failed:
                await engine.retrieve(EVERYTHING, limit=3)
            assert "a-secret" not in str(failed.value)
            with pytest.raises(EngineUnavailable, match="a moment ago"):
                await engine.add(B, _bags(B, {B: ["桥"]}))
            assert await engine.reports() == {A}
            server.start()
            await asyncio.sleep(milvus_client._SHORTEST * 1.2)  # it is left alone for a while after it failed
            assert [hit.passage_id for hit in await engine.retrieve(EVERYTHING, limit=3)] == [f"{A}-1", f"{A}-2"]
            await engine.add(B, _bags(B, {B: ["桥"]}))
            assert await there.count() == 3


async def test_without_an_engine_nothing_is_said_to_be_found_nowhere(database: Database) -> None:
    there = collection(database, "http://127.0.0.1:9", name="yinju", seconds=1)
    async with aclosing(MilvusRetriever(collection=there, ledger=Ledger(database))) as engine:
        with pytest.raises(EngineUnavailable):
            await engine.retrieve(EVERYTHING, limit=3)


async def test_a_milvus_that_hangs_takes_no_more_time_than_is_allowed(database: Database, tmp_path: Path) -> None:
    with milvus_server(tmp_path / "lite") as server:
        there = collection(database, server.uri, name="yinju", seconds=1)
        async with aclosing(MilvusRetriever(collection=there, ledger=Ledger(database))) as engine:
            there._seconds = 10.0  # to begin with, on a busy machine
            await engine.add(A, _bags(A, {A: ["桥", "路"]}))
            there._seconds = 1.0
            with server.frozen():
                async with asyncio.timeout(20):
                    asking = (engine.retrieve(EVERYTHING, limit=3) for _ in range(10))
                    failed = await asyncio.gather(*asking, return_exceptions=True)
            assert {type(one) for one in failed} == {EngineUnavailable}


class Slow:
    """A client that counts the calls that are under way."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now, self.most = seconds, 0, 0
        self._lock = threading.Lock()

    async def search(self, *_: Any, **__: Any) -> list[list[dict[str, Any]]]:
        with self._counted():
            await asyncio.sleep(self.seconds)
        return [[]]

    def get(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        with self._counted():
            time.sleep(self.seconds)
        return []

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        yield
        with self._lock:
            self.now -= 1

    async def close(self) -> None:
        raise AssertionError("nothing was wrong with it")


async def test_no_more_calls_are_under_way_than_the_pool_allows(database: Database) -> None:
    there = collection(database, "http://127.0.0.1:9", name="yinju")
    there._client = there._searching = client = Slow(0.02)
    asked = [there.search({1: 1.0}, limit=1, where="") for _ in range(15)] + [there.read([1]) for _ in range(15)]
    await asyncio.gather(*asked)
    assert client.most == 4


async def test_who_waits_too_long_for_a_place_in_the_pool_costs_nobody_the_connection(database: Database) -> None:
    there = collection(database, "http://127.0.0.1:9", name="yinju", seconds=0.05)
    there._client = there._searching = client = Slow(0.0)
    for _ in range(4):
        await there._pool.acquire()
    with pytest.raises(EngineUnavailable, match="too much is asked"):
        await there.search({1: 1.0}, limit=1, where="")
    await there.ready()  # it takes no place
    there._pool.release()
    assert await there.search({1: 1.0}, limit=1, where="") == []
    assert there._client is client


async def test_every_call_has_a_time_limit(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: dict[str, float | None] = {}

    class Noted:
        def __init__(self, client: Any) -> None:
            self._noted = client

        def __getattr__(self, name: str) -> Any:
            method = getattr(self._noted, name)

            def call(*given: Any, **named: Any) -> Any:
                calls[name] = named.get("timeout")
                return method(*given, **named)

            return call

    real = pymilvus()
    noted = SimpleNamespace(
        MilvusClient=lambda **options: Noted(real.MilvusClient(**options)),
        AsyncMilvusClient=lambda **options: Noted(real.AsyncMilvusClient(**options)),
    )
    monkeypatch.setattr(milvus_client, "pymilvus", lambda: noted)
    await setting.add(A, "桥", "路")
    assert await setting.found("桥") == [f"{A}-1"]
    await setting.there.close()
    assert await setting.engine.look_over(mend=True) == []
    await setting.there.strangers([])
    await setting.engine.remove(A)
    await setting.engine.discard()
    local = {"create_schema", "prepare_index_params", "close"}
    assert {calls[name] for name in calls.keys() - local} == {10}
    assert len(calls) >= 15


async def test_a_collection_that_is_gone_is_filled_before_the_next_question(setting: Setting) -> None:
    await setting.add(A, "桥", "路", "田")
    serving = _as_new(setting)
    await serving.catch_up()
    for index in (serving, _as_new(setting)):
        await setting.there.discard()
        await index.catch_up()
        assert await setting.found("桥") == [f"{A}-1"]


async def test_a_collection_that_goes_under_a_question_is_no_empty_answer(setting: Setting) -> None:
    await setting.add(A, "桥", "路", "田")
    await setting.there.discard()
    with pytest.raises(EngineUnavailable, match="lost its collection"):
        await setting.found("桥")
    assert await setting.engine.reports() == frozenset()
    assert (await setting.engine.statistics(["桥"])).passages == 0
    await setting.engine.add(A, _bags(A, {A: ["桥", "路", "田"]}))
    assert await setting.found("桥") == [f"{A}-1"]


async def test_a_collection_of_another_store_is_left_alone(setting: Setting, tmp_path: Path) -> None:
    await setting.add(A, "桥", "路", "田")
    async with Database(tmp_path / "other.sqlite3") as other:
        there = collection(other, setting.there.uri, name=setting.name)
        async with aclosing(MilvusRetriever(collection=there, ledger=Ledger(other))) as engine:
            with pytest.raises(EngineError, match="belongs to another data directory"):
                await engine.add(B, _bags(B, {B: ["桥"]}))
    assert await setting.there.count() == 3


async def test_a_collection_of_another_version_is_made_anew(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    await setting.add(A, "桥", "路", "田")
    client = pymilvus().MilvusClient(setting.there.uri)
    client.drop_collection(setting.name)
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("stamp", DataType.INT64)
    schema.add_field("report", DataType.VARCHAR, max_length=64)
    schema.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
    index = client.prepare_index_params()
    index.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    client.create_collection(setting.name, schema=schema, index_params=index, consistency_level="Strong")
    plate = {"id": 0, "stamp": 0, "report": await setting.ledger.name(), "terms": {0: 1.0}}
    client.upsert(setting.name, [plate])
    client.close()
    await setting.there.close()
    await _as_new(setting).catch_up()
    assert "made anew" in caplog.text
    assert await setting.found("桥") == [f"{A}-1"]


async def test_passages_of_other_years_or_units_than_were_sent_are_noticed_and_mended(setting: Setting) -> None:
    entries = [Entry(PassageId(f"{A}-1"), ["桥", "y:2014"], frozenset({2014}), frozenset({"甲"}))]
    await store(setting.reports, A, entries)
    await setting.engine.add(A, entries)
    assert await setting.engine.look_over(mend=False) == []
    (version,), picture = await setting.ledger.versions(), await setting.ledger.picture(["桥", "y:2014"])
    held = (await setting.there.read([(version.stamp << 22) | 1]))[(version.stamp << 22) | 1]
    weights = {picture.numbers[term]: held["terms"][picture.numbers[term]] for term in ("桥", "y:2014")}
    await setting.there.send([Row((version.stamp << 22) | 1, version.stamp, A, weights, frozenset({2015}))])
    assert await setting.engine.look_over(mend=True) == [(A, "its passages are not in Milvus as they were sent")]
    assert await setting.engine.look_over(mend=False) == []
    assert await setting.found("桥", scope=Scope(years=frozenset({2014}), units=frozenset({"甲"}))) == [f"{A}-1"]


def test_a_file_of_variables_beside_the_program_reaches_no_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("YINJU_RETRIEVAL__ENGINE=milvus\nOTHER=1\n", "utf-8")
    program = (
        "import os; before = dict(os.environ)\n"
        "from corpus.retrieval.milvus_schema import pymilvus\n"
        "pymilvus().MilvusClient; assert dict(os.environ) == before"
    )
    root = str(Path(milvus_client.__file__).parents[2])
    # Given as text a program has no file, and then the variables are looked for where it runs.
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, env=os.environ | {"PYTHONPATH": root})


def test_a_missing_package_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(milvus_client, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"pip install 'yinju\[milvus\]'"):
        collection(Database(tmp_path / "x"), "http://127.0.0.1:19530", name="yinju")


def _as_new(setting: Setting) -> Index:
    """Follow the store as a program does that has just started."""
    return Index(feed=setting.feed, retriever=setting.engine)


def _bags(report: ReportId, texts: dict[ReportId, list[str]]) -> list[Entry]:
    return [Entry(PassageId(f"{report}-{n}"), text.split()) for n, text in enumerate(texts[report], start=1)]
