"""What engines are given of a report, read from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from corpus.bags import Bag
from corpus.entries import entry
from corpus.model import Entry, PassageId, ReportId

ENTRIES = (
    "SELECT p.n, p.terms, r.published, a.unit, r.publisher, r.place FROM passages p"
    " JOIN articles a ON a.report = p.report AND a.number = p.article"
    " JOIN reports r ON r.id = p.report WHERE p.report = ? ORDER BY p.n"
)
"""The rows of a report, given by its id, in reading order, from which ``entries`` makes what engines are given."""


def entries(report_id: ReportId, rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Make the entries of a report's passages from the rows of ENTRIES."""
    return [
        entry(PassageId(f"{report_id}-{n}"), Bag(terms), published=published, units=units)
        for n, terms, published, *units in rows
    ]
