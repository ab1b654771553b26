"""A program that serves many from a large library takes the compiled scan, if it is there and finds the same."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.model import Entry, PassageId, Query, ReportId, Term
from corpus.retrieval import compiled, compiling, embedded, scan
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder

BRIDGE = Query("", "", (Term("桥"), Term("路")))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call three passages a large library, and three questions many."""
    monkeypatch.setattr(embedded, "_WORTHWHILE", 2)
    monkeypatch.setattr(embedded, "_OFTEN", 3)


async def filled(retriever: EmbeddedRetriever) -> None:
    name = ReportId("a" * 12)
    bags = [["桥", "路", "桥"], ["路"], ["田"]]
    await retriever.add(name, [Entry(PassageId(f"{name}-{n}"), bag) for n, bag in enumerate(bags, 1)])


async def asked(retriever: EmbeddedRetriever, times: int) -> list[list[tuple[str, float]]]:
    """Ask and wait for what that set going behind the scenes."""
    found = [await retriever.retrieve(BRIDGE, limit=3) for _ in range(times)]
    if retriever._hastening is not None:
        await retriever._hastening
    return [[(hit.passage_id, hit.score) for hit in hits] for hits in found]


async def test_a_program_that_is_asked_often_goes_over_to_the_compiled_scan() -> None:
    retriever = EmbeddedRetriever()
    await filled(retriever)
    before = await asked(retriever, 2)
    assert retriever._scan is scan.best
    await asked(retriever, 1)
    assert retriever._scan is compiled.best
    assert await asked(retriever, 2) == before


async def test_a_small_library_is_searched_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_WORTHWHILE", 5)
    retriever = EmbeddedRetriever()
    await filled(retriever)
    await asked(retriever, 5)
    assert retriever._scan is scan.best


async def test_where_it_is_not_installed_nothing_is_missed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiling, "find_spec", lambda name: None)
    retriever = EmbeddedRetriever()
    await filled(retriever)
    assert len({str(one) for one in await asked(retriever, 5)}) == 1
    assert retriever._scan is scan.best
    assert not caplog.records


async def test_where_it_cannot_be_made_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    retriever = EmbeddedRetriever()
    await filled(retriever)
    await asked(retriever, 5)
    assert retriever._scan is scan.best
    assert [record.getMessage() for record in caplog.records] == [
        "the compiled scan could not be made (exit code 3); questions are answered without it"
    ]


async def test_a_broken_installation_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    retriever = EmbeddedRetriever()
    await filled(retriever)
    await asked(retriever, 5)
    assert retriever._scan is scan.best
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "questions are answered without it" in record.getMessage()


async def test_one_that_finds_other_passages_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(*args: Any, **options: Any) -> tuple[Any, Any]:
        places, scores = scan.best(*args, **options)
        return places, np.nextafter(scores, 0)

    async def loaded() -> Any:
        return wrong

    monkeypatch.setattr(embedded, "compiled_scan", loaded)
    retriever = EmbeddedRetriever()
    await filled(retriever)
    await asked(retriever, 5)
    assert retriever._scan is scan.best
    assert "finds other passages" in caplog.text


async def test_closing_does_not_wait_for_the_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    started: asyncio.Future[asyncio.subprocess.Process] = asyncio.get_running_loop().create_future()
    start = asyncio.create_subprocess_exec

    async def noted(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        started.set_result(await start(*args, **options))
        return await started

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    async with EmbeddedRetriever(Folder(tmp_path / "index", maker="a")) as retriever:
        await filled(retriever)
        for _ in range(3):
            await retriever.retrieve(BRIDGE, limit=3)
        child = await started
        assert child.returncode is None
    assert child.returncode is not None


def test_the_compiler_is_told_nothing_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nenv > {told}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "4242:secret")
    assert asyncio.run(compiling.compiled_scan()) is None
    assert "PYTHONPATH" in told.read_text()
    assert "secret" not in told.read_text()
