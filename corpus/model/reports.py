"""The nouns that are read: a file, what is left of it when it is cleaned, and what a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType

ReportId = NewType("ReportId", str)
"""The first twelve hexadecimal digits of the SHA-256 of a file's bytes."""

PassageId = NewType("PassageId", str)
"""``<report id>-<n>``: the n-th passage of a report in reading order, from 1. Fits a deep link and callback data."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Name the characters ``[start, end)`` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Cut the span out of *text*."""
        return text[self.start : self.end]

    def __len__(self) -> int:
        return self.end - self.start


# ── A file as it was read ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of a source, without its line break.

    *number* counts from 1; *start* is the offset of its first character in the source's text. *level* is what the
    format itself says of the line: 1 for a top heading, 2 below it …, 0 for body text, None where the format has
    nothing to say (plain text). *page* counts from 1, None where the format has no pages. *bold* are the stretches
    of *text* that the format set in bold. *furniture* names what kind of furniture the layout shows the line to be
    (a running head, navigation), or is empty.
    """

    text: str
    number: int
    start: int
    level: int | None = None
    page: int | None = None
    bold: tuple[Span, ...] = ()
    furniture: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Hold what an owner keeps beside a file to correct what is read of it: a file's *name* and its *text*, TOML."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one file as text: its *name*, the SHA-256 of its bytes, and its lines with their places.

    *text* is the whole decoded text, line breaks as ``\\n``; every line is found in it at its ``start``. *corrections*
    are those that stood beside it.
    """

    name: str
    digest: str
    text: str
    lines: tuple[Line, ...]
    corrections: Corrections | None = None

    @property
    def report_id(self) -> ReportId:
        return ReportId(self.digest[:12])


@dataclass(frozen=True, slots=True)
class Noise:
    """Record characters of a source that are no content: where they stood, and which *rule* took them."""

    rule: str
    span: Span
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class CleanLine:
    """Hold what is left of a line: *text* is the characters of *pieces* in the source, one after the other.

    *level* and *bold* are as in Line, with what Markdown marks said added; *bold* are spans of *text* here.
    """

    line: Line
    text: str
    pieces: tuple[Span, ...]
    level: int | None = None
    bold: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Hold a source less its noise, line by line, and the noise on record in the order of the source."""

    source: Source
    lines: tuple[CleanLine, ...]
    noise: tuple[Noise, ...]


# ── What a report is made of ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Report:
    """Describe one source file: *file* as its owner named it, the rest as printed in it or None.

    *published* is an ISO date, or a year alone (``2015``) where no more is printed. *number* is an official
    document number as printed (〔2023〕18号).
    """

    id: ReportId
    file: str
    title: str
    publisher: str | None = None
    published: str | None = None
    year: int | None = None
    number: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Describe a titled piece of a report; *number* counts from 1, *unit* is who wrote it, as printed, or None."""

    number: int
    title: str
    unit: str | None = None


HeadingKind = Literal["collection", "title", "subtitle", "own_line", "run_in"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Place a heading: its text as cited, and where it stands.

    *article* is the number of its article (0 for the title of a whole collection), *level* 0 for titles, 1 for a
    section, 2 for a section in a section. *paragraph* is the number of the first passage after it in its article.
    *pieces* are its characters in the source; those of a run-in heading are also the opening of its passage.
    """

    text: str
    kind: HeadingKind
    level: int
    article: int
    paragraph: int
    pieces: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Hold a paragraph: what is indexed, retrieved and quoted.

    *text* is verbatim: the characters of *pieces* in the source's text, one after the other; what lies between two
    pieces is noise on record or the line break of a page. *section* is the path of headings above it, outermost
    first. *paragraph* counts from 1 in the article. *part* is (k, n) where a very long paragraph was split into n.
    """

    id: PassageId
    report: Report
    article: Article
    section: tuple[str, ...]
    paragraph: int
    text: str
    pieces: tuple[Span, ...]
    page: int | None = None
    part: tuple[int, int] | None = None

    @property
    def span(self) -> Span:
        """Name the stretch of the source from the first to the last character of the passage."""
        return Span(self.pieces[0].start, self.pieces[-1].end)

    @property
    def collection(self) -> str:
        """Name what the passage's article is collected in; empty where it stands alone.

        A report without a title of its own is called by its first article, which says nothing of the others: each has
        the name of whose it is before a colon (凤翔区：…, 眉县：…).
        """
        named, title = self.report.title, self.article.title
        return "" if named == title or ("：" in named and "：" in title) else named


@dataclass(frozen=True, slots=True)
class Fact:
    """Say where something about a report or an article was read: a *field* such as ``published``, its *value*, and the
    *origin*: ``masthead``, ``signature``, ``title``, ``subtitle``, or the name of a file of corrections.

    *span* is where it is printed; *article* is 0 for the report.
    """

    field: str
    value: str
    origin: str
    span: Span | None = None
    article: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """Say what a file was read with, apart from its bytes; with something else it may be another report.

    *rules* names the rules and the state of the program by a fingerprint; *furniture* are the lines, less their
    blanks, that were learned from the folder.
    """

    rules: str
    corrections: Corrections | None = None
    furniture: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coinage:
    """Hold a *word* that a report abbreviates or coins, and what it says that it means: one name, or several things."""

    word: str
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Hold all that was made of one source: together headings, passages and noise are the file, to the character.

    *facts* say where publisher, date, number, year, place and units were read; *coinages* what the report calls things.
    """

    report: Report
    articles: tuple[Article, ...]
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    noise: tuple[Noise, ...]
    text: str
    facts: tuple[Fact, ...] = ()
    coinages: tuple[Coinage, ...] = ()

    @property
    def noise_share(self) -> float:
        """Say what share of the characters that are no blanks went as noise, from 0 to 1."""
        inked = sum(not character.isspace() for character in self.text)
        return sum(not character.isspace() for each in self.noise for character in each.text) / (inked or 1)


@dataclass(frozen=True, slots=True)
class Wording:
    """Identify what a passage says: *digest* of its bare text, and the *bands* under which similar ones are found.

    *bands* are keys of 8 bytes, one after the other; none for a text too short to be nearly another.
    """

    digest: bytes
    bands: bytes


@dataclass(frozen=True, slots=True)
class Wordings:
    """Hold one Wording a passage of a report, in order, and the MinHash *signature* of the report as a whole."""

    passages: tuple[Wording, ...]
    signature: bytes
