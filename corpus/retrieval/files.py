"""Parts in files: written to a new name, synchronised, switched to by renaming a manifest, and checked when read.

The files only spare a start the work of reading the store: whatever is wrong with them, they are made anew from it. One
program at a time writes them, the one that holds the lock; others search what they hold in memory.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import secrets
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.locking import Taken, locked
from corpus.model import ReportId
from corpus.retrieval.okapi import ArrayOkapi
from corpus.retrieval.part import Part, joined
from corpus.retrieval.postings import Postings

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
_FORMAT = 3
_MAGIC = b"yinju-part-1"
_ARRAYS = ("keys", "starts", "passages", "counts", "lengths", "frequent", "columns")
_AT_ONCE = 16 << 20
"""A file up to this size is checked when it is opened, a larger one while questions are answered already."""


class Damaged(Exception):
    """Say what is wrong with a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Hold what was read: the parts, when each report in them was added to the store (seconds since 1970), its mark."""

    parts: tuple[Part, ...]
    moments: dict[ReportId, float]
    mark: str | None


class Folder:
    """Keep parts in a folder. *maker* names all they are made by and of; what another made is not read."""

    def __init__(self, path: Path, *, maker: str) -> None:
        self._path = path
        self._maker = maker
        self._lock: ExitStack | None = None

    def open(self, *, k1: float, b: float) -> Kept | None:
        """Read what is kept; None where there is nothing, and, with a word in the log, where it is of no use."""
        try:
            told = json.loads((self._path / MANIFEST).read_bytes())
            self._recognise(told)
            parts = tuple(self._read(one, k1=k1, b=b) for one in told["parts"])
            return Kept(parts, told["moments"], told["mark"])
        except (OSError, ValueError, KeyError, TypeError, Damaged) as error:
            if isinstance(error, FileNotFoundError) and not (self._path / MANIFEST).exists():
                return None
            log.warning("the index is made anew from the store: %s", error)
            return None

    def _recognise(self, told: dict[str, Any]) -> None:
        if (told["format"], told["maker"]) != (_FORMAT, self._maker):
            raise Damaged("it was made with another analyzer or by another version")

    def ours(self) -> bool:
        """Take the lock, unless another program has it; it is kept until ``close``."""
        if self._lock is None:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = ExitStack()
            try:
                lock.enter_context(locked(self._path / "lock"))
            except Taken:
                return False
            self._lock = lock
        return True

    def close(self) -> None:
        """Leave writing to others."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def has(self, part: Part) -> bool:
        """Say whether a part's file is there: a program that has written since may have dropped it."""
        return part.file is not None and (self._path / part.file).exists()

    def joined(self, parts: Sequence[Part], *, k1: float, b: float) -> Part:
        """Join parts into one in a file, which is read only after ``switch``."""
        name = f"{secrets.token_hex(8)}.part"
        with _NewFile(self._path / name) as file:
            made = joined(parts, k1=k1, b=b, allocate=file.allocate)
            postings = made.okapi.postings
            arrays = {field: getattr(postings, field) for field in _ARRAYS}
            arrays |= {"firsts": made.firsts, "numbers": made.numbers, "labels": made.labels}
            table = [[sorted(years), sorted(units)] for years, units in made.table]
            file.seal(arrays, reports=made.reports, labels=table)
        return replace(_opened(self._path / name, k1=k1, b=b), file=name)

    def switch(self, parts: Sequence[Part], *, moments: dict[ReportId, float], mark: str | None) -> None:
        """Make *parts*, all in files, what is read from now on; drop the files that are in use no more."""
        described = [
            {
                "file": part.file,
                "size": (self._path / str(part.file)).stat().st_size,
                "gone": sorted(part.reports[r] for r in part.gone),
            }
            for part in parts
        ]
        told = {"format": _FORMAT, "maker": self._maker, "moments": moments, "mark": mark, "parts": described}
        new = self._path / f"{MANIFEST}.new"
        with new.open("wb") as file:
            file.write(json.dumps(told).encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path / MANIFEST)
        folder = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        named = {part.file for part in parts}
        for left in self._path.glob("*.part"):
            if left.name not in named:
                left.unlink(missing_ok=True)

    def drop(self) -> None:
        """Take back what ``open`` reads, so that the next start makes it anew."""
        (self._path / MANIFEST).unlink(missing_ok=True)

    def check(self, part: Part, *, going_on: Callable[[], bool] = lambda: True) -> None:
        """Read a part's whole file and compare it with its checksum; stop when *going_on* says so. Raises Damaged."""
        _check(self._path / str(part.file), going_on=going_on)

    def _read(self, told: dict[str, Any], *, k1: float, b: float) -> Part:
        path = self._path / told["file"]
        size = path.stat().st_size
        if size != told["size"]:
            raise Damaged(f"{path.name} has {size} bytes instead of {told['size']}")
        if size <= _AT_ONCE:
            _check(path)
        part = _opened(path, k1=k1, b=b)
        return replace(part, file=path.name, gone=frozenset(part.places[name] for name in told["gone"]))


