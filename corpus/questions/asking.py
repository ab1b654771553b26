"""Tell what a question asks by the words it asks with: its kind, what stands beside the question word, its gist."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.model import QuestionKind, Span, Term

_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = (
    ("headings", re.compile(r"(?:哪[两三四五六七八九十\d]+|几)[个大]*(?:方面|部分|[大板]块|章节)|哪几块|分哪几")),
    (
        "number",
        re.compile(
            r"多少|(?<!哪)几(?:[个次回项名人元亿万场成级家倍]|块钱)|[占涨降]几|百分之几|多(?:长(?!时间)|[大高])"
        ),
    ),
    ("when", re.compile(r"什么时候|啥时候|何时|哪年|哪一年|哪天|几月|星期几|周几|多久|多长时间|几号")),
    ("who", re.compile(r"谁|哪位|什么人|哪些人")),
    ("which", re.compile(r"哪个|哪家|哪儿|哪里|哪座|哪所|哪款|哪本|什么单位")),
    ("list", re.compile(r"哪些|哪[几两三四五六七八九十]|都有|有啥|有什么")),
    ("why", re.compile(r"为什么|为何|为啥|干嘛|图什么|图个|目的|原因")),
    ("how", re.compile(r"怎么|怎样|如何|咋")),
    ("what", re.compile(r"什么是|是什么|什么意思|指什么|是啥|啥意思|叫什么|叫啥|什么")),
)
_INTERROGATIVE = re.compile(r"什么|啥|哪|谁|多少|几|何|怎|咋|多[长久大高]|吗")
_COURTESY = re.compile(
    r"^(?:(?:您好|你好|请问|请教(?:一下)?|请?告诉我|我?想知道|我?想问(?:一下)?|问一下|麻烦[您你]?|请?帮我|请?查一下|找一下"
    r"|说说|讲讲|看看)[,，、：:!！]?\s*)+|[,，。]?(?:谢谢|多谢|感谢|谢了)[!！。.]*$"
)
# What may stand behind the number that answers, by what stands behind 多少 or 几 in the question.
_MEASURES = {
    r"元|块?钱": r"元|块|[亿万](?![人名户家套个件次辆斤吨亩公平米])",
    r"人|名": r"人|名|位",
    r"斤|吨": r"斤|吨",
    r"户|家": r"户|家",
    r"套": r"套|户",
    r"公里|千米": r"公里|千米|里",
    r"亩|公顷": r"亩|公顷",
    r"百分点|个点|点": r"%|百分点|个点",
}
_ASKED_MEASURE = re.compile(
    r"(?:多少|几)个?([十百千万亿]*)(元|块?钱|人|名|斤|吨|户|家|套|公里|千米|亩|公顷|百分点|点)?|百分之(?:多少|几)"
)
_NUMBER = r"(?:[\d*一二三四五六七八九十百千万亿两几])[\d.十百千万亿多余]*"
ASKS_HOW_MUCH = re.compile(r"^几|几$|^多[高长大远重久深宽少快]")
ANY_NUMBER = re.compile(
    r"[\d*]|[一二三四五六七八九十百千万亿两几](?=[个次回项名人元年月日家场条户所座%])|[xX×]{2}|若干|数[十百千万]"
)
_FADING = 0.6
_BEFORE = 0.8
_NEAREST = 3


def question_kind(folded: str) -> QuestionKind:
    """Say what kind of answer a folded question asks for."""
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), "other")


def measure(folded: str) -> re.Pattern[str] | None:
    """Say what a number must look like that answers a folded question (多少亿斤: a number and 斤); None for any."""
    asked = _ASKED_MEASURE.search(folded)
    if asked is None:
        return None
    if asked[1] is None:
        return re.compile("%|百分|成")
    after = next((held for words, held in _MEASURES.items() if asked[2] and re.fullmatch(words, asked[2])), "")
    if after:
        return re.compile(f"{_NUMBER}(?:{after})")
    return re.compile(f"{_NUMBER}{asked[1][-1]}|{asked[1][-1]}") if asked[1] else None


def asked_measure(folded: str) -> str:
    """Give the words that a folded question asks for a number with, and the measure behind them: 多少公里."""
    asked = _ASKED_MEASURE.search(folded)
    return asked.group() if asked else ""


def focus(words: Iterable[tuple[Span, str]], phrases: Iterable[re.Match[str]]) -> tuple[Term, ...]:
    """Find what a question asks about most: of its telling *words*, those nearest to a question word.

    The next one after it weighs 1, the next before it a little less, and so on fading; *phrases* are what it asks
    with, in their places.
    """
    telling = list(words)
    found: dict[str, float] = {}
    for phrase in phrases:
        if not _INTERROGATIVE.search(phrase.group()):
            continue
        after = [word for span, word in telling if span.start >= phrase.end()][:_NEAREST]
        before = [word for span, word in reversed(telling) if span.end <= phrase.start()][:_NEAREST]
        for side, most in ((after, 1.0), (before, _BEFORE)):
            for n, word in enumerate(side):
                found[word] = max(found.get(word, 0.0), most * _FADING**n)
    return tuple(Term(word, weight) for word, weight in found.items())


def gist(folded: str) -> str:
    """Write a folded question as one would repeat it: without courtesies and the mark at its end."""
    said = " ".join(_COURTESY.sub("", " ".join(folded.split())).split())
    return said.rstrip("?？!！。.;；,， ") or folded.strip()
