"""Hold an answer to the names and years its question binds it to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.bags import pairs
from corpus.model import Query, Statistics
from corpus.questions.asking import ANY_NUMBER, measure
from corpus.questions.names import Names, bears, core
from corpus.ranking import Dated, of_another
from corpus.ranking.features import Asked, tells_of, topic
from corpus.ranking.matching import View, best_sentence
from corpus.years import passage_years

ELSEWHERE = 0.3
"""The most an answer is trusted that is about another place, year, phase or measure than was asked, by the look of it.
"""

NOWHERE = 0.05
"""The most an answer is trusted where nothing that is held bears a name or a year of the question."""

_CLAUSE = re.compile(r"[^,;:]+")


@dataclass(frozen=True, slots=True)
class Bound:
    """Say how far an answer may be trusted for what binds it (1: freely), and which names and years it fails."""

    limit: float = 1.0
    failed: tuple[str, ...] = ()


def name_pairs(query: Query) -> set[str]:
    """Name the terms whose statistics tell whether a name or a year of the question is held at all."""
    borne = {pair for name in query.names for pair in pairs(core(name))}
    reports = {f"r:{year}" for year in query.reports_of}
    told = {f"{kind}:{year}" for year in query.years for kind in "ydp"} | {str(year) for year in query.years}
    return borne | reports | told


def bind(
    about: Asked, quoted: Sequence[View], statistics: Statistics, *, borne: Collection[str], names: Names, dated: Dated
) -> Bound:
    """Say how far the first of the passages *quoted* may be trusted to answer, or all of them where names are compared.

    *borne* are the names that its report bears somewhere, *dated* which passages are about the years asked.
    """
    held, seen = statistics.frequencies, quoted[0]
    limit, failed = 1.0, []
    texts = [f"{each.text}\n{each.headline}" for each in quoted]
    for spellings in about.names:
        name = spellings[0]
        looked_at = texts if name in about.query.compared else texts[:1]
        if any(bears(spelling, text) for spelling in spellings for text in looked_at):
            continue
        if not any(_held(spelling, statistics, whole=names.local(name)) for spelling in spellings):
            limit = min(limit, NOWHERE)
        elif name not in borne or (names.local(name) and of_another(seen, names)):
            limit = min(limit, ELSEWHERE)
        else:
            continue
        failed.append(name)
    if about.query.reports_of and seen.passage.report.year not in about.query.reports_of:
        lost = [year for year in about.query.reports_of if not held.get(f"r:{year}", 0)]
        limit = min(limit, NOWHERE if lost else ELSEWHERE)
        failed += map(str, lost)
    years = [year for year in about.query.years if str(year) not in seen.text]
    for year in years:
        if not any(held.get(term, 0) for term in (f"y:{year}", str(year))):
            limit = min(limit, NOWHERE)
            failed.append(str(year))
        elif not held.get(f"y:{year}", 0):
            limit = min(limit, ELSEWHERE)
            failed.append(str(year))
    if about.query.kind == "number" and not _measured(about, seen):
        limit = min(limit, ELSEWHERE)
    if len(about.query.years) == 1 and years and not _in_time(about.query, seen, years[0], dated):
        limit = min(limit, ELSEWHERE)
    return Bound(limit, tuple(failed))


def _held(name: str, statistics: Statistics, *, whole: bool) -> bool:
    """Say whether any passage may bear a name: a place whole, of a unit's long name a part (共青团南昌市委, 团市委)."""
    held = [statistics.frequencies.get(pair, 0) > 0 for pair in pairs(core(name))]
    return all(held) if whole else any(held)


def _measured(about: Asked, seen: View) -> bool:
    """Say whether a number of the measure asked for (多少亿斤) stands in the sentence that answers or beside it.

    A year that is asked is none. Where some sentence tells of what is asked, that one must hold the number, or the next
    one before any other number: after 粮食连年增产 and 新增灌溉面积3万公顷, a number of 公里 is of something else.
    One that tells most of what is asked may stand anywhere.
    """
    if not seen.sentences:
        return True
    wanted, words = measure(about.query.interpreted) or ANY_NUMBER, topic(about)
    years = re.compile("|".join(map(str, about.query.years)) or "(?!)")
    texts = [years.sub("", each.folded.text) for each in seen.sentences]
    tells = [sum(tells_of({word: others}, text) for word, others in words.items()) for text in texts]
    chosen = best_sentence(about.query, seen.sentences)
    near = range(max(0, chosen - 1), min(chosen + 2, len(texts)))
    if not any(tells):
        return any(wanted.search(texts[n]) for n in near)
    if any(wanted.search(text) for text, told in zip(texts, tells, strict=True) if told == max(tells)):
        return True
    after = (_first_counted(texts[n]) for n in near if n and tells[n - 1] and not tells[n])
    return any(map(wanted.search, (*(texts[n] for n in near if tells[n]), *after)))


def _first_counted(folded: str) -> str:
    """Give the first clause of a folded sentence that holds a number."""
    return next(filter(ANY_NUMBER.search, _CLAUSE.findall(folded)), "")


def _in_time(query: Query, seen: View, year: int, dated: Dated) -> bool:
    """Say whether a passage is about *year*, and tells what was done or planned in it as asked."""
    if seen.passage.report.year is None:
        return True
    wanted = {"done": f"d:{year}", "planned": f"p:{year}"}.get(query.phase or "", f"y:{year}")
    (years,) = passage_years([seen.passage])
    # What is said of five years together is not said of one.
    together = len(years.done) > 2 and year not in years.planned
    return seen.passage.id in dated.get(wanted, ()) and not together
