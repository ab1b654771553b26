"""The nouns of a question and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.model.reports import Passage, PassageId, ReportId, Span


@dataclass(frozen=True, slots=True)
class Term:
    """Weigh one unit of matching: 1 for a word that was asked, less for one that was inferred from a *word* of it."""

    text: str
    weight: float = 1.0
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """Name a word of a question and what reports may say instead."""

    word: str
    others: tuple[str, ...]


QuestionKind = Literal["number", "when", "who", "which", "list", "how", "why", "what", "headings", "other"]
Phase = Literal["done", "planned"]


@dataclass(frozen=True, slots=True)
class Query:
    """Hold a question as it was asked, as it was understood, and as terms; no terms: nothing to look up.

    *interpreted* is what people are told of how it was understood; *topic* what is left of it without the words that
    it asks with, *words* the words of that, *focus* those of them beside the question word, weighed by nearness.
    *years* and *names* (places and units) bind: an answer about another is none; of names *compared* each may have a
    passage of its own. *reports_of* are the years whose reports are asked. *phase* says whether what was done or what
    was planned is asked. *phrases* must stand in an answer as they are, *excluded* must not; *fields* narrow by
    ``title``, ``unit`` or ``year``, and *barred* are those it must not fit. *several* says that answers of several
    articles are wanted (哪些单位…).
    """

    text: str
    interpreted: str
    terms: tuple[Term, ...]
    kind: QuestionKind = "other"
    topic: str = ""
    words: tuple[str, ...] = ()
    focus: tuple[Term, ...] = ()
    years: tuple[int, ...] = ()
    reports_of: tuple[int, ...] = ()
    phase: Phase | None = None
    names: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    barred: tuple[tuple[str, str], ...] = ()
    expansions: tuple[Expansion, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Narrow a search to passages of *reports*, about *years*, of *units* (see ``Entry``); None is all of them.

    What is given narrows together; of several years or units one is enough. Units are compared letter by letter.
    """

    reports: frozenset[ReportId] | None = None
    years: frozenset[int] | None = None
    units: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Point at a passage with its score (above zero)."""

    passage_id: PassageId
    score: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Count what BM25 weighs by: *passages* held, their mean length in terms, and how many hold each term asked for."""

    passages: int
    average_length: float
    frequencies: dict[str, int]


@dataclass(frozen=True, slots=True)
class Quote:
    """Quote a passage: *text* is verbatim and contiguous in it, *answer* the sentence that answers.

    *start* is where *text* begins in the passage's text; *answer* and *highlights* are spans of *text*. *redacted*
    says that the answering sentence holds redaction marks. *also_in* are passages with the same words elsewhere.
    """

    passage: Passage
    score: float
    text: str
    start: int
    answer: Span
    highlights: tuple[Span, ...]
    redacted: bool = False
    also_in: tuple[Passage, ...] = ()


Verdict = Literal["answer", "related", "none", "invalid"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Name a heading that is near to an unanswered question, and a passage under it."""

    heading: str
    passage_id: PassageId


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a question: quotes best first, how sure we are (0 to 1), and which words were not found.

    *meant* are questions that may have been meant instead, words that nobody holds put right (您是不是要找).
    """

    question: str
    interpreted: str
    verdict: Verdict
    confidence: float
    missing_terms: tuple[str, ...]
    quotes: tuple[Quote, ...]
    nearest: tuple[Nearest, ...] = ()
    meant: tuple[str, ...] = ()
    took_ms: float = 0.0
