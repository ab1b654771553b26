"""Make articles, sections and passages of clean lines.

Pure: the same lines give the same report. Titles, headings, passages and noise together are the file, to the character.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from corpus.model import (
    Article,
    Cleaned,
    Heading,
    HeadingKind,
    Noise,
    Parsed,
    Passage,
    PassageId,
    Report,
)
from corpus.structure.articles import Division, Draft, divide
from corpus.structure.blocks import Block, blocks, cut, cuts
from corpus.structure.coinages import learn
from corpus.structure.corrections import correct
from corpus.structure.front import Masthead, contents, masthead, signature
from corpus.structure.outline import Part, outline
from corpus.structure.passages import parts_of
from corpus.structure.printed import about

__all__ = ["correct", "parse"]


def parse(cleaned: Cleaned) -> Parsed:
    """Read *cleaned* as a report: its articles, headings and passages, and all that is printed about it."""
    found = blocks(cleaned)
    listed = contents(found)
    head = masthead(found, listed.blocks)
    above = {*listed.blocks, *head.blocks, *head.name}
    rest = [index for index in range(len(found)) if index not in above]
    division = _with_text(divide(found, rest, listed.entries, is_issue=bool(head.name)), found)
    if head.name:
        division = Division((*head.name, *division.collection), division.articles)
    feet = {
        number: foot for number, draft in enumerate(division.articles, 1) if (foot := _sign_off(draft, found)).blocks
    }

    stem = PurePath(cleaned.source.name).stem
    titles = [_joined(found, draft.title) for draft in division.articles]
    title = _joined(found, division.collection) or next((each for each in titles if each), stem)
    facts = about(found, division, head=head, feet=feet, title=title)
    value = {fact.field: fact.value for fact in facts if fact.article == 0}
    report = Report(
        id=cleaned.source.report_id,
        file=cleaned.source.name,
        title=title,
        publisher=value.get("publisher"),
        published=value.get("published"),
        year=int(value["year"]) if "year" in value else None,
        number=value.get("number"),
        place=value.get("place"),
    )
    noise = list(cleaned.noise)
    noise += _noise(found, sorted(listed.blocks), "contents", cleaned)
    noise += _noise(found, sorted(head.blocks), "masthead", cleaned)
    for foot in feet.values():
        noise += _noise(found, sorted(foot.blocks), "signature", cleaned)
    build = _Build(report, cleaned)
    if division.collection:
        build.heading(found, division.collection, "collection", article=0)
    units = {fact.article: fact.value for fact in facts if fact.field == "unit"}
    for number, draft in enumerate(division.articles, 1):
        build.article(Article(number, titles[number - 1] or stem, units.get(number)), draft, found)
    noise += build.noise
    return Parsed(
        report=report,
        articles=tuple(build.articles),
        headings=tuple(build.headings),
        passages=tuple(build.passages),
        noise=tuple(sorted(noise, key=lambda each: each.span)),
        text=cleaned.source.text,
        facts=tuple(facts),
        coinages=learn(passage.text for passage in build.passages),
    )


def _sign_off(draft: Draft, found: Sequence[Block]) -> Masthead:
    """Take office and date at the foot of an article out of its body."""
    foot = signature(found, draft.body)
    draft.body = [index for index in draft.body if index not in foot.blocks]
    return foot


class _Build:
    """Collect the articles, headings and passages of one report in reading order."""

    def __init__(self, report: Report, cleaned: Cleaned) -> None:
        self.report = report
        self.cleaned = cleaned
        self.articles: list[Article] = []
        self.headings: list[Heading] = []
        self.passages: list[Passage] = []
        self.noise: list[Noise] = []

    def article(self, article: Article, draft: Draft, found: Sequence[Block]) -> None:
        self.articles.append(article)
        titles: tuple[tuple[HeadingKind, tuple[int, ...]], ...] = (("title", draft.title), ("subtitle", draft.subtitle))
        for kind, indexes in titles:
            if indexes:
                self.heading(found, indexes, kind, article=article.number)
        path: list[tuple[int, str]] = []
        paragraph = 0
        for part in outline([found[index] for index in draft.body]):
            if part.role == "caption":
                self.noise += _noise([part.block], [0], "caption", self.cleaned)
                continue
            if part.role in ("heading", "run_in"):
                while path and path[-1][0] >= part.rank:
                    path.pop()
                path.append((part.rank, part.heading))
                self._section(part, article, level=len(path), paragraph=paragraph + 1)
            if part.role != "heading":
                paragraph += 1
                self._passage(part.block, article, tuple(text for _, text in path), paragraph)

    def heading(self, found: Sequence[Block], indexes: Sequence[int], kind: HeadingKind, *, article: int) -> None:
        pieces = tuple(piece for index in indexes for piece in found[index].pieces)
        self.headings.append(Heading(_joined(found, indexes), kind, 0, article, 1, pieces))

    def _section(self, part: Part, article: Article, *, level: int, paragraph: int) -> None:
        own = part.role == "heading"
        pieces = part.block.pieces if own else cut(part.block.pieces, 0, part.opening)
        kind: HeadingKind = "own_line" if own else "run_in"
        self.headings.append(Heading(part.heading, kind, level, article.number, paragraph, pieces))

    def _passage(self, block: Block, article: Article, section: tuple[str, ...], paragraph: int) -> None:
        parts = parts_of(block.text)
        for number, ((start, end), pieces) in enumerate(zip(parts, cuts(block.pieces, parts), strict=True), 1):
            identity = PassageId(f"{self.report.id}-{len(self.passages) + 1}")
            part = (number, len(parts)) if len(parts) > 1 else None
            text = block.text[start:end]
            self.passages.append(
                Passage(identity, self.report, article, section, paragraph, text, pieces, block.page, part)
            )


def _with_text(division: Division, found: Sequence[Block]) -> Division:
    """Give the lines of an article without text to the one before it: a title stands above something."""
    kept: list[Draft] = []
    for draft in division.articles:
        if draft.body:
            kept.append(draft)
            continue
        lines = [*draft.title, *draft.subtitle]
        if kept:
            kept[-1].body += lines
        else:
            kept.append(Draft((), (), lines))
    return Division(division.collection, tuple(kept))


def _joined(found: Sequence[Block], indexes: Sequence[int]) -> str:
    return "".join(found[index].text for index in indexes)


def _noise(found: Sequence[Block], indexes: Sequence[int], rule: str, cleaned: Cleaned) -> list[Noise]:
    return [
        Noise(rule, piece, found[index].lines[0], piece.of(cleaned.source.text))
        for index in indexes
        for piece in found[index].pieces
    ]
