"""jieba's dictionary in a file of which only what a text may need is read: the words that begin as it does somewhere.

jieba holds half a million words and beginnings of words in one dictionary of Python's, which takes most of a second to
load. Here they lie by their first character, and come into the dictionary with the first text that has it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

_START = struct.Struct("<IQ")  # checksum of all that follows it, length of the head
_CHECKED = 4  # from this byte on
Found = TypeVar("Found")


class Dictionary:
    """Keep *entries* (how often each word or beginning of a word occurs) and add to them what is asked for.

    *total* is how often all words occur together. Safe to use from several threads.
    """

    def __init__(self, blocks: memoryview, *, total: int, places: Mapping[str, tuple[int, int]]) -> None:
        self.entries: dict[str, int] = {}
        self.total = total
        self._blocks = blocks
        self._places = places
        self._asked: set[str] = set()

    def need(self, text: str) -> None:
        """Read what may occur in *text*."""
        if self._asked.issuperset(text):
            return
        for char in set(text) - self._asked:
            if char in self._places:
                start, end = self._places[char]
                self.entries.update(json.loads(bytes(self._blocks[start:end])))
            self._asked.add(char)

    def before(self, look: Callable[[str], Found]) -> Callable[[str], Found]:
        """Make of *look*, which looks words of a text up, one that has what it needs."""

        def looked(text: str) -> Found:
            self.need(text)
            return look(text)

        return looked


def opened(path: Path, *, maker: str) -> Dictionary | None:
    """Open what ``write`` has written for the same *maker*; None where there is no such file, or no whole one."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    if len(mapped) < _START.size:
        return None
    check, length = _START.unpack_from(mapped)
    # All of it, which takes five milliseconds: a block that a power cut left zeroed would end every program.
    if zlib.crc32(memoryview(mapped)[_CHECKED:]) != check:
        return None
    try:
        made_by, size, total, places = json.loads(mapped[_START.size : _START.size + length])
    except ValueError:  # of a version that wrote it otherwise
        return None
    blocks = memoryview(mapped)[_START.size + length :]
    return Dictionary(blocks, total=total, places=places) if (made_by, size) == (maker, len(blocks)) else None


def write(path: Path, entries: Mapping[str, int], *, total: int, maker: str) -> None:
    """Write a dictionary for ``opened``, whole or not at all. Raises OSError."""
    by_first: dict[str, dict[str, int]] = {}
    for word, times in entries.items():
        by_first.setdefault(word[0], {})[word] = times
    blocks = {char: _dumped(words) for char, words in by_first.items()}
    places, size = {}, 0
    for char, block in blocks.items():
        places[char] = (size, size + len(block))
        size += len(block)
    head = _dumped((maker, size, total, places))
    new = path.with_name(f"{path.name}.{os.getpid()}")
    everything = b"".join((_START.pack(0, len(head)), head, *blocks.values()))[_CHECKED:]
    with new.open("wb") as file:
        file.write(zlib.crc32(everything).to_bytes(_CHECKED, "little") + everything)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
