"""Read PDFs: lines with their places on the page, joined into paragraphs; running heads are marked as furniture.

The text is what the file itself holds. A scan holds none, and that is an error that says so.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from threading import Lock
from typing import Any

from corpus.errors import EmptyFile, FileTooLarge, ReadError
from corpus.model import Line
from corpus.readers.limits import ReadLimits, check_text, shown
from corpus.readers.writing import Written, write

PAGE_NUMBER = re.compile(r"[-—–－·.\s]*\d{1,4}[-—–－·.\s]*|第?\s*+\d{1,4}\s*+页?\s*+[/，,]?\s*+共?\s*+\d{1,4}\s*+页")
STOPS = "。！？：；!?;:”）"
SMALL = 0.85  # times the size of the body: a running head
LARGE = 1.2  # times the size of the body: a title
EDGE = 2  # how many lines at the top and the foot of a page can be furniture

# PDFium is not safe to use from several threads at once.
_LOCK = Lock()


@dataclass(slots=True)
class Row:
    """Hold one line as it is printed: from *left* to *right*, at the height *bottom*, all in points."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    furniture: bool = False


@dataclass(slots=True)
class Sheet:
    """Hold the printed lines of one page, from the top."""

    number: int
    rows: list[Row] = field(default_factory=list)


def lines(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, tuple[Line, ...]]:
    """Read the text of all pages, a paragraph a line, with levels from the outline or from the size of the letters.

    Raises ReadError for a damaged or encrypted file, EmptyFile for a scan, and FileTooLarge.
    """
    # Loading PDFium takes a while, and only these files need it.
    import pypdfium2  # noqa: PLC0415

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            reason = "is locked with a password; take it off" if locked else "is damaged or cut off; get it anew"
            raise ReadError(f"{shown(name)}: the PDF {reason}.") from error
        try:
            if len(document) > limits.pages:
                raise FileTooLarge(
                    f"{shown(name)}: {len(document):,} pages are more than the limit of {limits.pages:,}; "
                    "split the file or raise limits.pdf_pages."
                )
            sheets = list(_sheets(document, name=name, limits=limits))
            outline = _outline(document)
        except pypdfium2.PdfiumError as error:
            raise ReadError(f"{shown(name)}: the PDF is damaged ({error}); get it anew.") from error
        finally:
            document.close()
    if not any(row.text.strip() for sheet in sheets for row in sheet.rows):
        raise EmptyFile(
            f"{shown(name)}: there is no text in it, only pictures of pages; run text recognition and give the result."
        )
    text, found = write(_paragraphs(sheets, outline), tells_body=False)
    check_text(text, name=name, limits=limits)
    return text, found


def _sheets(document: Any, *, name: str, limits: ReadLimits) -> Iterator[Sheet]:
    total = 0
    for index in range(len(document)):
        page = document[index]
        textpage = page.get_textpage()
        sheet = Sheet(index + 1, list(_rows(textpage, index + 1)))
        textpage.close()
        page.close()
        total += sum(len(row.text) for row in sheet.rows)
        if total > limits.characters:
            raise FileTooLarge(
                f"{shown(name)}: there are more than {limits.characters:,} characters in it; split the file or "
                "raise limits.file_characters."
            )
        yield sheet


def _rows(textpage: Any, page: int) -> Iterator[Row]:
    from pypdfium2 import raw  # noqa: PLC0415  # as above

    characters: list[tuple[int, str]] = []
    count = textpage.count_chars()
    for index in range(count + 1):
        code = raw.FPDFText_GetUnicode(textpage, index) if index < count else 10
        if code != 10:
            if code not in (0, 2, 13, 0xFFFE, 0xFFFF) and code < 0x110000 and not 0xD800 <= code < 0xE000:
                characters.append((index, _plain(chr(code))))
            continue
        inked = [each for each, character in characters if not character.isspace()]
        if inked:
            first, last = _box(raw, textpage, inked[0]), _box(raw, textpage, inked[-1])
            size = raw.FPDFText_GetFontSize(textpage, inked[0]) or first[3] - first[1]
            text = "".join(character for _, character in characters).strip()
            yield Row(text, page, first[0], last[2], min(first[1], last[1]), max(size, 1.0))
        characters = []


def _plain(character: str) -> str:
    """Give a radical (⼀) as the character it is printed for (一); fonts mix the two up."""
    return unicodedata.normalize("NFKC", character) if "\u2e80" <= character <= "\u2fd5" else character


