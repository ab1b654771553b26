"""Understand a question: what it looks for, which words it uses and which a report would, what binds the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from config import resource
from corpus.analysis import Analyzer, alternatives, entries, frequency, han, runs, tells
from corpus.model import Expansion, Query, Span, Statistics, Term
from corpus.numerals import other_spellings
from corpus.questions import thesaurus as thesauri
from corpus.questions.asking import focus, gist, question_kind
from corpus.questions.following import asks_more, beside, leans, telling
from corpus.questions.names import Names, parse_names
from corpus.questions.operators import Field, read_operators, written
from corpus.questions.thesaurus import Thesaurus
from corpus.years import asked_phase, asked_reports, asked_years, by_number, speaks_of_now, spelled_pairs


@dataclass(frozen=True, slots=True)
class Weights:
    """Weigh what was inferred against the words themselves, which weigh 1."""

    expansion: float = 0.75
    known: float = 0.5
    spelling: float = 0.8
    earlier: float = 0.5
    year: float = 10.0
    phase: float = 2.0
    unsaid_done: float = 1.0


# What no passage is looked up by: sounds, particles, and the same character again and again.
_SOUNDS = re.compile(r"[的了吗呢吧呀啊嗯哦噢嘛哈呵嘿喂唉诶哎哇嗨么着地得 ]*")
_SEVERAL = re.compile(
    r"(?:哪些|哪几个|哪几家|有几个|几家)(?:单位|地方|地区|部门|机关|县|区|市|镇|局|企业|公司)|都有谁|各单位|各地"
)


class Understanding:
    """Keep the dictionaries that questions are understood with; *expand* switches the thesaurus on or off.

    *thesaurus* and *phrases* (what people ask with) are the texts of dictionaries; None is what ``config`` holds.
    """

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
        self.names: Names = parse_names(resource("places.txt"), resource("units.txt"))
        self._expand = expand
        self._thesaurus = Thesaurus({})
        if expand:
            self._thesaurus = thesauri.parse(resource("thesaurus.txt") if thesaurus is None else thesaurus)

    def understand(
        self,
        question: str,
        *,
        context: Sequence[str] = (),
        newest: int | None = None,
        coined: Sequence[Expansion] = (),
    ) -> Query:
        """Understand *question*; *context* are earlier questions, oldest first, whose words help it out.

        *newest* is the year of the newest report that is asked: what 今年 means to whoever asks about reports. *coined*
        are words of the question for which reports have others.

        A question that only makes sense after another (那眉县呢, 还有呢) takes over its words whole; a place or unit it
        names takes the place of the one named before. A question with nothing to look up has no terms.
        """
        if newest is not None:
            question, *context = (
                by_number(said, newest) if self.speaks_of_now(said) else said for said in (question, *context)
            )
        query = self._widened(self._asked(question), coined)
        if not context:
            return query
        topic = context[0]
        for later in context[1:]:
            if asks_more(self._analyzer.fold(later).text):
                continue
            asked = self._asked(later)
            topic = f"{self._renamed(topic, asked)} {later}" if leans(asked) else later
        before = self._asked(self._renamed(topic, query))
        return beside(query, before, weight=1.0 if telling(query) <= 1 else self._weights.earlier)

    def speaks_of_now(self, question: str) -> bool:
        """Tell whether *question* means a year by 去年, 今年 or 明年, and names none by its number."""
        return speaks_of_now(self._analyzer.fold(question).text)

    def _renamed(self, earlier: str, query: Query) -> str:
        """Take the names out of an *earlier* question that *query* replaces, and put its years for those there."""
        before = self._asked(earlier)
        names = [name for name in before.names if query.names and name not in query.names]
        if not names and not query.years:
            return earlier
        said = read_operators(earlier)
        text, years = asked_years(self._analyzer.fold(said.rest).text)
        text = re.sub(f"(?:{alternatives(names) or '(?!)'})(?:以及|[和与跟同及、,])?", " ", text)
        if query.years:
            text = re.sub(rf"(?<!\d)(?:{'|'.join(map(str, years)) or '(?!)'})(?:年度?)?[、,和与及到至~-]?", "", text)
            text = "、".join(f"{year}年" for year in query.years) + text
        fields = [(field, value) for field, value in said.fields if field != "year" or not query.years]
        return f"{text} {written(said.excluded, fields, said.barred)}"

    def _asked(self, question: str) -> Query:
        analyzer, weights = self._analyzer, self._weights
        said = read_operators(question)
        folded, _ = asked_years(analyzer.fold(said.rest).text)
        rest, reports_of = asked_reports(folded)
        _, years = asked_years(rest)
        fields, barred = self._read_fields(said.fields), self._read_fields(said.barred)
        years = tuple(sorted({*years, *(int(value) for field, value in fields if field == "year" and value.isdigit())}))
        looked = (value for field, value in fields if field != "year")
        topic = self._asking.sub(" ", ",".join((rest, *looked)))
        if _SOUNDS.fullmatch(topic) or len(set(re.sub(r"\W", "", topic))) <= 1 < len(topic.strip()) - 1:
            topic = ""
        spans = list(_tokens(topic, analyzer))
        expansions = self._thesaurus.expand(topic, spans)
        terms = [Term(term) for term in analyzer.asked_of_folded(topic)]
        for expansion in expansions:
            terms += self._inferred(expansion)
        for span, others in other_spellings(topic):
            if span.of(topic).isdecimal() and int(span.of(topic)) in years:
                continue
            after = topic[span.end : span.end + 1]
            spelled = dict.fromkeys(term for other in others for term in analyzer.asked_of_folded(other + after))
            # Single characters of another spelling would be found everywhere.
            terms += [Term(term, weights.spelling) for term in spelled if term[:2] != "u:" and tells(term)]
            if span in spans:
                expansions.append(Expansion(span.of(topic), others))
        names = self.names.find(topic, spans)
        excluded = tuple(analyzer.fold(word).text for word in said.excluded)
        phase = asked_phase(folded) if years or reports_of else None
        for year in reports_of:
            terms.append(Term(f"r:{year}", weights.year / len(reports_of)))
            if phase is not None:  # a report tells of the year before and plans its own
                told = f"d:{year - 1}" if phase == "done" else f"p:{year}"
                terms.append(Term(told, weights.phase / len(reports_of)))
        for year in years:
            terms += [Term(pair, weights.spelling) for pair in spelled_pairs(year)]
            terms.append(Term(f"y:{year}", weights.year / len(years)))
            outcome = ("d", weights.unsaid_done) if phase is None else (phase[0], weights.phase)
            terms.append(Term(f"{outcome[0]}:{year}", outcome[1] / len(years)))
        return Query(
            text=question,
            interpreted=" ".join(filter(None, (gist(folded), written(excluded, fields, barred)))) if terms else "",
            topic=" ".join(topic.split()),
            terms=tuple(terms),
            kind=question_kind(folded),
            words=tuple(dict.fromkeys(span.of(topic) for span in spans)),
            focus=self._focus(folded),
            years=years,
            reports_of=reports_of,
            phase=phase,
            names=names,
            compared=self.names.compared(topic, names),
            phrases=tuple(analyzer.fold(phrase).text for phrase in said.phrases),
            excluded=excluded,
            fields=fields,
            barred=barred,
            expansions=tuple(expansions),
            several=_SEVERAL.search(folded) is not None,
        )

    def _read_fields(self, fields: Iterable[tuple[Field, str]]) -> tuple[tuple[Field, str], ...]:
        """Fold the values of fields; years are written as four digits, each by itself."""
        read: list[tuple[Field, str]] = []
        for field, value in fields:
            folded = self._analyzer.fold(value).text
            years = asked_years(f"{folded.rstrip('年')}年")[1] if field == "year" else ()
            read += [(field, str(year)) for year in years] or [(field, folded)]
        return tuple(read)

    def _focus(self, folded: str) -> tuple[Term, ...]:
        words = ((span, span.of(folded)) for span in _tokens(folded, self._analyzer))
        telling = [(span, word) for span, word in words if tells(word) and not self._asking.fullmatch(word)]
        return focus(telling, self._asking.finditer(folded))

    def _widened(self, query: Query, coined: Sequence[Expansion]) -> Query:
        known = {each.word for each in query.expansions}
        new = [each for each in coined if each.word not in known and self._expand]
        terms = [term for each in new for term in self._inferred(each)]
        return replace(query, terms=(*query.terms, *terms), expansions=(*query.expansions, *new)) if new else query

    def weigh(self, query: Query, statistics: Statistics) -> Query:
        """Weigh what was inferred from a word less where the reports themselves use that word."""
        known = {each.word for each in query.expansions if frequency(statistics, each.word)}
        less = self._weights.known
        return replace(
            query,
            terms=tuple(replace(t, weight=t.weight * less) if t.word in known else t for t in query.terms),
        )

    def _inferred(self, expansion: Expansion) -> list[Term]:
        # Single characters of an inferred word would be found everywhere.
        found = {t for other in expansion.others for t in self._analyzer.asked(other) if t[:2] != "u:"}
        return [Term(term, self._weights.expansion, expansion.word) for term in sorted(found)]


def _tokens(folded: str, analyzer: Analyzer) -> Iterator[Span]:
    """Find the words of a folded question, with their places."""
    for match in runs(folded):
        start = match.start()
        for word in analyzer.words(match.group()) if han(match.group()) else [match.group()]:
            yield Span(start, start + len(word))
            start += len(word)
