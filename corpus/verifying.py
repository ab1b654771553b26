"""Proving what is held: the store against itself, the index against the store, every quotation against its source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from corpus.bootstrap import Library


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what came of one proof: how many things were looked at, and what is *wrong*, a line each."""

    name: str
    looked_at: int
    wrong: tuple[str, ...] = ()


async def verify(library: Library) -> AsyncIterator[Finding]:
    """Prove the store, the index and the quotations, one after the other; a quotation is proved with its noise."""
    yield Finding("store", 1, tuple(await library.database.check()))
    held = [one.report for one in await library.reports.holdings()]
    await library.index.catch_up()
    differing = [one.file for one in held if not await library.index.agrees(one.id)]
    yield Finding("index", len(held), tuple(differing))
    passages, altered = 0, list[str]()
    for report in held:
        source = await library.reports.source(report.id)
        own = await library.reports.of_report(report.id)
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
