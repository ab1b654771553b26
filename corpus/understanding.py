"""Understand a question: what it looks for, which words it uses and which a report would, what binds the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from config import resource
from corpus import thesaurus as thesauri
from corpus.analysis import Analyzer, alternatives, entries, han, runs
from corpus.model import Expansion, Query, QuestionKind, Span, Term
from corpus.numerals import other_spellings
from corpus.thesaurus import Thesaurus
from corpus.years import asked_phase, asked_years


@dataclass(frozen=True, slots=True)
class Weights:
    """Weigh what was inferred against the words themselves, which weigh 1."""

    expansion: float = 0.4
    expansion_characters: float = 0.0
    spelling: float = 0.8
    earlier: float = 0.5
    year: float = 10.0
    phase: float = 2.0
    unsaid_done: float = 1.0


class Understanding:
    """Keep the dictionaries that questions are understood with; *expand* switches the thesaurus on or off."""

    def __init__(
        self,
        analyzer: Analyzer,
        *,
        thesaurus: str | None = None,
        phrases: str | None = None,
        expand: bool = True,
        weights: Weights = Weights(),
    ) -> None:
        self._analyzer = analyzer
        self._weights = weights
        asking = entries(resource("question-phrases.txt") if phrases is None else phrases)
        self._asking = re.compile(alternatives(asking) or "(?!)")
        self._thesaurus = Thesaurus({})
        if expand:
            text = resource("thesaurus.txt") if thesaurus is None else thesaurus
            self._thesaurus = thesauri.parse(text)

    def understand(self, question: str, *, context: Sequence[str] = ()) -> Query:
        """Understand *question*; *context* are earlier questions, oldest first, whose words help it out."""
        asked = self._asked(question)
        terms = list(asked.terms)
        for earlier in context:
            terms += [Term(t.text, t.weight * self._weights.earlier) for t in self._asked(earlier).terms]
        return replace(asked, terms=tuple(terms))

    def _asked(self, question: str) -> Query:
        analyzer, weights = self._analyzer, self._weights
        folded, years = asked_years(analyzer.fold(question).text)
        topic = self._asking.sub(" ", folded)
        terms = [Term(term) for term in analyzer.terms_of_folded(topic)]
        spans = list(_tokens(topic, analyzer))
        words = [span.of(topic) for span in spans]
        expansions: list[Expansion] = []
        for expansion in self._thesaurus.expand(topic, spans):
            expansions.append(expansion)
            terms += self._inferred(expansion.others, weights.expansion)
        for span, other in other_spellings(topic):
            following = topic[span.end : span.end + 1]
            terms += [
                Term(t, weights.spelling)
                for t in analyzer.terms_of_folded(other + following)
                if t not in (f"u:{following}", following)
            ]
        phase = asked_phase(folded) if years else None
        for year in years:
            terms.append(Term(f"y:{year}", weights.year / len(years)))
            if phase is not None:
                terms.append(Term(f"{phase[0]}:{year}", weights.phase / len(years)))
            else:
                terms.append(Term(f"d:{year}", weights.unsaid_done / len(years)))
        return Query(
            text=question,
            interpreted=" ".join(topic.split()),
            terms=tuple(terms),
            kind=question_kind(folded),
            words=tuple(dict.fromkeys(words)),
            years=years,
            phase=phase,
            expansions=tuple(expansions),
        )

    def _inferred(self, others: Sequence[str], weight: float) -> list[Term]:
        weighed: dict[str, float] = {}
        for other in others:
            for term in self._analyzer.terms_of_folded(other):
                here = self._weights.expansion_characters if term.startswith("u:") else weight
                if here:
                    weighed[term] = max(weighed.get(term, 0.0), here)
        return [Term(term, here) for term, here in weighed.items()]


def _tokens(folded: str, analyzer: Analyzer) -> Iterator[Span]:
    """Find the words of a folded question, with their places."""
    for match in runs(folded):
        start = match.start()
        for word in analyzer.words(match.group()) if han(match.group()) else [match.group()]:
            yield Span(start, start + len(word))
            start += len(word)


_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = (
    ("headings", re.compile(r"哪[几两三四五六七八九十\d]+(?:个|大)?(?:方面|部分|块|大块)|分哪几|几大部分|第几部分")),
    ("number", re.compile(r"多少|几[个次回项名人元亿万场成级家倍]|[占涨降]几|百分之几|多[长大高]|多大")),
    ("when", re.compile(r"什么时候|啥时候|何时|哪年|哪一年|哪天|几月|星期几|周几|多久|多长时间|几号")),
    ("who", re.compile(r"谁|哪位|什么人|哪些人")),
    ("which", re.compile(r"哪个|哪家|哪儿|哪里|哪座|哪所|哪款|哪本|什么单位")),
    ("list", re.compile(r"哪些|哪几|都有|有啥|有什么")),
    ("why", re.compile(r"为什么|为何|为啥|干嘛|图什么|图个|目的|原因")),
    ("how", re.compile(r"怎么|怎样|如何|咋")),
    ("what", re.compile(r"什么是|是什么|什么意思|指什么|是啥|啥意思|叫什么|叫啥|什么")),
)


def question_kind(folded: str) -> QuestionKind:
    """Say what kind of answer a folded question asks for."""
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), "other")
