"""Name terms by 64 bits, so that there is no dictionary of terms to hold or to load.

That two of a million terms share a name has a chance of 1 in 37 million, and then they count as one term. A pair of
characters, or one, is named by arithmetic on its code points (the finalizer of SplitMix64: Steele et al., "Fast
splittable pseudorandom number generators", 2014; no two of them share a name), which numpy does for all of a text at
once; any other term by a hash.
"""

from __future__ import annotations

import functools
import re
from array import array
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from corpus.bags import RUN, Bag, common

_WORD = re.compile(rf"(?<!\S)[^{RUN}\s]\S*")
_STEPS = (30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)
"""By how much to shift, and what to multiply with then."""
_ALL = (1 << 64) - 1
_BLANK = ord(" ")


def key(term: str) -> int:
    """Name a term by 64 bits."""
    if term[1:2] == ":" and (term[0], len(term)) in (("b", 4), ("u", 3)):
        mixed = ord(term[2]) << 32 | (ord(term[3]) if len(term) == 4 else 0)
        # As ``_mixed``, of one: numpy takes twenty times as long for so few.
        for shift, multiplier in _STEPS:
            mixed = (mixed ^ mixed >> shift) * multiplier & _ALL
        return mixed
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def keyed(bags: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Name every term of *bags*, as often as it stands there, each with the number of its bag; in no order."""
    named = _Named()
    literal, owners = array("Q"), array("q")
    for number, bag in enumerate(bags):
        if not isinstance(bag, Bag):
            literal.extend(map(named.__getitem__, bag))
            owners.extend([number] * len(bag))
    joined = "\n".join(bag.text if isinstance(bag, Bag) else "" for bag in bags)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owner = np.cumsum(codes == ord("\n"))
    words = list(_WORD.finditer(joined))
    literal.extend([named[word.group()] for word in words])
    inside = _inside(codes)
    firsts = np.flatnonzero(inside[:-1] & inside[1:])
    alone = np.flatnonzero(inside & ~_table()[codes])
    keys = [
        _mixed(codes[firsts] << np.uint64(32) | codes[firsts + 1]),
        _mixed(codes[alone] << np.uint64(32)),
        np.frombuffer(literal, dtype=np.uint64) if literal else codes[:0],
    ]
    spots = np.array([word.start() for word in words], dtype=np.int64)
    return np.concatenate(keys), np.concatenate([owner[firsts], owner[alone], np.array(owners, "i8"), owner[spots]])


class _Named(dict[str, int]):
    """Name terms as they come."""

    def __missing__(self, term: str) -> int:
        named = self[term] = key(term)
        return named


def _inside(codes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say which characters stand in a run."""
    marks = np.flatnonzero(codes == ord(RUN))
    marks = marks[(marks == 0) | (codes[marks - 1] <= _BLANK)]
    blanks = np.append(np.flatnonzero(codes <= _BLANK), len(codes))
    steps = np.zeros(len(codes) + 1, dtype=np.int8)
    steps[marks + 1] += 1
    steps[blanks[blanks.searchsorted(marks)]] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8) > 0


@functools.cache
def _table() -> NDArray[np.bool_]:
    """Say of each code point whether it is too common to be a term."""
    table = np.zeros(0x110000, dtype=np.bool_)
    table[[ord(char) for char in common()]] = True
    return table


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of *numbers*, which are overwritten; no two become the same."""
    for shift, multiplier in _STEPS:
        numbers ^= numbers >> np.uint64(shift)
        numbers *= np.uint64(multiplier)
    return numbers
