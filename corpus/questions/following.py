"""Tell whether a question goes on with the one before it, and put the two together."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.analysis import tells
from corpus.model import Query

BESIDE = " · "
"""Stands between an earlier question and the one that leans on it, in what was understood."""

_FOLLOWS = re.compile(
    r"^(?:那(?!曲|坡)|还(?![款贷债本迁乡])|[他她它这]|该[局县市区镇村乡厅院校办所部单项公]|其[中次余]|上述|前者|后者)"
    r"|^(?:具体|然后|后来|其他|别的|另外)"
)
_AND = re.compile(r"呢[?？]?$")
_TO_THE_BOT = re.compile("^[你您](?!们)")
_OF_ITS_OWN = 4
"""A word of so many characters (三会一课) or a question about so many things is about something of its own."""
_MORE = re.compile(
    r"(?:那么?|请问|好)?[,，]?(?:还有|其[他它余]的?|别的|另外的?|更多|继续|接着说?|再来|下一[条个页批])"
    r"(?:吗|呢|么|没有?|别的|其他的?|什么|哪些|更多的?|一些|几[条个])*+[?？!！。.~…]*"
)
_HOW_IS_IT = re.compile(r"(?:怎么样|怎样|咋样|如何)[了呢啊]?[?？!！。]*$")
_STRANGE = re.compile(r"[^\W了的着过在和与及有是被把向从给到个场次](?: [^\W了的着过在和与及有是被把向从给到个场次])+")


def asks_more(folded: str) -> bool:
    """Tell whether a folded question asks for nothing but more of the same: 还有呢, 别的呢."""
    return _MORE.fullmatch(folded) is not None


def continues(query: Query) -> bool:
    """Tell whether a question is put like the continuation of another (那…, 该局…, 服务群众呢)."""
    asked = query.text.strip()
    more = _AND.search(asked) is not None and query.kind == "other" and telling(query) < _OF_ITS_OWN
    return more or _FOLLOWS.search(asked) is not None


def leans(query: Query) -> bool:
    """Tell whether a question may only make sense after another one, by its own words.

    It may where it continues one, or asks (多少, 谁) and tells of one thing at most. A topic alone (全面从严治党) is a
    question of its own, and so is what it means (什么是四优), how something is (天气怎么样), and who the bot is.
    """
    asked = query.text.strip()
    if _TO_THE_BOT.search(query.interpreted or asked):
        return False
    if continues(query):
        return True
    least = 0 if query.kind == "what" or _HOW_IS_IT.search(asked) else 1
    named = query.names or query.years or _strange(query) or any(len(word) >= _OF_ITS_OWN for word in query.words)
    return query.kind != "other" and telling(query) <= least and not named


def of_a_deed(query: Query) -> bool:
    """Tell whether all that a question tells of is a deed (发了多少), for which reports often have another word."""
    told = [word for word in query.words if tells(word)]
    return all(word[-1] == "了" or f"{word}了" in query.topic for word in told)


def telling(query: Query) -> int:
    """Count the words of a question, places and units aside, that tell what it is about."""
    return sum(tells(word) for word in query.words if word not in query.names) + len(_strange(query))


def beside(query: Query, before: Query, *, weight: float) -> Query:
    """Put the words of the question *before* beside those of *query*; they weigh *weight* (0 to 1) of what they did.

    Names and years of *query* have taken the place of those *before*.
    """
    terms = [replace(term, weight=term.weight * weight) for term in before.terms]
    # The year stands in the earlier question's place, which says whether what was done or planned in it is asked.
    own = [term for term in query.terms if not (query.years and term.text[:2] in ("y:", "d:", "p:"))]
    years = query.years or before.years
    return replace(
        query,
        terms=(*own, *terms),
        interpreted=BESIDE.join(filter(None, (before.interpreted, query.interpreted))),
        topic=f"{query.topic} {before.topic}",
        words=(*query.words, *(word for word in before.words if weight == 1 and word not in query.words)),
        kind=before.kind if query.kind == "other" else query.kind,
        focus=query.focus or before.focus,
        names=query.names or before.names,
        compared=query.compared if query.names else before.compared,
        years=tuple(year for year in years if year not in before.reports_of),
        reports_of=query.reports_of or before.reports_of,
        phase=query.phase or before.phase,
        several=query.several or before.several,
        expansions=(*query.expansions, *(each for each in before.expansions if each not in query.expansions)),
        phrases=(*query.phrases, *before.phrases),
        excluded=(*query.excluded, *before.excluded),
        fields=(*query.fields, *(each for each in before.fields if each[0] not in dict(query.fields))),
        barred=(*query.barred, *before.barred),
    )


def _strange(query: Query) -> list[str]:
    """Find the characters one after the other in a question that are no word to jieba (雾霾): a word of their own."""
    words = (word for word in query.words if word not in query.names)
    return _STRANGE.findall(" ".join(word if len(word) == 1 else "" for word in words))
