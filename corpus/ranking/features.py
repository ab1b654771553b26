"""Describe how a passage fits a question, in numbers that a ranking and a confidence are fitted on."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.analysis import frequency, tells
from corpus.bags import pairs
from corpus.model import Query, Statistics
from corpus.numerals import other_spellings
from corpus.questions.asking import ASKS_HOW_MUCH, asked_measure, measure
from corpus.questions.names import bears
from corpus.ranking.matching import View, answers_kind, asked, best_sentence, held, idf, longest_shared, needle, present

NAMES = (
    "share",
    "absolute",
    "covered",
    "concepts",
    "kind",
    "shared_run",
    "names",
    "names_above",
    "digits",
    "concepts_around",
    "measure",
    "opens",
    "telling",
    "together",
)
"""What each feature is called, in the order of ``describe``."""

_INFERRED = 0.6
"""What covering a word by another of the thesaurus is worth."""

_LONG = 6
"""Of so many characters a question is long."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what of a question is the same for every passage: its terms, words and concepts with their idf."""

    query: Query
    terms: Mapping[str, float]
    words: Mapping[str, float]
    concepts: tuple[tuple[str, tuple[str, ...], float], ...]
    names: tuple[tuple[str, ...], ...]
    most: float
    """The most the question's own terms could score, but for a constant: their idf, unknown ones at the highest."""


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
    return Asked(query, terms, words, tuple(concepts), names, most or 1.0)


def vocabulary(query: Query, held_as: Callable[[str], Iterable[str]]) -> set[str]:
    """Name the terms whose statistics ``prepare`` needs; *held_as* tells how passages hold a term of a question."""
    known = {*query.words, *(expansion.word for expansion in query.expansions), *(term.text for term in query.terms)}
    return {name for term in known for name in held_as(term)}


def describe(about: Asked, found: Sequence[tuple[View, float]]) -> list[tuple[float, ...]]:
    """Describe how each of the passages *found*, given with their BM25 scores best first, fits the question.

    The last two features are about the others: *telling* says how much of the question a passage covers, its terms
    weighed by their rarity among the passages found; *together* how much those of its article cover with it.
    """
    texts = [held(about.terms, seen.text) for seen, _ in found]
    holds = [here | held(about.terms, seen.headings) for here, (seen, _) in zip(texts, found, strict=True)]
    rarity = _rarity(holds)
    together: dict[Hashable, set[str]] = defaultdict(set)
    for (seen, _), here in zip(found, holds, strict=True):
        together[_article(seen)] |= here
    return [
        (
            score / found[0][1] if found[0][1] else 0.0,
            score / (about.most * 1.6),
            _share(here, about.terms),
            *_fit(about, seen, in_text),
            _share(here, rarity),
            _share(together[_article(seen)], about.terms),
        )
        for (seen, score), in_text, here in zip(found, texts, holds, strict=True)
    ]


def _fit(about: Asked, seen: View, in_text: set[str]) -> tuple[float, ...]:
    query = about.query
    counts = asked(query, seen.text)
    told = in_text | held(counts.keys() - about.terms.keys(), seen.text)
    sentences = [held(told, sentence.folded.text) for sentence in seen.sentences]
    chosen = best_sentence(query, seen.sentences, terms=counts, holds=sentences) if sentences else None
    answer = seen.sentences[chosen].folded.text if chosen is not None else ""
    near = slice(max(0, chosen - 1), chosen + 2) if chosen is not None else slice(0)
    around = "".join(sentence.folded.text for sentence in seen.sentences[near])
    full = f"{seen.text}\n{seen.headings}"
    topic = query.topic
    borne, borne_above = _borne(about, f"{full}\n{seen.headline}"), _borne(about, seen.headline)
    counting = query.kind in ("number", "when")
    wanted = measure(query.interpreted) if query.kind == "number" else None
    return (
        _concepts(about, full),
        float(counting and answers_kind(query, answer)),
        longest_shared(topic, full) / max(1, len(topic.replace(" ", ""))),
        borne,
        borne_above,
        min(1.0, sum(map(str.isdigit, seen.text)) / (len(seen.text) + 20) * 10) if counting else 0.0,
        _concepts(about, f"{around}\n{seen.headings}"),
        float(wanted is not None and wanted.search(answer) is not None),
        # What ends so (the measures are as follows:) leaves its answer to the passage after it.
        float(seen.text.endswith(":")),
    )


def _borne(about: Asked, text: str) -> float:
    """Say how many of the question's names a text bears, 0 to 1; of those that are compared one is enough."""
    borne = {names[0]: any(bears(name, text) for name in names) for names in about.names}
    alone = [held for name, held in borne.items() if name not in about.query.compared]
    together = [any(borne[name] for name in about.query.compared)] if about.query.compared else []
    return sum(alone + together) / len(alone + together) if borne else 0.0


def _share(terms: Iterable[str], weights: Mapping[str, float]) -> float:
    """Say how much of *weights* falls on *terms*, 0 to 1."""
    return sum(weights[term] for term in sorted(terms)) / (sum(weights.values()) or 1.0)


def _rarity(holds: Sequence[set[str]]) -> dict[str, float]:
    """Weigh each term by its rarity (idf) among passages, of which *holds* says what each holds."""
    frequencies = Counter(term for here in holds for term in sorted(here))
    return {term: math.log1p((len(holds) - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}


def _article(seen: View) -> Hashable:
    """Name the article of a passage: articles of one report with the same title are pieces of one."""
    passage = seen.passage
    return passage.report.id, passage.article.title or passage.article.number


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


def topic(about: Asked) -> dict[str, tuple[str, ...]]:
    """Name the words that say what a question is about, each with others for it; names, years and 几座 do not.

    Nor does the measure asked for: 公里 of 多少公里.
    """
    others = {expansion.word: expansion.others for expansion in about.query.expansions}
    counted = asked_measure(about.query.interpreted)
    years = {str(year) for year in about.query.years}
    told = {
        word: others.get(word, ())
        for word in (*about.words, *others)
        if word not in years
        and word not in counted
        and not ASKS_HOW_MUCH.search(word)
        and not any(word in name or name in word for name in about.query.names)
        and not any(len(span) == len(word) for span, _ in other_spellings(word))
    }
    return told if any(map(tells, told)) else {}


def topical(about: Asked, seen: View) -> bool:
    """Say whether a passage, or what stands above it, holds anything of what the question is about; True for nothing.

    Of a long question most characters are something, too: 麦子和稻子的保底价 of 小麦、稻谷最低收购价.
    """
    words, text = topic(about), f"{seen.text}\n{seen.headings}"
    chars = {char for word in words for char in word}
    mostly = len(chars) >= _LONG and sum(char in text for char in chars) * 2 > len(chars)
    return not words or mostly or tells_of(words, text)


def tells_of(words: Mapping[str, Iterable[str]], folded: str) -> bool:
    """Say whether a folded text holds one of *words*, another for it, or of a long one most pairs of characters."""
    return any(
        (tells(word) and present(word, folded))
        or _mostly(word, folded)
        or any(tells(other) and present(other, folded) for other in others)
        for word, others in words.items()
    )


def _mostly(word: str, folded: str) -> bool:
    found = [needle(pair) in folded for pair in pairs(word)]
    return len(found) > 1 and sum(found) * 2 > len(found)


def unknown(about: Asked, statistics: Statistics) -> Sequence[str]:
    """Name the words that no passage of the corpus holds."""
    return [word for word in about.words if not frequency(statistics, word)]
