"""Readers: bytes of any format in, lines with their places out.

One module a format. A new format is a module with a function ``lines`` and a row in ``READERS``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from corpus.errors import EmptyFile, ReadError, UnsupportedFormat
from corpus.model import Line, Source
from corpus.readers import archive, pdf, plain, web, word
from corpus.readers.beside import corrections
from corpus.readers.limits import ReadLimits, check_bytes, shown

__all__ = [
    "ARCHIVES",
    "ReadLimits",
    "corrections",
    "parse_all",
    "parse_bytes",
    "read",
    "read_all",
    "suffixes",
]

Reader = Callable[..., tuple[str, tuple[Line, ...]]]

READERS: dict[str, Reader] = {
    ".txt": plain.lines,
    ".text": plain.lines,
    ".md": plain.lines,
    ".markdown": plain.lines,
    ".docx": word.lines,
    ".pdf": pdf.lines,
    ".html": web.lines,
    ".htm": web.lines,
    ".xhtml": web.lines,
}
ARCHIVES = frozenset({".zip"})

REMEDIES = {
    ".doc": "save it as .docx in Word or LibreOffice",
    ".wps": "save it as .docx in WPS",
    ".rtf": "save it as .docx in Word or LibreOffice",
    ".xls": "save it as text",
    ".xlsx": "save it as text",
    ".ppt": "save it as text",
    ".pptx": "save it as text",
    ".png": "a picture holds no text; run text recognition and give the text",
    ".jpg": "a picture holds no text; run text recognition and give the text",
    ".jpeg": "a picture holds no text; run text recognition and give the text",
    ".gif": "a picture holds no text; run text recognition and give the text",
    ".tif": "a picture holds no text; run text recognition and give the text",
    ".tiff": "a picture holds no text; run text recognition and give the text",
    ".rar": "unpack it, or pack it as .zip",
    ".7z": "unpack it, or pack it as .zip",
}


def suffixes() -> frozenset[str]:
    """Name the endings of the files that can be read, in small letters, with the dot."""
    return frozenset(READERS) | ARCHIVES


def read(path: Path, *, name: str, limits: ReadLimits) -> Source:
    """Read the file at *path* and record it as *name*.

    Raises a ReadError that names the file, what is wrong and what to do.
    """
    return parse_bytes(_bytes(path, name=name, limits=limits), name=name, limits=limits)


def read_all(path: Path, *, name: str, limits: ReadLimits) -> Iterator[Source | ReadError]:
    """Read the file at *path*, or every file in it where it is an archive.

    What is wrong with one file is yielded in its place, and the rest goes on. A member is named ``archive.zip/member``.
    """
    try:
        content = _bytes(path, name=name, limits=limits)
    except ReadError as error:
        yield error
    else:
        yield from parse_all(content, name=name, limits=limits)


def parse_all(content: bytes, *, name: str, limits: ReadLimits) -> Iterator[Source | ReadError]:
    """Read *content* as the file *name*, or every file in it where it is an archive; otherwise as read_all."""
    try:
        if PurePath(name).suffix.lower() not in ARCHIVES:
            yield parse_bytes(content, name=name, limits=limits)
            return
        if not content:
            raise EmptyFile(f"{shown(name)}: the file is empty.")
        for member in archive.members(content, name=name, limits=limits):
            if isinstance(member, ReadError):
                yield member
                continue
            for source in parse_all(member.content, name=member.name, limits=limits):
                if isinstance(source, ReadError):
                    yield source
                else:
                    yield replace(source, corrections=member.corrections)
    except ReadError as error:
        yield error


def _bytes(path: Path, *, name: str, limits: ReadLimits) -> bytes:
    try:
        if not path.exists():
            raise ReadError(f"{shown(name)}: there is no such file.")
        if not path.is_file():
            raise ReadError(f"{shown(name)}: this is not a file.")
        check_bytes(path.stat().st_size, name=name, limits=limits)
        with path.open("rb") as file:
            return file.read(limits.bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(f"{shown(name)}: it cannot be read ({reason}); check the file and its permissions.") from error


def parse_bytes(content: bytes, *, name: str, limits: ReadLimits) -> Source:
    """Read *content* as the file *name*, whose ending says the format.

    Raises a ReadError that names the file, what is wrong and what to do.
    """
    check_bytes(len(content), name=name, limits=limits)
    reader = _reader(name)
    if not content:
        raise EmptyFile(f"{shown(name)}: the file is empty.")
    text, lines = reader(content, name=name, limits=limits)
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise EmptyFile(f"{shown(name)}: there is nothing but blanks in it.")
    return Source(name=name, digest=hashlib.sha256(content).hexdigest(), text=text, lines=lines)


def _reader(name: str) -> Reader:
    suffix = PurePath(name).suffix.lower()
    if suffix in READERS:
        return READERS[suffix]
    if suffix in ARCHIVES:
        raise UnsupportedFormat(
            f"{shown(name)}: this is an archive of several files; unpack it and give them one by one."
        )
    remedy = REMEDIES.get(suffix, f"the formats are {' '.join(sorted(suffixes()))}")
    kind = f"of the kind {shown(suffix)}" if suffix else "without an ending"
    raise UnsupportedFormat(f"{shown(name)}: files {kind} are not read; {remedy}.")
