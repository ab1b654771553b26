"""Quote a passage: find the sentence that answers, and cut it out with its neighbours, to the character."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.analysis import Analyzer, Folded
from corpus.model import Passage, Query, Quote, Span

# Closing quotes and brackets belong to the sentence they close. A full stop of ASCII is none: 3.5%, S4.2, 1.
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?…]+[”’\"』」》〉）)\]】〕]*|$)", re.DOTALL)
_CLAUSE = re.compile(r"[^，；：、,;:]*(?:[，；：、,;:]+[”’』」》）)\]】]*|$)", re.DOTALL)
_REDACTION = re.compile(r"\*+|[xXｘＸ×]{2,}|[○〇●◯]{2,}|[xXｘＸ×○](?=[省市县区镇乡村局委名个人])|＊+|某某")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold a sentence of a passage: its place in the passage's text, and itself as it is compared."""

    span: Span
    folded: Folded


def split_sentences(text: str) -> list[Span]:
    """Split *text* into sentences, end to end: together they are the whole text."""
    return [Span(*match.span()) for match in _SENTENCE.finditer(text) if match.end() > match.start()]


def sentences(passage: Passage, analyzer: Analyzer) -> list[Sentence]:
    """Split a passage into sentences and fold each."""
    return [Sentence(span, analyzer.fold(span.of(passage.text))) for span in split_sentences(passage.text)]


def needle(term: str) -> str:
    """Give the characters a term stands for: ``b:汉字`` stands for 汉字, ``y:2014`` for none."""
    if term[1:2] != ":":
        return term
    return term[2:] if term[0] in "ub" else ""


def occurrences(term: str, folded: str) -> list[tuple[int, int]]:
    """Find a term's characters in a folded text; a run of Latin letters or digits only where it stands alone."""
    text = needle(term)
    if not text:
        return []
    if text.isascii():
        pattern = rf"(?<![a-z0-9])(?<![0-9]\.){re.escape(text)}(?![a-z0-9]|\.[0-9])"
        return [match.span() for match in re.finditer(pattern, folded)]
    found, start = [], folded.find(text)
    while start >= 0:
        found.append((start, start + len(text)))
        start = folded.find(text, start + 1)
    return found


def coverages(query: Query, split: Sequence[Sentence]) -> list[float]:
    """Say for each sentence how much of the question it covers, 0 to 1, terms weighed by their rarity in the passage.

    A term that every sentence holds says nothing about which of them answers: its idf is taken within the passage.
    """
    weights: dict[str, float] = {}
    for asked in query.terms:
        weights[asked.text] = max(weights.get(asked.text, 0.0), asked.weight)
    holds = {term: [bool(occurrences(term, sentence.folded.text)) for sentence in split] for term in weights}
    total, covered = 0.0, [0.0] * len(split)
    for term, weight in weights.items():
        held = sum(holds[term])
        if not held:
            continue
        mass = weight * math.log1p((len(split) - held + 0.5) / (held + 0.5))
        total += mass
        for n, here in enumerate(holds[term]):
            covered[n] += mass * here
    return [mass / total if total else 0.0 for mass in covered]


def best(scores: Sequence[float]) -> int:
    """Name the first of the highest *scores*."""
    return max(range(len(scores)), key=lambda n: (scores[n], -n))


def quote(passage: Passage, query: Query, *, score: float, analyzer: Analyzer, max_chars: int = 300) -> Quote:
    """Quote *passage* for *query*: the answering sentence is marked, neighbours stand around it while there is room.

    The text is verbatim and contiguous in the passage, at most *max_chars* long; of a longer sentence the clauses
    around the best one are quoted.
    """
    split = sentences(passage, analyzer)
    if not split:
        return Quote(passage, score, passage.text[:max_chars], 0, Span(0, 0), ())
    chosen = best(coverages(query, split))
    answer = _trimmed(passage.text, _shortened(passage.text, query, split[chosen], analyzer, max_chars))
    window = _window(answer, [sentence.span for sentence in split], chosen, max_chars)
    window = _trimmed(passage.text, window)
    highlights = merged(
        Span(max(span.start, window.start) - window.start, min(span.end, window.end) - window.start)
        for sentence in split
        for span in _marks(query, sentence)
        if span.end > window.start and span.start < window.end
    )
    return Quote(
        passage=passage,
        score=score,
        text=window.of(passage.text),
        start=window.start,
        answer=Span(answer.start - window.start, answer.end - window.start),
        highlights=highlights,
        redacted=bool(_REDACTION.search(answer.of(passage.text))),
    )


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Put spans in order and make one of those that overlap or touch; empty ones go."""
    whole: list[Span] = []
    for span in sorted(span for span in spans if span.end > span.start):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return tuple(whole)


def _marks(query: Query, sentence: Sentence) -> list[Span]:
    """Find the question's words and pairs in a sentence, as spans of the passage's text."""
    folded, first = sentence.folded, sentence.span.start
    marks = []
    for term in dict.fromkeys(term.text for term in query.terms):
        text = needle(term)
        # A lone character is found everywhere; marking it would be noise.
        if len(text) > 1 or text.isascii():
            for start, end in occurrences(term, folded.text):
                span = folded.span(start, end)
                marks.append(Span(span.start + first, span.end + first))
    return marks


def _window(answer: Span, spans: Sequence[Span], chosen: int, max_chars: int) -> Span:
    """Grow *answer* by whole sentences, the next first and the one before it in turn, while *max_chars* allow."""
    start, end = answer.start, answer.end
    before, after = chosen - 1, chosen + 1
    if len(answer) < len(spans[chosen]) - 2:  # a shortened sentence stands alone
        return answer
    while before >= 0 or after < len(spans):
        grown = False
        if after < len(spans) and spans[after].end - start <= max_chars:
            end, after, grown = spans[after].end, after + 1, True
        if before >= 0 and end - spans[before].start <= max_chars:
            start, before, grown = spans[before].start, before - 1, True
        if not grown:
            break
    return Span(start, end)


def _shortened(text: str, query: Query, sentence: Sentence, analyzer: Analyzer, max_chars: int) -> Span:
    """Give the whole sentence where it fits, else the clauses around the one that covers most of the question."""
    if len(sentence.span) <= max_chars:
        return sentence.span
    first = sentence.span.start
    clauses = [
        Sentence(Span(first + match.start(), first + match.end()), analyzer.fold(match.group()))
        for match in _CLAUSE.finditer(sentence.span.of(text))
        if match.group()
    ]
    chosen = best(coverages(query, clauses))
    spans = [clause.span for clause in clauses]
    if len(spans[chosen]) > max_chars:
        return Span(spans[chosen].start, spans[chosen].start + max_chars)
    return _window(spans[chosen], spans, chosen, max_chars)


def _trimmed(text: str, span: Span) -> Span:
    """Leave blanks at both ends out."""
    inside = span.of(text)
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.start + len(inside.rstrip())))
