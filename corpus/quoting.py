"""Quote a passage: find the sentence that answers, and cut it out with its neighbours, to the character."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.analysis import Analyzer
from corpus.model import Query, Quote, Span
from corpus.ranking.marking import mark
from corpus.ranking.matching import Sentence, View, best_sentence, needle, occurrences
from corpus.ranking.weights import Linear

_CLAUSE = re.compile(r"[^，；：、,;:]*(?:[，；：、,;:]+[”’』」》）)\]】]*|$)", re.DOTALL)
_REDACTION = re.compile(r"[*＊]+|[xXｘＸ×]{2,}|[○〇●◯]{2,}|[xXｘＸ×○](?=[省市县区镇乡村街局委名个人])|某某")


def quote(
    view: View, query: Query, marking: Linear, *, analyzer: Analyzer, score: float = 0.0, max_chars: int = 300
) -> Quote:
    """Quote a passage for *query*: the sentence that answers is marked, neighbours stand around it while there is room.

    *marking* weighs what speaks for a sentence. The text is verbatim and contiguous in the passage, at most
    *max_chars* long; of a longer sentence the clauses around the best one are quoted.
    """
    text, split = view.passage.text, view.sentences
    if not split:
        return Quote(view.passage, score, "", 0, Span(0, 0), ())
    chosen = mark(query, split, marking)
    spans = [sentence.span for sentence in split]
    answer = _trimmed(text, _shortened(text, query, spans[chosen], analyzer, max_chars))
    whole = len(spans[chosen]) <= max_chars
    window = _trimmed(text, _window(answer, spans, chosen, max_chars) if whole else answer)
    return Quote(
        passage=view.passage,
        score=score,
        text=window.of(text),
        start=window.start,
        # A sentence of blanks alone is trimmed to nothing, which may lie outside of the trimmed window.
        answer=Span(
            *(min(max(place, window.start), window.end) - window.start for place in (answer.start, answer.end))
        ),
        highlights=_highlights(query, split, window),
        redacted=bool(_REDACTION.search(answer.of(text))),
    )


def _highlights(query: Query, split: Sequence[Sentence], window: Span) -> tuple[Span, ...]:
    """Find the question's words and pairs in the *window* of a passage that is quoted; those that touch are one."""
    asked = dict.fromkeys(needle(term.text) for term in query.terms)
    # A lone character is found everywhere; marking it would be noise.
    needles = [text for text in asked if len(text) > 1 or text.isascii()]
    marked = bytearray(len(window))
    for sentence in split:
        if sentence.span.end > window.start and sentence.span.start < window.end:
            moved = sentence.span.start - window.start
            for text in needles:
                for first, last in occurrences(text, sentence.folded.text):
                    span = sentence.folded.span(first, last)
                    start, end = (min(max(0, place + moved), len(window)) for place in (span.start, span.end))
                    marked[start:end] = b"x" * (end - start)
    return tuple(Span(*run.span()) for run in re.finditer(b"x+", marked))


def _window(answer: Span, spans: Sequence[Span], chosen: int, max_chars: int) -> Span:
    """Grow *answer* by whole sentences, the next first and the one before it in turn, while *max_chars* allow."""
    start, end = answer.start, answer.end
    before, after = chosen - 1, chosen + 1
    while before >= 0 or after < len(spans):
        grown = False
        if after < len(spans) and spans[after].end - start <= max_chars:
            end, after, grown = spans[after].end, after + 1, True
        if before >= 0 and end - spans[before].start <= max_chars:
            start, before, grown = spans[before].start, before - 1, True
        if not grown:
            break
    return Span(start, end)


def _shortened(text: str, query: Query, sentence: Span, analyzer: Analyzer, max_chars: int) -> Span:
    """Give the whole sentence where it fits, else the clauses around the one that answers."""
    if len(sentence) <= max_chars:
        return sentence
    first = sentence.start
    clauses = [
        Sentence(Span(first + match.start(), first + match.end()), analyzer.fold(match.group()))
        for match in _CLAUSE.finditer(sentence.of(text))
        if match.group()
    ]
    chosen = best_sentence(query, clauses)
    spans = [clause.span for clause in clauses]
    if len(spans[chosen]) > max_chars:
        return Span(spans[chosen].start, spans[chosen].start + max_chars)
    return _window(spans[chosen], spans, chosen, max_chars)


def _trimmed(text: str, span: Span) -> Span:
    """Leave blanks at both ends out."""
    inside = span.of(text)
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.start + len(inside.rstrip())))
