"""Turn text into terms: what a passage is found by, and what a question asks for.

A passage is found by its pairs of neighbouring Chinese characters (``b:汉字``), by every character of it that is not
among the most common (``u:字``), and by its Latin and digit runs, which stay whole. Nothing reaches across punctuation.
Pairs find words as well as coinages and names that no dictionary holds, so no dictionary is needed to take a report in.
A passage that tells of a year or plans for one is found by it too (``y:2014``, ``d:2014`` done, ``p:2014`` planned),
whether or not the year stands in its text.

A question also has words, as jieba cuts them; each is looked for by its pairs, which so weigh more than the pairs
between words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from config import resource
from corpus.bags import RUN, Bag, common, pairs
from corpus.model import Passage, Span, Statistics, Term
from corpus.words import Words
from corpus.years import passage_years, year_terms

_RECIPE = "rare u+b+years/5"

_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FIRST = re.compile(f"[{_HAN}]")
_RUN = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:\.[0-9]+)*|[^\W_{_HAN}]+")
_WIDE = re.compile("[\uff01-\uff5e\u3000\ud800-\udfff]")
_WIDTHS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
# Half of a character, as a broken client may send it: no library that writes UTF-8 takes it.
_WIDTHS |= dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd")
# What reports are mostly made of is normal, and to look at it takes a tenth of the time that asking does.
_NORMAL = re.compile(r"[\x00-\x7f\u00b7\u2014\u2018\u2019\u201c\u201d\u3001-\u3011\u3014-\u301b\u4e00-\u9fff]*")
_INVISIBLE = "\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad"
# Three digits and no more behind it: 1,200 is the number 1200.
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_BLANKS = re.compile(rf"[\s{_INVISIBLE}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Hold a text as it is compared, and for each of its characters where it stood in the original.

    *origin* has one offset a character and a last one for the end; None where every character kept its place.
    """

    text: str
    origin: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> Span:
        """Name the characters of the original that became ``[start, end)`` of the folded text."""
        if self.origin is None:
            return Span(start, end)
        first = self.origin[start]
        return Span(first, self.origin[end - 1] + 1 if end > start else first)

    def part(self, of: Span) -> Folded:
        """Give what became of a span of the original, with the places in that span."""
        if self.origin is None:
            return Folded(of.of(self.text))
        first, last = bisect_left(self.origin, of.start), bisect_left(self.origin, of.end)
        return Folded(self.text[first:last], (*(place - of.start for place in self.origin[first:last]), len(of)))


def han(run: str) -> bool:
    """Say whether *run* is Chinese characters (and not Latin letters or digits)."""
    return _FIRST.match(run) is not None


def runs(folded: str) -> Iterator[re.Match[str]]:
    """Find the stretches of a folded text that can become terms: Chinese characters, letters and digits."""
    return _RUN.finditer(folded)


