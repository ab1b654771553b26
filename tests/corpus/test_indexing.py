"""The index follows the store, and is compared with it where it may have to."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from corpus.indexing import Index
from corpus.model import Article, Parsed, Passage, PassageId, Query, Report, ReportId, Span, Term
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder
from corpus.store import Database, Feed, Reports

A, B = "a" * 64, "b" * 64


def report(digest: str) -> Parsed:
    described = Report(ReportId(digest[:12]), f"{digest[0]}.txt", "修桥", None, None, None, None, None)
    article = Article(1, "修桥", None)
    passage = Passage(PassageId(f"{described.id}-1"), described, article, (), 1, "修桥", (Span(0, 2),))
    return Parsed(described, (article,), (), (passage,), (), "修桥")


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[tuple[Reports, Index, EmbeddedRetriever]]:
    folder = Folder(home / "index", maker="a")
    async with Database(home / "store") as database, EmbeddedRetriever(folder) as retriever:
        yield Reports(database), Index(feed=Feed(database), retriever=retriever), retriever


async def add(reports: Reports, digest: str) -> None:
    await reports.add(report(digest), [["桥"]], digest=digest, analyzer="a")


async def found(index: Index, retriever: EmbeddedRetriever) -> list[str]:
    await index.catch_up()
    return [hit.passage_id for hit in await retriever.retrieve(Query("", "", (Term("桥"),)), limit=9)]


async def test_where_nothing_has_come_or_gone_since_the_last_run_nothing_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (reports, index, _):
        await add(reports, A)
        await index.settle()
    async with opened(tmp_path) as (reports, index, retriever):
        with monkeypatch.context() as patched:
            patched.delattr(Feed, "moments")
            patched.delattr(Feed, "entries")
            assert await found(index, retriever) == ["aaaaaaaaaaaa-1"]
        await add(reports, B)
        await reports.remove(ReportId(A[:12]))
        assert await found(index, retriever) == ["bbbbbbbbbbbb-1"]
        with monkeypatch.context() as patched:  # it has been compared once: now only what was touched is looked at
            patched.delattr(Feed, "moments")
            await add(reports, A)
            assert await found(index, retriever) == ["aaaaaaaaaaaa-1", "bbbbbbbbbbbb-1"]
            await reports.remove(ReportId(A[:12]))
            assert await found(index, retriever) == ["bbbbbbbbbbbb-1"]
    async with opened(tmp_path) as (_, index, retriever):
        assert await found(index, retriever) == ["bbbbbbbbbbbb-1"]


async def test_a_store_that_was_put_back_is_compared_however_many_reports_came_and_went(tmp_path: Path) -> None:
    async with opened(tmp_path) as (reports, index, _):
        await add(reports, A)
        await index.settle()
    with sqlite3.connect(tmp_path / "store") as store, sqlite3.connect(tmp_path / "backup") as backup:
        store.backup(backup)
    store.close()
    backup.close()
    async with opened(tmp_path) as (reports, index, retriever):
        await reports.remove(ReportId(A[:12]))
        assert await found(index, retriever) == []
    (tmp_path / "backup").replace(tmp_path / "store")
    async with opened(tmp_path) as (reports, index, retriever):
        await add(reports, B)
        await reports.remove(ReportId(B[:12]))
        assert await found(index, retriever) == ["aaaaaaaaaaaa-1"]


async def test_what_another_program_writes_is_not_indexed_in_vain(tmp_path: Path) -> None:
    async with opened(tmp_path) as (reports, index, first), opened(tmp_path) as (_, other, second):
        await add(reports, A)
        assert await found(index, first) == ["aaaaaaaaaaaa-1"]
        await index.settle()
        await other.settle()
        assert await second.reports() == frozenset()
        assert await found(other, second) == ["aaaaaaaaaaaa-1"]