class _NewFile:
    """Write arrays into a new file, through memory that is mapped to it; what is not sealed is deleted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sealed = False

    def __enter__(self) -> Self:
        self._file = self._path.open("xb+")
        self._size = 0
        self._offsets: dict[int, int] = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self._sealed:
            self._path.unlink()

    def allocate(self, kind: str, rows: int, columns: int) -> NDArray[Any]:
        """Make an array that lies in the file."""
        size = rows * max(1, columns) * np.dtype(kind).itemsize
        offset = self._size
        self._size += -(-max(size, 1) // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        self._file.truncate(self._size)
        shape = (rows, columns) if columns else (rows,)
        if not size:
            return np.empty(shape, dtype=kind)
        mapped = mmap.mmap(self._file.fileno(), size, offset=offset)
        array = np.frombuffer(mapped, dtype=kind).reshape(shape)
        self._offsets[array.ctypes.data] = offset
        return array

    def seal(self, arrays: dict[str, NDArray[Any]], **named: Sequence[Any]) -> None:
        """Say at the end of the file what is in it, with what is *named*, and bring it to the disk."""
        told: dict[str, Any] = {}
        for name, array in arrays.items():
            offset = self._offsets.get(array.ctypes.data) if array.size else 0
            if offset is None:
                copy = self.allocate(array.dtype.str, len(array), 0)
                copy[:] = array
                offset = self._offsets[copy.ctypes.data]
            told[name] = [array.dtype.str, offset, list(array.shape)]
        os.fsync(self._file.fileno())
        self._file.seek(0)
        check = 0
        while block := self._file.read(1 << 20):
            check = zlib.crc32(block, check)
        footer = json.dumps({"arrays": told, **named, "check": check}).encode()
        self._file.seek(0, os.SEEK_END)
        self._file.write(footer + zlib.crc32(footer).to_bytes(4, "little") + len(footer).to_bytes(8, "little") + _MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._sealed = True


def _footer(path: Path) -> tuple[dict[str, Any], int]:
    """Read what a file says of itself, and where that begins."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        tail = len(_MAGIC) + 12
        file.seek(max(0, end - tail))
        last = file.read(tail)
        length = int.from_bytes(last[4:12], "little")
        if last[12:] != _MAGIC or length > end - tail:
            raise Damaged(f"{path.name} is not whole")
        file.seek(end - tail - length)
        footer = file.read(length)
    if zlib.crc32(footer) != int.from_bytes(last[:4], "little"):
        raise Damaged(f"{path.name} is damaged")
    told: dict[str, Any] = json.loads(footer)
    return told, end - tail - length


def _opened(path: Path, *, k1: float, b: float) -> Part:
    told, _ = _footer(path)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    arrays = {}
    for name, (kind, offset, shape) in told["arrays"].items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(mapped, dtype=kind, count=count, offset=offset).reshape(shape)
    okapi = ArrayOkapi.over(Postings(**{name: arrays[name] for name in _ARRAYS}), k1=k1, b=b)
    table = [(frozenset(years), frozenset(units)) for years, units in told["labels"]]
    return Part.over(okapi, told["reports"], arrays["firsts"], arrays["numbers"], arrays["labels"], table)


def _check(path: Path, *, going_on: Callable[[], bool] = lambda: True) -> None:
    told, left = _footer(path)
    check = 0
    with path.open("rb") as file:
        while left and going_on():
            block = file.read(min(left, 1 << 20))
            check, left = zlib.crc32(block, check), left - len(block)
    if not left and check != told["check"]:
        raise Damaged(f"{path.name} is damaged")
