"""Read Word files (.docx): paragraphs with the levels of their styles, tables as text; nothing in them is run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from corpus.errors import ReadError
from corpus.model import Line
from corpus.readers.limits import ReadLimits, check_text, shown
from corpus.readers.writing import Written, write
from corpus.readers.zipped import opened

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
TITLE = re.compile(r"(?:title|标题|文档标题)$", re.IGNORECASE)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lines(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, tuple[Line, ...]]:
    """Read the paragraphs and tables of the body, in order. Heads, feet and comments are no content.

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
        written = list(_paragraphs(docx.Document(io.BytesIO(content))))
    except Exception as error:  # the library raises whatever a damaged file makes it stumble over
        raise ReadError(
            f"{shown(name)}: the Word file is damaged ({type(error).__name__}); open it in Word and save it anew."
        ) from error
    text, found = write(written)
    check_text(text, name=name, limits=limits)
    return text, found


def _paragraphs(document: object) -> Iterator[Written]:
    from docx.table import Table  # noqa: PLC0415  # as above

    for item in document.iter_inner_content():  # type: ignore[attr-defined]  # Document, which is loaded late
        if isinstance(item, Table):
            for row in item.rows:
                cells = []
                seen: set[int] = set()
                for cell in row.cells:
                    if id(cell._tc) not in seen:  # merged cells come once for every column they span
                        seen.add(id(cell._tc))
                        cells.append(" ".join(cell.text.split("\n")).strip())
                yield Written(" | ".join(cells), level=None)
        else:
            yield from _paragraph(item)


def _paragraph(paragraph: object) -> Iterator[Written]:
    level = _level(paragraph)
    current = Written(level=level)
    for item in paragraph.iter_inner_content():  # type: ignore[attr-defined]  # Paragraph
        runs = getattr(item, "runs", None) or [item]
        for run in runs:
            bold = bool(getattr(run, "bold", False))
            for number, piece in enumerate(run.text.split("\n")):
                if number:
                    yield current
                    current = Written(level=level)
                current.add(piece, bold=bold)
    yield current


def _level(paragraph: object) -> int | None:
    style = paragraph.style  # type: ignore[attr-defined]  # Paragraph
    while style is not None:
        heading = HEADING.match(style.name or "")
        if heading:
            return int(heading[1]) + 1
        if TITLE.match(style.name or ""):
            return 1
        style = style.base_style
    outline = paragraph._p.find(f"{WORD}pPr/{WORD}outlineLvl")  # type: ignore[attr-defined]  # Paragraph
    if outline is not None and (outline.get(f"{WORD}val") or "").isdecimal():
        depth = int(outline.get(f"{WORD}val"))
        return depth + 2 if depth < 9 else None
    return None
