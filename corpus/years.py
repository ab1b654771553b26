"""Know which year a question asks about, and which years a passage tells of or plans.

The report of year Y reviews Y-1 (or the years before it) and plans Y, and says 今年 and 去年 for them; the year itself
stands in its title alone. So the years of a passage come from its report's year, the headings above it, and its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.model import Passage, Phase
from corpus.numerals import other_spellings, read_numeral

_CHINESE_YEAR = re.compile(r"([零〇一二三四五六七八九]{4}|[零〇一二三四五六七八九]{2})(?=年)")
_LIST = re.compile(
    r"(?<!\d)(\d{2}|\d{4})((?:年?[、,和与及]\d{2,4}){0,30}年?(?:[、,和与及]|年?(?:到|至|-|—|–|~|～)+)(\d{4}|\d{2}))(?=年|这?[三四五几两]年)"
)
_YEAR = re.compile(r"(?<!\d)(?<![近过去前后满])(\d{4}|\d{2})年(?![来内间之前以后级期轮])")
_SPAN = re.compile(r"(?<!\d)(\d{4})年?(?:到|至|-|—|–|~|～)+(\d{4})年")

_REPORTS = re.compile(
    r"((?<!\d)(?:(?:19|20)\d\d年?[、,和与及]?){1,9})(?<=年)度?的?(?:国务院|政府|总理|工作|年度|的){0,4}报告(?:里面?|中|上|内)?"
)

_REVIEW = re.compile(r"回顾|工作总结|过去[一三五]年|过去的?[一三五]年|去年(?:以来)?的?工作")
_PLAN = re.compile(
    r"总体部署|总体要求|主要任务|重点工作|主要预期目标|工作安排|工作建议|工作的建议|今年|下一步|目标任务|工作打算|工作计划"
)
_FOUR = re.compile(r"(?<!\d)(20\d\d)(?=年)")
_TITLE = re.compile(r"工作报告")
_LAST_YEAR = re.compile(r"去年|过去一年|上年|一年来")
_PAST_YEARS = {"三": 3, "五": 5}
_MANY = re.compile(r"过去的?([三五])年|([三五])年来的?工作回顾|过去([三五])年")

_NOW_WORDS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1}
_NOW = re.compile("|".join(_NOW_WORDS))

_DONE_WORDS = re.compile(
    r"实际|完成了?|实现了|达到了|最后|最终|到底|全年|年底|年末|一整年|结果|已经|涨了|增长了|下降了|减少了|新增了|建成了?|取得了?|多少了|有没有完成|回顾|总结"
    r"|[^要想能]了[^没吗]"
)
_PLAN_WORDS = re.compile(
    r"目标|打算|准备|计划|预期|预计|拟|安排|要求|任务|争取|力争|还要|将要?|想|要[^求不]|控制在|压在|部署|重点工作|建议|今后|下一步"
)


@dataclass(frozen=True, slots=True)
class Years:
    """Hold the years a passage tells of (*done*) and plans for (*planned*)."""

    done: tuple[int, ...] = ()
    planned: tuple[int, ...] = ()


def asked_years(folded: str) -> tuple[str, tuple[int, ...]]:
    """Find the years a folded question asks about; give the question with every year as four digits, and the years.

    二零一六年, 一三年, 16年 and 2016年 are the same; 14到16年 is three years. 近10年 and 5年 are durations.
    """
    text = _CHINESE_YEAR.sub(lambda match: str(read_numeral(match.group(1))).zfill(len(match.group(1))), folded)
    years: dict[int, None] = {}

    def spell(short: str) -> str:
        year = _full(short)
        return short if year is None else str(year)

    def spread(match: re.Match[str]) -> str:
        return re.sub(r"\d+", lambda number: spell(number.group()), match.group())

    text = _LIST.sub(spread, text)
    for match in _SPAN.finditer(text):
        first, last = int(match.group(1)), int(match.group(2))
        if first <= last <= first + 20:
            years.update((year, None) for year in range(first, last + 1))
    for match in _LIST.finditer(text):
        years.update((int(number), None) for number in re.findall(r"\d{4}", match.group()))
    text = _YEAR.sub(lambda match: match.group().replace(match.group(1), spell(match.group(1))), text)
    for match in _YEAR.finditer(text):
        year = _full(match.group(1))
        if year is not None:
            years[year] = None
    return text, tuple(sorted(years))


def asked_reports(folded: str) -> tuple[str, tuple[int, ...]]:
    """Find the years whose reports a question asks (2015年政府工作报告里); give the rest of it, and the years.

    *folded* comes from ``asked_years``, with its years as four digits.
    """
    years = {int(year) for match in _REPORTS.finditer(folded) for year in re.findall(r"\d{4}", match[1])}
    return _REPORTS.sub(" ", folded), tuple(sorted(years))


def speaks_of_now(folded: str) -> bool:
    """Say whether a question names a year by the present one alone: 去年, 今年, 明年, and no year beside."""
    return _NOW.search(folded) is not None and not asked_years(folded)[1]


def by_number(folded: str, newest: int) -> str:
    """Write 去年, 今年 and 明年 as the years they are when *newest* is this year."""
    return _NOW.sub(lambda match: f"{newest + _NOW_WORDS[match.group()]}年", folded)


def asked_phase(folded: str) -> Phase | None:
    """Say whether a question asks for what was done or what was planned; None where it does not say."""
    planned, done = _PLAN_WORDS.search(folded), _DONE_WORDS.search(folded)
    if bool(planned) == bool(done):
        return None
    return "planned" if planned else "done"


def passage_years(passages: Sequence[Passage]) -> list[Years]:
    """Say of each of a report's *passages*, given in reading order, which years it tells of and plans."""
    return list(_told(passages))