def _box(raw: Any, textpage: Any, index: int) -> tuple[float, float, float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _outline(document: Any) -> dict[str, int]:
    """Read the outline: the squeezed title of each entry, and its level from 1."""
    found: dict[str, int] = {}
    for number, item in enumerate(document.get_toc(max_depth=6)):
        if number > 5_000:
            break
        title = "".join((item.get_title() or "").split())
        if title:
            found.setdefault(title, item.level + 1)
    return found


# ── From printed lines to paragraphs ─────────────────────────────────────────────────────────────────────────────────


def _paragraphs(sheets: Sequence[Sheet], outline: dict[str, int]) -> list[Written]:
    rows = [row for sheet in sheets for row in sheet.rows]
    sizes_used: Counter[float] = Counter()
    for row in rows:
        sizes_used[round(row.size, 1)] += len(row.text)
    size = sizes_used.most_common(1)[0][0]
    left, right = _margins([row for row in rows if round(row.size, 1) == size])
    _mark_furniture(sheets, size=size, measure=right - left)
    body = [row for row in rows if not row.furniture]
    gaps = [above.bottom - below.bottom for above, below in pairwise(body) if above.page == below.page]
    leading = median([each for each in gaps if 0 < each < 4 * size] or [1.5 * size])
    indents = sum(0.9 * size < row.left - left < 4 * size for row in body) > 0.1 * len(body)
    sizes = sorted({round(row.size) for row in body if row.size > LARGE * size}, reverse=True)

    written: list[Written] = []
    last: Row | None = None
    for row in rows:
        if row.furniture:
            written.append(Written(row.text, page=row.page, furniture="running-head"))
            continue
        if last and _goes_on(last, row, left, right, leading, indents=indents, large=LARGE * size):
            target = next(each for each in reversed(written) if not each.furniture)
            target.text += (" " if _is_latin(target.text[-1:]) and _is_latin(row.text[:1]) else "") + row.text
        else:
            level = sizes.index(round(row.size)) + 1 if round(row.size) in sizes and not outline else None
            written.append(Written(row.text, level=level, page=row.page))
        last = row
    for each in written:
        each.level = each.level if not outline else outline.get("".join(each.text.split()))
        each.level = each.level if len(each.text) <= 100 else None
    return written


def _mark_furniture(sheets: Sequence[Sheet], *, size: float, measure: float) -> None:
    """Mark lines that come again, figures aside, at the top or the foot of most pages, page numbers, and small heads.

    A line in the *size* of the text that is as long as its *measure*, or ends a sentence, is text, however often it
    comes.
    """
    seen: Counter[tuple[str, int]] = Counter()
    for sheet in sheets:
        seen.update({_mask(row) for row in _edges(sheet)})
    enough = max(2, -(-6 * len(sheets) // 10))
    for sheet in sheets:
        edges = _edges(sheet)
        for row in edges:
            outermost = row in (edges[0], edges[-1])
            row.furniture = (
                (seen[_mask(row)] >= enough and not (row.size == size and _is_text(row, measure)))
                or (outermost and PAGE_NUMBER.fullmatch(row.text) is not None)
                or (row is edges[0] and row.size < SMALL * size and len(row.text) <= 40)
            )


def _is_text(row: Row, measure: float) -> bool:
    # An indented line is shorter by its indent.
    return row.right - row.left > 0.8 * measure or row.text[-1] in "。！？；"


def _edges(sheet: Sheet) -> list[Row]:
    """Take the lines at the top and at the foot of a page, as they stand, whatever their order in the file."""
    rows = sorted(sheet.rows, key=lambda row: -row.bottom)
    if len(rows) <= 2 * EDGE:
        return [rows[0], rows[-1]] if len(rows) > 2 else []
    return [*rows[:EDGE], *rows[-EDGE:]]


def _mask(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "#", "".join(row.text.split())), round(row.size)


def _margins(rows: Sequence[Row]) -> tuple[float, float]:
    """Find the left and the right edge of the text: the outermost that more than one line keeps to."""
    lefts = Counter(round(row.left) for row in rows)
    rights = Counter(round(row.right) for row in rows)
    often = max(2, len(rows) // 20)
    left = min((edge for edge, count in lefts.items() if count >= often), default=min(lefts))
    right = max((edge for edge, count in rights.items() if count >= often), default=max(rights))
    return float(left), float(right)


def _goes_on(above: Row, row: Row, left: float, right: float, leading: float, *, indents: bool, large: float) -> bool:
    """Judge whether a printed line goes on with the paragraph of the one above."""
    if abs(above.size - row.size) > 0.1 * row.size:
        return False
    same_page = above.page == row.page
    if same_page and not 0 < above.bottom - row.bottom <= 1.7 * max(leading, 1.2 * row.size):
        return False
    if row.size > large:
        return same_page  # a title over several lines
    if row.left - left > 0.8 * row.size:
        return False
    if indents and row.right - row.left > 0.9 * (right - left):
        return True  # a full line that is not indented begins nothing where paragraphs are
    if right - above.right > 1.6 * row.size:
        return False
    return indents or above.text[-1] not in STOPS


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
