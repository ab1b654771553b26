"""Read Word files (.docx): all that is printed in the body, in order, with levels; nothing in them is run.

Paragraphs with their automatic numbers, tables as text, text boxes, and notes after the paragraph that they belong to.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.errors import ReadError
from corpus.model import Line
from corpus.readers.limits import ReadLimits, check_text, shown
from corpus.readers.numbered import WORD, Numbers, value
from corpus.readers.writing import Written, write
from corpus.readers.zipped import opened

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
TITLE = re.compile(r"(?:title|标题|文档标题)$", re.IGNORECASE)
CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# What was struck out or moved away, what fields are made by, how ruby is pronounced, properties.
SKIPPED = {
    f"{WORD}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "sdtPr", "tblPr")
}
BREAKS = {f"{WORD}br", f"{WORD}cr"}
SIGNS = {f"{WORD}tab": "\t", f"{WORD}noBreakHyphen": "-"}
TEXTS = {f"{WORD}t", f"{MATH}t"}
NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
DEEPEST = 9  # levels of styles that are based on each other
STOPS = "。！？；"


def lines(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, tuple[Line, ...]]:
    """Read what is printed in the body, in order; heads and feet of pages are furniture, comments are no content.

    Raises ReadError for what is damaged, encrypted or no Word file, and FileTooLarge.
    """
    if content.startswith(OLE):
        raise ReadError(
            f"{shown(name)}: this is an old or an encrypted Word file; take the password off and save it as .docx."
        )
    with opened(content, name=name, limits=limits) as archive:
        if "word/document.xml" not in archive.namelist():
            raise ReadError(f"{shown(name)}: there is no Word text in it; save it as .docx in Word or LibreOffice.")
    # Word's library is slow to load, and only these files need it.
    import docx  # noqa: PLC0415

    try:
        written = _Document(docx.Document(io.BytesIO(content))).written()
    except Exception as error:  # the library raises whatever a damaged file makes it stumble over
        raise ReadError(
            f"{shown(name)}: the Word file is damaged ({type(error).__name__}); open it in Word and save it anew."
        ) from error
    text, found = write(written)
    check_text(text, name=name, limits=limits)
    return text, found


@dataclass(slots=True)
class _Piece:
    """Hold what of a paragraph is no plain text of its own: the boxes and the notes that hang on it."""

    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class _Document:
    """Walk through a document and write down its lines."""

    def __init__(self, document: Any) -> None:
        self._document = document
        parts = {each.reltype.rpartition("/")[2]: each for each in document.part.rels.values() if not each.is_external}
        self._numbers = Numbers(_root(parts.get("numbering")))
        self._notes = {kind: _notes(_root(parts.get(kind))) for kind in NOTES.values()}
        self._edges = [
            _root(each) for key in ("header", "footer") for each in document.part.rels.values()
            if not each.is_external and each.reltype.endswith(f"/{key}")
        ]  # fmt: skip
        self._styles = {each.get(f"{WORD}styleId"): each for each in document.styles.element.iter(f"{WORD}style")}
        self._waiting: list[tuple[str, str]] = []

    def written(self) -> list[Written]:
        found = [each for root in self._edges for each in self._edge(root)]
        found += self._blocks(self._document.element.body)
        found += self._noted()
        return found

    def _edge(self, root: Any) -> Iterator[Written]:
        for paragraph in root.iter(f"{WORD}p"):
            for each in self._lines(paragraph, _Piece()):
                if each.text.strip():
                    each.furniture = "running-head"
                    yield each

    def _blocks(self, element: Any) -> Iterator[Written]:
        for child in element:
            if child.tag == f"{WORD}p":
                yield from self._paragraph(child)
            elif child.tag == f"{WORD}tbl":
                for row in child.iter(f"{WORD}tr"):
                    if next(row.iterancestors(f"{WORD}tbl")) is child:
                        yield self._row(row)
            elif child.tag == f"{CHOICES}AlternateContent":
                yield from self._blocks(child[0])
            elif child.tag not in SKIPPED:
                yield from self._blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Written]:
        piece = _Piece()
        level = self._level(paragraph)
        found = list(self._lines(paragraph, piece))
        number = self._number(paragraph) if any(each.text.strip() for each in found) else ""
        if number:
            found[0].open(number)
        for each in found:
            each.level = level
            yield each
        for box in piece.boxes:
            yield from self._blocks(box)
        self._waiting += piece.notes
        # Not between a title and its subtitle: where a sentence has ended.
        if self._waiting and found[-1].text.rstrip().endswith(tuple(STOPS)):
            yield from self._noted()

    def _noted(self) -> Iterator[Written]:
        while self._waiting:
            kind, name = self._waiting.pop(0)
            note = self._notes[kind].pop(name, None)
            if note is not None:
                yield from self._blocks(note)

    def _row(self, row: Any) -> Written:
        cells, piece = [], _Piece()
        for cell in row.iter(f"{WORD}tc"):
            if next(cell.iterancestors(f"{WORD}tr")) is row:
                inside = [each for p in cell.iter(f"{WORD}p") for each in self._lines(p, piece)]
                cells.append(" ".join(text for each in inside if (text := each.text.strip())))
        self._waiting += piece.notes
        return Written(" | ".join(cells), level=None)

    def _lines(self, paragraph: Any, piece: _Piece) -> Iterator[Written]:
        current = Written()
        for sign, bold in self._signs(paragraph, piece, bold=False):
            if sign == "\n":
                yield current
                current = Written()
            else:
                current.add(sign, bold=bold)
        yield current

    def _signs(self, element: Any, piece: _Piece, *, bold: bool) -> Iterator[tuple[str, bool]]:
        for child in element:
            tag = child.tag
            if tag in TEXTS:
                yield child.text or "", bold
            elif tag in SIGNS:
                yield SIGNS[tag], bold
            elif tag in BREAKS:
                yield "\n", bold
            elif tag == f"{WORD}txbxContent":
                piece.boxes.append(child)
            elif tag == f"{CHOICES}AlternateContent":  # the same once for new programs and once for old ones
                yield from self._signs(child[:1], piece, bold=bold)
            elif isinstance(tag, str) and (kind := NOTES.get(tag.removeprefix(WORD))):
                piece.notes.append((kind, child.get(f"{WORD}id") or ""))
            elif tag not in SKIPPED and isinstance(tag, str):
                yield from self._signs(child, piece, bold=bold or (tag == f"{WORD}r" and _is_bold(child)))

    def _style(self, paragraph: Any) -> Iterator[Any]:
        """Give a paragraph's style, and those that it is based on."""
        name = value(paragraph, "pPr/pStyle")
        default = (key for key, each in self._styles.items() if _is_default(each))
        style = self._styles.get(name if name in self._styles else next(default, None))
        for _ in range(DEEPEST):
            if style is None:
                return
            yield style
            style = self._styles.get(value(style, "basedOn"))

    def _level(self, paragraph: Any) -> int | None:
        for style in self._style(paragraph):
            name = value(style, "name") or ""
            heading = HEADING.match(name)
            if heading:
                return int(heading[1]) + 1
            if TITLE.match(name):
                return 1
        for each in (paragraph, *self._style(paragraph)):
            depth = value(each, "pPr/outlineLvl") or ""
            if depth.isdecimal():
                return int(depth) + 2 if int(depth) < 9 else None
        return None

    def _number(self, paragraph: Any) -> str:
        name = depth = None
        for each in (paragraph, *self._style(paragraph)):
            name = name if name is not None else value(each, "pPr/numPr/numId")
            depth = depth if depth is not None else value(each, "pPr/numPr/ilvl")
        return self._numbers.next(name, int(depth) if depth and depth.isdecimal() else 0) if name else ""


def _root(relation: Any) -> Any:
    """Parse the part that *relation* leads to; the library keeps those it does not know as bytes."""
    if relation is None:
        return None
    part = relation.target_part
    element = getattr(part, "element", None)
    if element is not None:
        return element
    from docx.oxml.parser import parse_xml  # noqa: PLC0415  # as above

    return parse_xml(part.blob)


def _notes(root: Any) -> dict[str, Any]:
    """Find the notes of a part by their ids; rules and their like, which have a type, are none."""
    if root is None:
        return {}
    return {each.get(f"{WORD}id") or "": each for each in root if each.get(f"{WORD}type") in (None, "normal")}


def _is_bold(run: Any) -> bool:
    bold = run.find(f"{WORD}rPr/{WORD}b")
    return bold is not None and bold.get(f"{WORD}val") not in ("0", "false", "off")


def _is_default(style: Any) -> bool:
    return style.get(f"{WORD}type") == "paragraph" and style.get(f"{WORD}default") in ("1", "true")
