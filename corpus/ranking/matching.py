"""Hold a question against a text: where its words stand, and how much of it a passage or a sentence covers."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from corpus.analysis import Analyzer, Folded, frequency, length
from corpus.model import Passage, Query, QuestionKind, Span, Statistics

# Closing quotes and brackets belong to the sentence they close. A full stop of ASCII ends none: 3.5%, S4.2, 1.
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?…]+[”’\"』」》〉）)\]】〕]*|$)", re.DOTALL)

# What the sentence that answers looks like, by what is asked, and how much that is worth beside covering the question.
_LOOKS: Mapping[QuestionKind, tuple[re.Pattern[str], float]] = {
    "number": (re.compile(r"\d|\*|[一二三四五六七八九十百千万亿两](?=[个项次名人家元场年月日期])|几"), 0.3),
    "when": (re.compile(r"\d[年月日]|每[年月周天季]|周[一二三四五六日]|星期|[上下]旬|时"), 0.3),
    "list": (re.compile(r"、.*、|：|:|包括|分别|等"), 0.15),
    "headings": (re.compile(r"、.*、|：|:|包括|分别|等"), 0.15),
    "why": (re.compile(r"为|因|由于|从而|旨在|以便|使|目的|所以"), 0.1),
    "who": (re.compile(r"书记|主任|[局部厅会社]长|主席|总理|委员会|小组|部门|人员|同志|由"), 0.08),
    "what": (re.compile(r"是|即|称[为作]|：|:"), 0.05),
}
_ASKS = re.compile(r"[？?][”’\"』」）)]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold a sentence of a passage: its place in the passage's text, and itself as it is compared."""

    span: Span
    folded: Folded


@dataclass(frozen=True, slots=True)
class View:
    """Hold a passage as it is compared: its *sentences*, its *text* folded, and the *headings* above it folded.

    *length* counts the terms of both.
    """

    passage: Passage
    sentences: tuple[Sentence, ...]
    text: str
    headings: str
    headline: str
    length: int


def view(passage: Passage, analyzer: Analyzer) -> View:
    """Fold a passage, whole and sentence by sentence, and what stands above it.

    *headings* are what its bag holds (title, unit, sections), *headline* besides says whom the report is about.
    """
    report, article = passage.report, passage.article
    folded = analyzer.fold(passage.text)
    split = tuple(Sentence(span, folded.part(span)) for span in split_sentences(passage.text))
    headings = analyzer.fold("\n".join((article.title, article.unit or "", *passage.section))).text
    above = analyzer.fold("\n".join((passage.collection, report.place or "", report.publisher or ""))).text
    held = length(f"{folded.text}\n{headings}")
    return View(passage, split, folded.text, headings, f"{headings}\n{above}", held)


def split_sentences(text: str) -> list[Span]:
    """Split *text* into sentences, end to end: together they are the whole text."""
    return [Span(*match.span()) for match in _SENTENCE.finditer(text) if match.end() > match.start()]


def needle(term: str) -> str:
    """Give the characters a term stands for: ``b:汉字`` stands for 汉字, ``y:2014`` for none."""
    if term[1:2] != ":":
        return term
    return term[2:] if term[0] in "ub" else ""


def present(term: str, folded: str) -> bool:
    """Say whether a term's characters stand in a folded text; Latin letters and digits only where they stand alone."""
    text = needle(term)
    if not text or text not in folded:
        return False
    return not text.isascii() or _alone(text).search(folded) is not None


def occurrences(term: str, folded: str) -> list[tuple[int, int]]:
    """Find a term's characters in a folded text, as ``present`` does, overlaps included."""
    text = needle(term)
    if not text:
        return []
    if text.isascii():
        return [match.span() for match in _alone(text).finditer(folded)]
    found, start = [], folded.find(text)
    while start >= 0:
        found.append((start, start + len(text)))
        start = folded.find(text, start + 1)
    return found


def asked(query: Query, text: str) -> dict[str, int]:
    """List the characters of a question's terms by which sentences of a passage are told apart, no years among them.

    With each comes how many terms it is: a word of two characters is a pair as well, and counts twice. They are the
    question's own, nothing inferred, unless the passage's folded *text* holds none of its words.
    """
    own = any(len(word) > 1 and not word.isdecimal() and present(word, text) for word in query.words)
    terms = dict.fromkeys(term.text for term in query.terms if term.weight >= 1 or (term.word and not own))
    return Counter(characters for term in terms if (characters := needle(term)))


def held(texts: Iterable[str], folded: str) -> set[str]:
    """Name those of *texts* that stand in a folded text, as ``present`` does; the innermost loop of every question."""
    return {text for text in texts if text in folded and (not text.isascii() or _alone(text).search(folded))}


def idf(statistics: Statistics, term: str) -> float:
    """Weigh a term by its rarity in the corpus; one that nobody holds weighs most."""
    held = frequency(statistics, term)
    return math.log1p((statistics.passages - held + 0.5) / (held + 0.5))


def coverages(terms: Mapping[str, int], holds: Sequence[set[str]]) -> list[float]:
    """Say for each sentence how much of *terms* it covers, 0 to 1, each weighed by its rarity in the passage.

    *holds* are the terms each sentence holds. A term that every sentence holds says nothing about which of them
    answers: its idf is taken within the passage.
    """
    frequencies = Counter(chain.from_iterable(holds))
    count = len(holds)
    mass = {term: terms[term] * math.log1p((count - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}
    total = sum(map(mass.__getitem__, sorted(mass)))
    return [sum(map(mass.__getitem__, sorted(here))) / total if total else 0.0 for here in holds]


def best_sentence(
    query: Query,
    split: Sequence[Sentence],
    *,
    terms: Mapping[str, int] | None = None,
    holds: Sequence[set[str]] | None = None,
) -> int:
    """Name the sentence that answers: it covers the question best, and looks like an answer to its kind.

    *terms* (what is ``asked``) and *holds* (which of them each sentence holds) are for whoever knows them already.
    """
    if terms is None or holds is None:
        terms = asked(query, "".join(sentence.folded.text for sentence in split))
        holds = [held(terms, sentence.folded.text) for sentence in split]
    scores = coverages(terms, holds)
    looks, worth = _LOOKS.get(query.kind, (None, 0.0))
    for n, sentence in enumerate(split):
        if looks is not None and looks.search(sentence.folded.text):
            scores[n] += worth
        if _ASKS.search(sentence.folded.text):
            scores[n] -= 0.5
    return max(range(len(scores)), key=lambda n: (scores[n], -n))


def answers_kind(query: Query, folded: str) -> bool:
    """Say whether a folded sentence holds what the question's kind asks for: a number, a date …; True where any may."""
    looks = _LOOKS.get(query.kind)
    return looks is None or looks[0].search(folded) is not None


def longest_shared(topic: str, text: str) -> int:
    """Give the length of the longest run of characters that *topic* (blanks end a run) and *text* share."""
    longest = 0
    for start in range(len(topic)):
        while start + longest < len(topic):
            run = topic[start : start + longest + 1]
            if " " in run or run not in text:
                break
            longest += 1
    return longest


@functools.lru_cache(maxsize=4096)
def _alone(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?<![0-9]\.){re.escape(text)}(?![a-z0-9]|\.[0-9])")
