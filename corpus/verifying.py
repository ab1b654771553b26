"""Proving what is held: the store against itself, the index against the store, every quotation against its source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from corpus.bootstrap import Library
from corpus.errors import EngineError
from corpus.model import ReportId


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what came of one proof: how many things were looked at, and what is *wrong*, a line each."""

    name: str
    looked_at: int
    wrong: tuple[str, ...] = ()


async def verify(library: Library, *, mend: bool = False) -> AsyncIterator[Finding]:
    """Prove the store, the index and the quotations, one after the other; a quotation is proved with its noise.

    To *mend* is to index anew what the index does not hold as the store does.
    """
    yield Finding("store", 1, tuple(await library.database.check()))
    held = [one.report for one in await library.reports.holdings()]
    yield await _index(library, {one.id: one.file for one in held}, mend=mend)
    passages, altered = 0, list[str]()
    for report in held:
        source = await library.reports.source(report.id)
        own = await library.passages.of_report(report.id)
        passages += len(own)
        altered += [
            f"{report.file}: passage {one.id}"
            for one in own
            if one.text != "".join(piece.of(source) for piece in one.pieces)
        ]
        altered += [
            f"{report.file}: noise in line {one.line}"
            for one in await library.reports.noise(report.id)
            if one.text != one.span.of(source)
        ]
    yield Finding("quotations", passages, tuple(altered))


async def _index(library: Library, files: Mapping[ReportId, str], *, mend: bool) -> Finding:
    try:
        wrong = await library.index.differences(mend=mend)
    except EngineError as error:
        return Finding("index", 0, (str(error),))
    return Finding("index", len(files), tuple(f"{files.get(one, one)}: {what}".lstrip(": ") for one, what in wrong))
