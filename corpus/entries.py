"""What an engine is given of a passage, made from what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.bags import Bag
from corpus.model import Entry, Passage, PassageId
from corpus.years import told_years


def entry(passage_id: PassageId, terms: Sequence[str], *, published: str | None, units: Iterable[str | None]) -> Entry:
    """Make the entry of a passage from its bag, as ``Analyzer.report_terms`` made it.

    *published* is as in ``Report``; of *units* those that are not known are left out.
    """
    year = (published or "")[:4]
    when = {int(year)} if year.isascii() and year.isdigit() else set()
    words = terms.words if isinstance(terms, Bag) else terms  # years are no runs, which need not be written out
    return Entry(passage_id, terms, told_years(words) | when, frozenset(filter(None, units)))


def entries(passages: Sequence[Passage], bags: Sequence[Sequence[str]]) -> list[Entry]:
    """Make the entries of *passages* from their bags."""
    return [
        entry(
            one.id,
            bag,
            published=one.report.published,
            units=(one.article.unit, one.report.publisher, one.report.place),
        )
        for one, bag in zip(passages, bags, strict=True)
    ]