class Analyzer:
    """Keep jieba and opencc open; each is loaded at its first use, or by ``warm`` before it.

    *words* is a dictionary of words that jieba's own lacks, one a line, ``#`` begins a comment; None is the one that
    ``config`` holds. *cache_dir* is where jieba's dictionary may be kept in a form that loads faster; without it
    nothing is written anywhere. Safe to use from several threads.
    """

    def __init__(self, *, words: str | None = None, cache_dir: Path | None = None) -> None:
        self._entries = tuple(entries(resource("words.txt") if words is None else words))
        self._cutting = Words(self._entries, cache_dir=cache_dir)
        self._simplify: Any = None

    @property
    def fingerprint(self) -> str:
        """Name the recipe: two analyzers with the same fingerprint make the same terms of any passage."""
        parts = [_RECIPE, version("opencc"), unicodedata.unidata_version, *sorted(common())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def warm(self) -> None:
        """Load the dictionaries now instead of at the first question."""
        self._load_simplifying()
        self._cutting.warm()

    def _load_simplifying(self) -> None:
        import opencc  # noqa: PLC0415 - costs a tenth of a second, which `--help` need not pay

        self._simplify = opencc.OpenCC("t2s").convert

    def fold(self, text: str) -> Folded:
        """Make *text* comparable: NFKC, lower case, simplified characters, no blanks but between Latin words.

        Blanks go between a number and its unit and between Chinese characters; zero-width characters, and the comma of
        1,200, go everywhere.
        """
        if self._simplify is None:
            self._load_simplifying()
        plain = _WIDE.sub(lambda wide: _WIDTHS[wide.group()], _THOUSANDS.sub("\u2060", text))
        origin: list[int] | None = None
        if not _NORMAL.fullmatch(plain) and not unicodedata.is_normalized("NFKC", plain):
            plain, origin = _compose(plain)
        lower = plain.lower()
        if len(lower) != len(plain):  # İ is the one letter whose lower case is longer
            lower = "".join(char.lower()[0] for char in plain)
        simple = self._simplify(lower)
        if len(simple) != len(lower):
            simple = "".join(self._simplify(char)[:1] or char for char in lower)
        if _BLANKS.search(simple):
            simple, origin = _close_up(simple, origin)
        return Folded(simple, None if origin is None else (*origin, len(text)))

    def words(self, run: str) -> list[str]:
        """Tokenize a folded run of Chinese characters."""
        return self._cutting.cut(run)

    def plain_words(self, text: str) -> list[str]:
        """Tokenize *text* as jieba does by itself, nothing folded: the words of the baseline."""
        return self._cutting.cut(text)

    def asked(self, text: str) -> list[str]:
        """Make the terms of a question, in reading order: words, characters and pairs, letters and digits."""
        return self.asked_of_folded(self.fold(text).text)

    def asked_of_folded(self, folded: str) -> list[str]:
        """Make the terms of a question that is folded already."""
        bag: list[str] = []
        for match in runs(folded):
            run = match.group()
            if han(run):
                bag.extend(self.words(run))
                bag.extend(f"u:{char}" for char in run)
                bag.extend(pairs(run))
            else:
                bag.append(run)
        return bag

    def held_as(self, term: str) -> list[str]:
        """Name the terms of passages by which a term of a question is found: a word's pairs, else itself.

        There are none for one of the most common characters.
        """
        if term[1:2] == ":":
            return [] if term[0] == "u" and term[2:] in common() else [term]
        if not han(term):
            return [term]
        return pairs(term) if len(term) > 1 else self.held_as(f"u:{term}")

    def sought(self, terms: Iterable[Term]) -> tuple[Term, ...]:
        """Put the terms of a question as passages hold them; a word's weight is shared out among its pairs."""
        found = []
        for term in terms:
            names = self.held_as(term.text)
            # A character that is a word by itself is asked for as a character already.
            if names != [f"u:{term.text}"]:
                found += [Term(name, term.weight / len(names), term.word) for name in names]
        return tuple(found)

    def terms(self, text: str) -> Bag:
        """Make the terms by which *text* is found, in reading order."""
        return Bag(" ".join(self._runs(text)))

    def report_terms(self, passages: Sequence[Passage]) -> list[Bag]:
        """Make the bags of a report's passages, given in reading order, each with its years and its report's."""
        told = passage_years(passages)
        return [
            Bag(" ".join([*self._words_of(passage), *year_terms(years, of_report=passage.report.year)]))
            for passage, years in zip(passages, told, strict=True)
        ]

    def passage_terms(self, passage: Passage) -> Bag:
        """Make the bag of a passage: its text, and once each its unit, its article's title and its headings."""
        return Bag(" ".join(self._words_of(passage)))

    def _words_of(self, passage: Passage) -> list[str]:
        headings = dict.fromkeys((passage.article.unit or "", passage.article.title, *passage.section))
        return [word for text in (passage.text, *headings) for word in self._runs(text)]

    def _runs(self, text: str) -> list[str]:
        return [RUN + run if han(run) else run for run in _RUN.findall(self.fold(text).text)]


def entries(text: str) -> Iterator[str]:
    """Read the entries of a dictionary file: one a line, blank lines and what follows ``#`` left out."""
    for line in text.splitlines():
        entry = line.partition("#")[0].strip()
        if entry:
            yield entry


def alternatives(phrases: Iterable[str]) -> str:
    """Write *phrases* as a regular expression that prefers the longest."""
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))


def _compose(text: str) -> tuple[str, list[int]]:
    """Normalise character by character, so that every character still knows where it came from."""
    pieces: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        piece = unicodedata.normalize("NFKC", char)
        pieces.append(piece)
        origin.extend([place] * len(piece))
    return "".join(pieces), origin


def _close_up(text: str, origin: list[int] | None) -> tuple[str, list[int]]:
    """Take blanks out, but keep one between two Latin words or two numbers."""
    places = origin if origin is not None else list(range(len(text)))
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        pieces.append(text[last:start])
        kept.extend(places[last:start])
        before, after = text[start - 1 : start], text[end : end + 1]
        parts_words = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        seen = any(char.isspace() for char in match.group())
        if seen and parts_words and not (before.isdigit() and after.isalpha()):
            pieces.append(" ")
            kept.append(places[start])
        last = end
    pieces.append(text[last:])
    kept.extend(places[last:])
    return "".join(pieces), kept


def frequency(statistics: Statistics, term: str) -> int:
    """Count the passages that hold a term of a question: a word is held by no more than its rarest pair.

    One of the most common characters, which is not counted, counts as held by all.
    """
    counts = statistics.frequencies
    if term in counts or (term[1:2] == ":" and term[0] != "u") or not han(term.removeprefix("u:")):
        return counts.get(term, 0)
    if len(term) > 1 and term[1] != ":":
        return min(counts.get(pair, 0) for pair in pairs(term))
    return counts.get(f"u:{term[-1]}", statistics.passages)


def length(folded: str) -> int:
    """Count the terms of a folded text, as a bag of it holds them."""
    found = _RUN.findall(folded)
    chinese = list(filter(han, found))
    characters = "".join(chinese)
    every_pair_and_character = 2 * len(characters) - len(chinese)
    return every_pair_and_character - sum(map(common().__contains__, characters)) + len(found) - len(chinese)


def tells(word: str) -> bool:
    """Say whether a word tells anything alone: two Chinese characters or more, or letters and digits."""
    return len(word) > 1 or (word.isascii() and word.isalnum())
