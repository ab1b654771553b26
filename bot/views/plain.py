"""Answers, passages and reports as JSON and as plain text, for the command line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from corpus.citing import citation
from corpus.model import Answer, Fact, Noise, Passage, Quote, Report, Span
from corpus.store import Holding

if TYPE_CHECKING:  # what reads files takes a while to load
    from corpus.ingest import IngestResult

# What moves a terminal's cursor, writes its title or fills its clipboard, as signs that show where it stood.
_SIGNS = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: 0x2421}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
)
# The same, as far as JSON does not escape it itself, and halves of pairs, which no UTF-8 can hold.
_RAW = re.compile("[\x7f-\x9f\ud800-\udfff]")


def printed(words: object) -> str:
    """Show words that are not ours so that they command no terminal: a sign for each control character."""
    return str(words).translate(_SIGNS)


def in_a_line(message: object) -> str:
    """Show a message in one line, whatever names stand in it; unlike a name it keeps its length."""
    return "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in str(message))


def written(values: object, *, indent: int | None = None) -> str:
    """Write values as JSON, which commands no terminal either."""
    return _RAW.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(values, ensure_ascii=False, indent=indent))


def answer(shown: Answer, *, id: str | None = None) -> dict[str, Any]:  # noqa: A002 - the field's name in the contract
    """Put an answer into the form that other programs rely on."""
    return {
        "id": id,
        "question": shown.question,
        "interpreted": shown.interpreted,
        "verdict": shown.verdict,
        "confidence": round(shown.confidence, 4),
        "missing_terms": list(shown.missing_terms),
        "quotes": [_quote(quote, rank) for rank, quote in enumerate(shown.quotes, 1)],
        "nearest": [{"heading": near.heading, "passage_id": near.passage_id} for near in shown.nearest],
        "meant": list(shown.meant),
        "took_ms": round(shown.took_ms, 2),
    }


def passage(shown: Passage) -> dict[str, Any]:
    """Put a passage and where it stands into JSON values."""
    return {
        "passage_id": shown.id,
        "passage": shown.text,
        "report": report(shown.report),
        "article": {"title": shown.article.title, "unit": shown.article.unit, "number": shown.article.number},
        "section": list(shown.section),
        "paragraph": shown.paragraph,
        "page": shown.page,
        "source_span": _span(shown.span),
        "citation": citation(shown),
    }


def report(shown: Report) -> dict[str, Any]:
    """Put what is known of a report into JSON values."""
    return {
        "id": shown.id,
        "file": shown.file,
        "title": shown.title,
        "publisher": shown.publisher,
        "published": shown.published,
        "year": shown.year,
        "number": shown.number,
        "place": shown.place,
    }


def holding(shown: Holding) -> dict[str, Any]:
    """Put a report and its counts into JSON values."""
    return {
        **report(shown.report),
        "articles": shown.articles,
        "passages": shown.passages,
        "characters": shown.characters,
        "noise_characters": shown.noise_characters,
    }


def fact(shown: Fact) -> dict[str, Any]:
    """Put a fact and where it was read into JSON values."""
    return {
        "field": shown.field,
        "value": shown.value,
        "origin": shown.origin,
        "article": shown.article or None,
        "source_span": _span(shown.span) if shown.span else None,
    }


def noise(shown: Noise) -> dict[str, Any]:
    """Put a piece of noise into JSON values."""
    return {
        "line": shown.line,
        "characters": _span(shown.span),
        "rule": shown.rule,
        "text": shown.text,
    }


def ingested(result: IngestResult) -> dict[str, Any]:
    """Put what became of a file into JSON values."""
    return {
        "file": result.file,
        "status": result.status,
        "report": result.report,
        "title": result.title,
        "articles": result.articles,
        "passages": result.passages,
        "characters": result.characters,
        "noise_characters": result.noise_characters,
        "duplicates": result.duplicates,
        "seconds": round(result.seconds, 4),
        "error": result.error,
        "warnings": list(result.warnings),
    }


def _quote(quote: Quote, rank: int) -> dict[str, Any]:
    return {
        "rank": rank,
        "score": round(quote.score, 6),
        "text": quote.text,
        "answer": _span(quote.answer),
        "highlights": [_span(span) for span in quote.highlights],
        "redacted": quote.redacted,
        **passage(quote.passage),
        "also_in": [{"passage_id": other.id, "citation": citation(other)} for other in quote.also_in],
    }


def _span(span: Span) -> list[int]:
    return [span.start, span.end]
