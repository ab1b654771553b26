"""Index files only spare work: whatever is wrong with them, the store is asked, and the log says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.layers import load
from corpus.bootstrap import open_library
from corpus.model import Entry, PassageId, Query, ReportId, Term
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder

A, B = ReportId("aaaaaaaaaaaa"), ReportId("bbbbbbbbbbbb")


def engine(path: Path, *, maker: str = "a", large: int = 1 << 20) -> EmbeddedRetriever:
    return EmbeddedRetriever(Folder(path, maker=maker), large=large)


def files(path: Path) -> list[Path]:
    return list(path.glob("*.part"))


async def add(retriever: EmbeddedRetriever, name: ReportId, *texts: str) -> None:
    await retriever.add(name, [Entry(PassageId(f"{name}-{n}"), text.split()) for n, text in enumerate(texts, 1)])
    retriever.moments = {**retriever.moments, name: 1.5}


async def found(retriever: EmbeddedRetriever, term: str) -> list[str]:
    return [hit.passage_id for hit in await retriever.retrieve(Query("", "", (Term(term),)), limit=9)]


async def written(path: Path) -> Path:
    async with engine(path) as retriever:
        await add(retriever, A, "桥 路", "渠", "田")
        await add(retriever, B, "桥", "塔")
    (part,) = files(path)
    return part


async def test_what_was_indexed_is_found_by_the_next_run_with_its_moments(tmp_path: Path) -> None:
    await written(tmp_path)
    async with engine(tmp_path) as retriever:
        assert await found(retriever, "桥") == [f"{B}-1", f"{A}-1"]
        assert await retriever.reports() == {A, B}
        assert retriever.moments == {A: 1.5, B: 1.5}


async def test_a_run_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    part = await written(tmp_path)
    before = part.stat().st_mtime_ns, (tmp_path / "manifest.json").stat().st_mtime_ns
    async with engine(tmp_path) as retriever:
        await found(retriever, "桥")
    assert (part.stat().st_mtime_ns, (tmp_path / "manifest.json").stat().st_mtime_ns) == before


async def test_a_report_that_was_removed_stays_removed(tmp_path: Path) -> None:
    await written(tmp_path)
    async with engine(tmp_path) as retriever:
        await retriever.remove(A)
    async with engine(tmp_path) as retriever:
        assert await found(retriever, "桥") == [f"{B}-1"]
        counted = await retriever.statistics(["桥", "渠"])
        assert (counted.passages, counted.average_length, counted.frequencies) == (2, 1.0, {"桥": 1, "渠": 0})


async def nothing_is_read(path: Path, caplog: pytest.LogCaptureFixture, why: str, *, maker: str = "a") -> None:
    async with engine(path, maker=maker) as retriever:
        assert await retriever.reports() == frozenset()
        assert await found(retriever, "桥") == []
        assert why in caplog.text
        assert "made anew" in caplog.text
        await add(retriever, A, "桥")
    async with engine(path, maker=maker) as retriever:
        assert await found(retriever, "桥") == [f"{A}-1"]
    assert len(files(path)) == 1


async def test_a_file_that_was_cut_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    part = await written(tmp_path)
    part.write_bytes(part.read_bytes()[:-4096])
    await nothing_is_read(tmp_path, caplog, "bytes instead of")


@pytest.mark.parametrize("place", [0, -300, -20, -1])
async def test_a_file_with_one_other_byte_is_not_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, place: int
) -> None:
    part = await written(tmp_path)
    content = bytearray(part.read_bytes())
    content[place] ^= 1
    part.write_bytes(content)
    await nothing_is_read(tmp_path, caplog, part.name)


async def test_a_file_that_is_missing_is_missed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (await written(tmp_path)).unlink()
    await nothing_is_read(tmp_path, caplog, ".part")


@pytest.mark.parametrize("manifest", [b"", b"{", b"[]", b'{"format": 1}'])
async def test_a_manifest_that_is_torn_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, manifest: bytes
) -> None:
    await written(tmp_path)
    (tmp_path / "manifest.json").write_bytes(manifest)
    await nothing_is_read(tmp_path, caplog, "the index is made anew")


async def test_what_another_analyzer_made_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await written(tmp_path)
    await nothing_is_read(tmp_path, caplog, "another analyzer", maker="b")


async def test_parts_joined_in_the_background_lie_in_one_file_without_what_went(tmp_path: Path) -> None:
    async with engine(tmp_path, large=0) as retriever:
        for n in range(30):
            await add(retriever, ReportId(f"{n:012x}"), "桥 路", f"桥 词{n}")
        await retriever.remove(ReportId(f"{3:012x}"))
        assert len(await found(retriever, "桥")) == 9
        assert await found(retriever, "词3") == []
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert len(told["parts"]) < 8
    assert sorted(part["file"] for part in told["parts"]) == sorted(path.name for path in files(tmp_path))
    async with engine(tmp_path) as retriever:
        assert len(await retriever.reports()) == 29
        assert await found(retriever, "词4") == [f"{4:012x}-2"]


async def test_of_two_programs_one_writes_and_both_search(tmp_path: Path) -> None:
    async with engine(tmp_path) as first, engine(tmp_path) as second:
        await add(first, A, "桥", "路")
        await add(second, A, "桥", "路")
        await add(second, B, "渠")
        await first.__aexit__(None, None, None)
        assert await found(second, "渠") == [f"{B}-1"]
    async with engine(tmp_path) as third:
        assert await third.reports() == {A, B}


async def test_a_program_whose_files_another_dropped_writes_them_again(tmp_path: Path) -> None:
    await written(tmp_path)
    async with engine(tmp_path) as first:
        async with engine(tmp_path, maker="b") as second:
            await add(second, B, "渠")
        await add(first, ReportId("cccccccccccc"), "塔")
        assert await found(first, "桥") == [f"{B}-1", f"{A}-1"]
    async with engine(tmp_path) as third:
        assert await found(third, "桥") == [f"{B}-1", f"{A}-1"]


async def test_a_disk_that_cannot_be_written_to_costs_the_next_start_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "index").write_bytes(b"")
    async with engine(tmp_path / "index") as retriever:
        await add(retriever, A, "桥")
        assert await found(retriever, "桥") == [f"{A}-1"]
    assert "cannot be written" in caplog.text


async def test_a_large_file_that_was_damaged_is_noticed_while_questions_are_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.retrieval.files._AT_ONCE", 0)
    part = await written(tmp_path)
    async with engine(tmp_path) as retriever:
        assert await retriever.sound()
    content = bytearray(part.read_bytes())
    content[4096] ^= 1
    part.write_bytes(content)
    async with engine(tmp_path) as retriever:
        assert await retriever.reports() == {A, B}
        assert not await retriever.sound()
        assert await retriever.reports() == frozenset()
    assert "made anew" in caplog.text


async def test_an_index_that_was_damaged_is_made_anew_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("corpus.retrieval.files._AT_ONCE", 0)
    settings = load(data_dir=tmp_path)
    async with open_library(settings) as library:
        await library.ingest_samples()
        before = await library.answer("第一议题")
    (part,) = files(tmp_path / "index")
    content = bytearray(part.read_bytes())
    content[part.stat().st_size // 2] ^= 1
    part.write_bytes(content)
    async with open_library(settings) as library:
        await library.index.check()
        after = await library.answer("第一议题")
    assert [quote.passage.id for quote in after.quotes] == [quote.passage.id for quote in before.quotes] != []
    assert "made anew" in caplog.text
