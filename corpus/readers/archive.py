"""Read ZIP archives: every member that can be read, an error for every other one; nothing is written to disk."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.errors import FileTooLarge, ReadError
from corpus.model import Corrections
from corpus.readers import beside
from corpus.readers.limits import ReadLimits, shown
from corpus.readers.zipped import opened

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
UNIX = 3
UTF8 = 0x800
CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """Hold one file of an archive: its *name*, with the archive's before it, its bytes, and what corrects it."""

    name: str
    content: bytes
    corrections: Corrections | None = None


def members(content: bytes, *, name: str, limits: ReadLimits) -> Iterator[Member | ReadError]:
    """Unpack the members of an archive one by one, in its order.

    Raises ReadError and FileTooLarge for the archive as a whole; what is wrong with one member is that member's error.
    """
    left = limits.unpacked
    with opened(content, name=name, limits=limits) as archive:
        seen: set[str] = set()
        every = {_name(info): info for info in reversed(archive.infolist()) if not _is_folder(info)}
        sidecars = beside.sidecars(every)
        for info in archive.infolist():
            inner = _name(info)
            if _is_folder(info) or inner.startswith(CLUTTER[0]) or PurePosixPath(inner).name in CLUTTER:
                continue
            if inner in sidecars:
                continue
            full = f"{name}/{inner}"
            refusal = _refusal(info, inner)
            if inner in seen:
                refusal = "a file of this name stands in the archive twice; the first one was read"
            seen.add(inner)
            if refusal:
                yield ReadError(f"{shown(full)}: {refusal}.")
                continue
            try:
                with archive.open(info) as file:
                    unpacked = file.read(min(limits.bytes, left) + 1)
            except DAMAGE as error:
                yield ReadError(f"{shown(full)}: it is damaged in the archive ({type(error).__name__}); get it anew.")
                continue
            left -= len(unpacked)
            if left < 0:
                raise FileTooLarge(
                    f"{shown(name)}: unpacked it is more than the limit of {limits.unpacked:,} bytes; "
                    "split the archive or raise limits.archive_bytes."
                )
            if len(unpacked) > limits.bytes:
                yield FileTooLarge(
                    f"{shown(full)}: it is larger than the limit of {limits.bytes:,} bytes; split the file or raise "
                    "limits.file_bytes."
                )
                continue
            try:
                yield Member(full, unpacked, _corrections(archive, every, inner, name))
            except ReadError as error:
                yield error


def _corrections(
    archive: zipfile.ZipFile, every: Mapping[str, zipfile.ZipInfo], inner: str, name: str
) -> Corrections | None:
    """Read the corrections beside a member. Raises ReadError."""
    called = next((each for each in beside.candidates(inner) if each in every), None)
    if called is None:
        return None
    try:
        with archive.open(every[called]) as file:
            content = file.read(beside.MOST_BYTES + 1)
    except DAMAGE as error:
        raise ReadError(f"{shown(f'{name}/{called}')}: it is damaged in the archive; get it anew.") from error
    return beside.decoded(content, name=f"{name}/{called}")


def _name(info: zipfile.ZipInfo) -> str:
    """Read a member's name; old archives from Chinese machines have it in GBK and do not say so."""
    if info.flag_bits & UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.filename.endswith("/")  # its own is_dir() fails for a name that is empty


def _refusal(info: zipfile.ZipInfo, inner: str) -> str:
    path = PurePosixPath(inner.replace("\\", "/"))
    if not path.parts:
        return "it has no name; it was not read"
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its path leads out of the archive; it was not read"
    if info.flag_bits & 1:
        return "it is encrypted; unpack the archive and give the files"
    if info.create_system == UNIX and stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file; it was not read"
    if path.suffix.lower() == ".zip":
        return "it is an archive in an archive; unpack the outer one"
    return ""
