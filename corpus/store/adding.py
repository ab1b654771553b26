"""Write a report down: what its rows hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from corpus.bags import written
from corpus.model import Parsed, Span
from corpus.store.passage_ids import number
from corpus.store.transaction import Transaction


def write(
    transaction: Transaction,
    parsed: Parsed,
    terms: Sequence[str | Sequence[str]],
    *,
    digest: str,
    at: float,
) -> None:
    """Store a report with the *terms* of its passages, within a transaction of the caller's."""
    report = parsed.report
    transaction.execute(
        "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (report.id, digest, report.file, report.title, report.publisher, report.published, report.year,
         report.number, report.place, parsed.text, sum(len(piece.text) for piece in parsed.noise), at),
    )  # fmt: skip
    transaction.executemany(
        "INSERT INTO articles VALUES (?, ?, ?, ?)",
        [(report.id, article.number, article.title, article.unit) for article in parsed.articles],
    )
    transaction.executemany(
        "INSERT INTO headings VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report.id, n, h.text, h.kind, h.level, h.article, h.paragraph, _spans(h.pieces))
            for n, h in enumerate(parsed.headings)
        ],
    )
    transaction.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report.id, number(p.id), p.article.number, _section(p.section), p.paragraph,
             p.text, _spans(p.pieces), p.page, json.dumps(p.part) if p.part else None,
             bag if isinstance(bag, str) else written(bag))
            for p, bag in zip(parsed.passages, terms, strict=True)
        ],
    )  # fmt: skip
    transaction.executemany(
        "INSERT INTO noise VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (report.id, n, piece.rule, piece.span.start, piece.span.end, piece.line, piece.text)
            for n, piece in enumerate(parsed.noise)
        ],
    )
    transaction.executemany(
        "INSERT OR IGNORE INTO coinages VALUES (?, ?, ?)",
        [(report.id, each.word, meaning) for each in parsed.coinages for meaning in each.meanings],
    )


@lru_cache(64)
def _section(headings: tuple[str, ...]) -> str:
    # Remembered: neighbours stand under the same headings.
    return json.dumps(headings, ensure_ascii=False)


def _spans(pieces: Iterable[Span]) -> str:
    # As json.dumps writes whole numbers, in half the time.
    return str([[piece.start, piece.end] for piece in pieces])


def pieces_of(stored: str) -> tuple[Span, ...]:
    """Read spans as they are stored."""
    return tuple(Span(start, end) for start, end in json.loads(stored))
