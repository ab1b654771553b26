"""Describe how a passage fits a question, in numbers that a ranking and a confidence are fitted on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.analysis import frequency, tells
from corpus.model import Query, Statistics
from corpus.questions.names import bears
from corpus.ranking.matching import View, answers_kind, asked, best_sentence, held, idf, longest_shared, needle, present

NAMES = (
    "share",
    "absolute",
    "covered",
    "pair",
    "concepts",
    "kind",
    "shared_run",
    "names",
    "names_above",
    "digits",
)
"""What each feature is called, in the order of ``features``."""

_INFERRED = 0.6
"""What covering a word by another of the thesaurus is worth."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what of a question is the same for every passage: its terms, words and concepts with their idf."""

    query: Query
    terms: Mapping[str, float]
    counts: Mapping[str, int]
    words: Mapping[str, float]
    concepts: tuple[tuple[str, tuple[str, ...], float], ...]
    names: tuple[tuple[str, ...], ...]
    most: float
    """The most the question's own terms could score, but for a constant: their idf, unknown ones at the highest."""

    @property
    def mass(self) -> float:
        """Sum the idf of all terms; 1 where there is none, to divide by."""
        return sum(self.terms.values()) or 1.0


def prepare(query: Query, statistics: Statistics) -> Asked:
    """Weigh a question's terms, words and concepts by the statistics of the corpus."""
    terms: dict[str, float] = {}
    for term in dict.fromkeys(term.text for term in query.terms if term.weight >= 1):
        if text := needle(term):
            terms[text] = terms.get(text, 0.0) + idf(statistics, term)
    words = {word: idf(statistics, word) for word in query.words if tells(word)}
    others = {expansion.word: expansion.others for expansion in query.expansions}
    concepts = [(word, others.get(word, ()), weight) for word, weight in words.items()]
    # A phrase of several words that the thesaurus knows is a concept of its own.
    concepts += [(word, more, idf(statistics, word)) for word, more in others.items() if word not in words]
    names = tuple((name, *others.get(name, ())) for name in query.names)
    most = sum(term.weight * idf(statistics, term.text) for term in query.terms if term.weight >= 1)
    return Asked(query, terms, asked(query), words, tuple(concepts), names, most or 1.0)


def vocabulary(query: Query, held_as: Callable[[str], Iterable[str]]) -> set[str]:
    """Name the terms whose statistics ``prepare`` needs; *held_as* tells how passages hold a term of a question."""
    known = {*query.words, *(expansion.word for expansion in query.expansions), *(term.text for term in query.terms)}
    return {name for term in known for name in held_as(term)}


def values(about: Asked, seen: View, score: float, best: float) -> tuple[float, ...]:
    """Describe how a passage with a BM25 *score*, where the *best* passage has that much, fits the question."""
    query = about.query
    in_text = held(about.terms, seen.text)
    above = held(about.terms, seen.headings)
    sentences = [held(in_text, sentence.folded.text) for sentence in seen.sentences]
    chosen = best_sentence(query, seen.sentences, terms=about.counts, holds=sentences) if sentences else None
    answer = seen.sentences[chosen].folded.text if chosen is not None else ""
    around = sentences[max(0, chosen - 1) : chosen + 2] if chosen is not None else []
    full = f"{seen.text}\n{seen.headings}"
    topic = query.topic
    borne = [any(bears(name, full) or bears(name, seen.headline) for name in names) for names in about.names]
    borne_above = [any(bears(name, seen.headline) for name in names) for names in about.names]
    counting = query.kind in ("number", "when")

    def covered(terms: set[str]) -> float:
        return sum(about.terms[term] for term in sorted(terms)) / about.mass

    return (
        score / best if best else 0.0,
        score / (about.most * 1.6),
        covered(in_text | above),
        covered(set().union(*around)),
        _concepts(about, full),
        float(counting and answers_kind(query, answer)),
        longest_shared(topic, full) / max(1, len(topic.replace(" ", ""))),
        sum(borne) / len(borne) if borne else 0.0,
        sum(borne_above) / len(borne_above) if borne_above else 0.0,
        min(1.0, sum(char.isdigit() for char in seen.text) / (len(seen.text) + 20) * 10) if counting else 0.0,
    )


def _concepts(about: Asked, text: str) -> float:
    """Say how much of the question's concepts a text covers, 0 to 1: by the word itself, or less by another for it."""
    total = sum(weight for _, _, weight in about.concepts)
    covered = 0.0
    for word, others, weight in about.concepts:
        if present(word, text):
            covered += weight
        elif any(present(other, text) for other in others):
            covered += weight * _INFERRED
    return covered / total if total else 0.0


def unknown(about: Asked, statistics: Statistics) -> Sequence[str]:
    """Name the words that no passage of the corpus holds."""
    return [word for word in about.words if not frequency(statistics, word)]
