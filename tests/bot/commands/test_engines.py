"""Moving to another engine, and proving what it holds, from the command line. On Milvus Lite."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pymilvus import MilvusClient

from bot.__main__ import main
from corpus.errors import EngineUnavailable
from corpus.model import Entry, ReportId
from corpus.retrieval.milvus import MilvusRetriever
from corpus.retrieval.milvus_schema import FIELDS
from tests.support.engines import MilvusServer, milvus_server

Run = Callable[..., tuple[int, str, str]]
ASKED = "石桥村发现了多少个隐患"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Run a Milvus Lite."""
    with milvus_server(tmp_path_factory.mktemp("milvus")) as running:
        yield running


@pytest.fixture
def run(
    data_dir: Path, server: MilvusServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command on the test reports; give the exit code, stdout and stderr."""
    for name in ("YINJU_CONFIG", "YINJU_DATA_DIR", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("YINJU_RETRIEVAL__ENGINE", "embedded")
    monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__URI", server.uri)
    monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__TOKEN", "somebody:a-secret")
    monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__COLLECTION", f"c{abs(hash(data_dir))}")

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["--data-dir", str(data_dir), *map(str, arguments)])
        printed = capsys.readouterr()
        assert "a-secret" not in printed.out + printed.err
        return int(left.value.code or 0), printed.out, printed.err

    return call


@pytest.fixture
def rows(run: Run, server: MilvusServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusClient]:
    """Fill Milvus, make it the engine, and give a client to do to it what should not be done."""
    assert run("reindex", "--engine", "milvus")[0] == 0
    monkeypatch.setenv("YINJU_RETRIEVAL__ENGINE", "milvus")
    client = MilvusClient(server.uri)
    yield client
    client.close()


def answer(out: str) -> dict[str, object]:
    return {key: value for key, value in json.loads(out).items() if key != "took_ms"}


def test_moving_to_milvus_is_one_command_and_one_setting_and_changes_no_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, before, _ = run("ask", ASKED, "--json")
    code, _, said = run("reindex", "--engine", "milvus")
    assert code == 0
    assert said.splitlines() == [
        "3 of 3",
        "yinju: the engine 'milvus' holds all reports",
        "to answer from it, set retrieval.engine = 'milvus' and start again",
    ]
    monkeypatch.setenv("YINJU_RETRIEVAL__ENGINE", "milvus")
    monkeypatch.setattr(MilvusRetriever, "add", None)  # all is there already
    _, after, _ = run("ask", ASKED, "--json")
    assert answer(before) == answer(after)
    assert run("verify")[0] == 0


def test_a_move_that_was_cut_goes_on_where_it_was(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add, added = MilvusRetriever.add, list[ReportId]()

    async def cut(self: MilvusRetriever, report_id: ReportId, passages: Sequence[Entry]) -> None:
        if len(added) == 2:
            raise EngineUnavailable("cut")
        await add(self, report_id, passages)
        added.append(report_id)

    with monkeypatch.context() as patch:
        patch.setattr(MilvusRetriever, "add", cut)
        assert run("reindex", "--engine", "milvus")[0] == 1
    code, _, said = run("reindex", "--engine", "milvus")
    assert (code, said.splitlines()[0]) == (0, "1 of 1")


@pytest.mark.parametrize("harm", ["some are lost", "some are left over", "some are changed"])
def test_verify_finds_what_milvus_does_not_hold_as_the_store_does_and_mends_it(
    run: Run, rows: MilvusClient, harm: str
) -> None:
    name = os.environ["YINJU_RETRIEVAL__MILVUS__COLLECTION"]
    held = rows.query(name, filter="id != 0", output_fields=list(FIELDS), limit=100)
    if harm == "some are lost":
        rows.delete(name, ids=[row["id"] for row in held[:2]])
    elif harm == "some are left over":
        rows.upsert(name, [{**row, "id": (7 << 22) | n, "stamp": 7} for n, row in enumerate(held[:3], start=1)])
    else:
        firsts = {row["stamp"]: row for row in reversed(held)}.values()
        rows.upsert(name, [{**row, "terms": {1: 1.0}} for row in firsts])
    code, out, _ = run("verify")
    assert code == 1, out
    assert "wrong index: 3 looked at" in out
    # It tells what it mended; what is left over belongs to nobody and goes as soon as it is seen.
    assert run("verify", "--mend")[0] == (harm != "some are left over")
    code, out, _ = run("verify")
    assert code == 0, out
    assert rows.query(name, filter="id != 0", output_fields=["count(*)"])[0]["count(*)"] == len(held)


def test_measuring_a_collection_of_passages_leaves_the_index_in_milvus_alone(
    run: Run, rows: MilvusClient, tmp_path: Path
) -> None:
    name = os.environ["YINJU_RETRIEVAL__MILVUS__COLLECTION"]
    held = rows.query(name, output_fields=["id"], limit=100)
    (tmp_path / "corpus.jsonl").write_text(
        json.dumps({"id": "p", "title": "水利", "text": "发现隐患四十一处。"}), "utf-8"
    )
    asked = {
        "id": "q",
        "text": "隐患多少处",
        "relevant": ["p"],
        "answers": ["四十一处"],
        "answerable": True,
        "split": "a",
    }
    (tmp_path / "queries.jsonl").write_text(json.dumps(asked), "utf-8")
    code, _, said = run("evaluate", "--collection", tmp_path)
    assert code == 0, said
    assert rows.query(name, output_fields=["id"], limit=100) == held


def test_a_milvus_that_has_lost_everything_is_filled_before_it_answers(run: Run, rows: MilvusClient) -> None:
    _, before, _ = run("ask", ASKED, "--json")
    for command in (("ask", ASKED, "--json"), ("reindex",)):
        rows.drop_collection(os.environ["YINJU_RETRIEVAL__MILVUS__COLLECTION"])
        _, out, said = run(*command)
        assert answer(out) == answer(before) if command[0] == "ask" else "3 of 3" in said


def test_a_collection_of_another_store_is_taken_over_only_when_asked(
    run: Run, rows: MilvusClient, data_dir: Path
) -> None:
    (data_dir / "yinju.sqlite3").unlink()
    code, _, said = run("ask", ASKED)
    assert code == 1
    assert "belongs to another data directory" in said
    assert run("reindex", "--engine", "milvus", "--from-scratch", "--yes")[0] == 0
    assert run("verify")[0] == 0


def test_without_the_engine_commands_say_so_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_RETRIEVAL__ENGINE", "milvus")
    monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__URI", "http://127.0.0.1:9")
    monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__TIMEOUT", "1")
    code, _, said = run("ask", ASKED)
    assert code == 1
    assert said.startswith("yinju: the search engine at http://127.0.0.1:9 cannot be used now")
    assert len(said.splitlines()) == 1
    code, out, _ = run("verify")
    assert code == 1
    assert "cannot be used now" in out