def year_terms(years: Years, *, of_report: int | None = None) -> list[str]:
    """Make the terms a passage is found by when a question names a year, or the report *of_report* a year."""
    about = sorted({*years.done, *years.planned})
    return [
        *(f"y:{year}" for year in about),
        *(f"d:{year}" for year in years.done),
        *(f"p:{year}" for year in years.planned),
        *([] if of_report is None else [f"r:{of_report}"]),
    ]


def told_years(terms: Iterable[str]) -> frozenset[int]:
    """Read the years of a passage, told of or planned, back from terms with those of ``year_terms`` among them."""
    return frozenset(int(term[2:]) for term in terms if term[:2] == "y:")


def spelled_pairs(year: int) -> list[str]:
    """Name the pairs of characters by which a year is found that is written 二〇二一 or 二零二一."""
    spoken = [spelled for _, others in other_spellings(f"{year}年") for spelled in others]
    return list(dict.fromkeys(f"b:{each[n : n + 2]}" for each in spoken for n in range(3)))


def _told(passages: Iterable[Passage]) -> Iterator[Years]:
    article, state = None, Years()
    for passage in passages:
        year = passage.report.year
        if year is None:
            yield Years()
            continue
        if passage.article.number != article:
            article, state = passage.article.number, Years((year,), (year,))
        if not _TITLE.search(f"{passage.report.title}{passage.article.title}"):
            yield Years((year,), (year,))
            continue
        state = _under(passage.section, passage.text, year, state)
        done, planned = set(state.done), set(state.planned)
        if planned and not done and _LAST_YEAR.search(passage.text):
            done.add(year - 1)
        # A plan names the years it reaches to; a review names years for many other reasons.
        planned |= {later for later in map(int, _FOUR.findall(passage.text)) if year < later <= year + 50}
        yield Years(tuple(sorted(done)), tuple(sorted(planned)))


def _under(section: Sequence[str], text: str, year: int, state: Years) -> Years:
    """Follow a work report from its review to its plan: headings say so, and hold until another says otherwise."""
    for heading in reversed(section):
        many = _MANY.search(heading)
        if many:
            length = _PAST_YEARS[next(filter(None, many.groups()))]
            return Years(tuple(range(year - length, year)), ())
        if _REVIEW.search(heading):
            return Years((year - 1,), ())
        if _PLAN.search(heading):
            return Years((), (year,))
    return state


def _full(short: str) -> int | None:
    """Give the year that two or four digits mean: 13 is 2013, 98 is 1998; None for what is no year."""
    value = int(short)
    if len(short) == 4:
        return value if 1900 <= value <= 2100 else None
    if value <= 49:
        return 2000 + value
    return 1900 + value if value >= 78 else None
