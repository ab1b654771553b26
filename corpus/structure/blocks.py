"""Blocks: the lines that belong together, joined where a page, a link or a subscript had cut them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.model import Cleaned, CleanLine, Span
from corpus.structure.marks import is_mark
from corpus.structure.numbering import numbering
from corpus.structure.wrapping import continued

STOPS = "。！？：；!?;:"
INNER_STOPS = "。！？；"
CLOSERS = "”’》）)』」】〉"
BODY = 60  # no heading is longer
ANNOUNCED = 24  # nor one that ends in a colon: 一、主要做法：
SECTION_RANK = 2  # 第一章, 一、 and （一）
LONGEST_JOIN = 5_000  # characters; a paragraph that was cut is no longer
DENSE = 0.4  # with fewer lines than this standing directly under another, blank lines separate the paragraphs


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one paragraph or heading line: *text* is the characters of *pieces*, blanks at its ends removed.

    *gap* counts the empty lines above it; *bold* are spans of *text*; *lines* are the numbers of its first and last
    line.
    """

    text: str
    pieces: tuple[Span, ...]
    lines: tuple[int, int]
    gap: int
    level: int | None
    page: int | None
    bold: tuple[Span, ...]

    @property
    def is_line(self) -> bool:
        """Say whether this could be a heading by its form: short, in one sentence, and nothing announced, unless it has
        the number of a section."""
        if len(self.text) > BODY + 2:
            return False
        bare = bare_heading(self.text)
        if (
            bare[-1:] in "：:"
            and len(bare) <= ANNOUNCED
            and (number := numbering(bare))
            and number.rank <= SECTION_RANK
        ):
            bare = bare[:-1]
        return (
            0 < len(bare) <= BODY
            and bare[-1] not in STOPS + "，、,"
            and bare[0] not in "，。、；：,）》”"
            and not ("|" in bare or "\t" in bare)  # a row of a table
            and not any(stop in bare for stop in INNER_STOPS)
        )


def bare_heading(text: str) -> str:
    """Take the final 。 off a heading."""
    return text.rstrip().removesuffix("。").rstrip()


def ends_sentence(text: str) -> bool:
    """Say whether *text* ends where a sentence or an announcement ends."""
    return text.rstrip(CLOSERS + " \u3000")[-1:] in STOPS or text[-1:] in STOPS


def cut(pieces: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Cut the characters ``[start, end)`` of a joined text out of its *pieces*."""
    return next(cuts(pieces, [(start, end)]))


def cuts(pieces: Sequence[Span], parts: Iterable[tuple[int, int]]) -> Iterator[tuple[Span, ...]]:
    """Cut *parts* of a joined text, one behind the other, out of its *pieces*: all of them in one walk."""
    index = offset = 0
    for start, end in parts:
        found = []
        while index < len(pieces):
            piece = pieces[index]
            first, last = max(start - offset, 0), min(end - offset, len(piece))
            if first < last:
                found.append(Span(piece.start + first, piece.start + last))
            if offset + len(piece) > end:
                break  # the rest of it is the next part's
            index, offset = index + 1, offset + len(piece)
        yield tuple(found)


def blocks(cleaned: Cleaned) -> list[Block]:
    """Join the lines of *cleaned* into blocks, in the order of the file."""
    singles: list[Block] = []
    seams: list[bool] = []  # whether a line of nothing but zero-width characters stands above
    wrapped = continued(cleaned.lines)
    broken: list[bool] = []
    gap, seam = 0, False
    for index, line in enumerate(cleaned.lines):
        if not line.text.strip():
            gap += 1
            seam = seam or bool(line.line.text.strip() and not any(map(str.isprintable, line.line.text.strip())))
            continue
        singles.append(_single(line, gap))
        seams.append(seam)
        broken.append(index in wrapped)
        gap, seam = 0, False
    spaced = _is_spaced(singles)
    begun = False  # whether there was a paragraph: above the first one stand title lines
    joined: list[Block] = []
    for block, has_seam, is_broken in zip(singles, seams, broken, strict=True):
        before = joined[-1] if joined else None
        if (
            before
            and len(before.text) <= LONGEST_JOIN
            and (
                is_broken
                or (has_seam and block.gap == 1)
                or _continues(before, block, spaced=spaced and begun and not wrapped)
            )
        ):
            joined[-1] = _join(before, block)
        else:
            joined.append(block)
        begun = begun or ends_sentence(block.text)
    return joined


def _single(line: CleanLine, gap: int) -> Block:
    start = len(line.text) - len(line.text.lstrip())
    text = line.text.strip()
    bold = tuple(
        Span(max(each.start - start, 0), min(each.end - start, len(text))) for each in line.bold if each.end > start
    )
    pieces = cut(line.pieces, start, start + len(text))
    return Block(text, pieces, (line.line.number, line.line.number), gap, line.level, line.line.page, bold)


def _is_spaced(singles: Sequence[Block]) -> bool:
    """Judge whether blank lines separate the paragraphs of the file."""
    follows = singles[1:]
    return bool(follows) and sum(not each.gap for each in follows) <= DENSE * len(follows)


def _continues(before: Block, block: Block, *, spaced: bool) -> bool:
    """Judge whether *block* goes on where *before* was cut; *spaced*: blank lines separate the paragraphs here."""
    if block.level or before.level or ends_sentence(before.text):
        return False
    if block.text[0] in "，。、；：,）》”！？":
        return True
    if numbering(block.text) or block.text.startswith("——"):
        return False
    has_sentences = any(stop in before.text for stop in INNER_STOPS)
    if has_sentences or (len(before.text) > BODY and before.text.count("，") >= 2):
        return True
    if is_mark(block.text) or is_mark(before.text):  # office and date below a text stand on lines of their own
        return False
    return spaced and not block.gap and not numbering(before.text)


def _join(before: Block, after: Block) -> Block:
    shift = len(before.text)
    pieces = list(before.pieces)
    if pieces and after.pieces and pieces[-1].end == after.pieces[0].start:
        pieces[-1] = Span(pieces[-1].start, after.pieces[0].end)
        pieces += after.pieces[1:]
    else:
        pieces += after.pieces
    bold = before.bold + tuple(Span(each.start + shift, each.end + shift) for each in after.bold)
    return Block(
        before.text + after.text,
        tuple(pieces),
        (before.lines[0], after.lines[1]),
        before.gap,
        before.level,
        before.page,
        bold,
    )
