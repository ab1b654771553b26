"""An answer as it is kept, and back again: places in passages, never their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.model import Answer, Nearest, Passage, PassageId, Quote, Span, Verdict


def to_body(answer: Answer, *, scope: Sequence[str] = (), language: str = "zh-CN") -> dict[str, Any]:
    """Write down what is needed to show *answer* again, as JSON values.

    *scope* are the titles of the reports it was looked up in, where these were chosen; *language* is the reader's.
    """
    return {
        "scope": list(scope),
        "language": language,
        "interpreted": answer.interpreted,
        "confidence": answer.confidence,
        "missing": list(answer.missing_terms),
        "meant": list(answer.meant),
        "nearest": [[near.heading, near.passage_id] for near in answer.nearest],
        "quotes": [
            {
                "passage": quote.passage.id,
                "score": quote.score,
                "start": quote.start,
                "length": len(quote.text),
                "answer": [quote.answer.start, quote.answer.end],
                "highlights": [[span.start, span.end] for span in quote.highlights],
                "redacted": quote.redacted,
                "also_in": [passage.id for passage in quote.also_in],
            }
            for quote in answer.quotes
        ],
    }


def passage_ids(body: Mapping[str, Any]) -> list[PassageId]:
    """Name the passages that a kept answer quotes or points to, each once."""
    quotes = body["quotes"]
    return list(dict.fromkeys(PassageId(p) for quote in quotes for p in (quote["passage"], *quote["also_in"])))


def from_body(question: str, verdict: Verdict, body: Mapping[str, Any], passages: Sequence[Passage]) -> Answer:
    """Put a kept answer together again from the passages as they are now.

    Quotes of passages that are not among *passages* are left out: their text has changed.
    """
    held = {passage.id: passage for passage in passages}
    return Answer(
        question=question,
        interpreted=body["interpreted"],
        verdict=verdict,
        confidence=body["confidence"],
        missing_terms=tuple(body["missing"]),
        quotes=tuple(_quote(kept, held) for kept in body["quotes"] if kept["passage"] in held),
        # Answers kept before there was such a thing have none.
        meant=tuple(body.get("meant", ())),
        nearest=tuple(Nearest(heading, PassageId(passage_id)) for heading, passage_id in body["nearest"]),
    )


def _quote(kept: Mapping[str, Any], held: Mapping[PassageId, Passage]) -> Quote:
    passage, start = held[kept["passage"]], kept["start"]
    return Quote(
        passage=passage,
        score=kept["score"],
        text=passage.text[start : start + kept["length"]],
        start=start,
        answer=Span(*kept["answer"]),
        highlights=tuple(Span(*span) for span in kept["highlights"]),
        redacted=kept["redacted"],
        also_in=tuple(held[passage_id] for passage_id in kept["also_in"] if passage_id in held),
    )
