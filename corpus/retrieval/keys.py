"""Name terms by 64 bits, so that there is no dictionary of terms to hold or to load.

That two of a million terms share a name has a chance of 1 in 37 million, and then they count as one term. A pair of
characters, or one, is named by arithmetic on its code points (the finalizer of SplitMix64: Steele et al., "Fast
splittable pseudorandom number generators", 2014; no two of them share a name), which numpy does for all of a text at
once; any other term by a hash.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from corpus.bags import RUN, Bag, common

_STEPS = (30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)
"""By how much to shift, and what to multiply with then."""
_ALL = (1 << 64) - 1
_BLANK = ord(" ")
_KEPT = 1 << 14
"""Remember the names of so many terms, in some 4 MB: reports have the same numbers and foreign words again."""


@functools.lru_cache(_KEPT)
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
    literal, owners = array("Q"), array("q")
    for number, bag in enumerate(bags):
        if not isinstance(bag, Bag):
            literal.extend(map(key, bag))
            owners.extend([number] * len(bag))
    texts = [bag.text if isinstance(bag, Bag) else "" for bag in bags]
    joined = "\n".join(["", *texts, ""])
    owner = np.repeat(np.arange(len(texts)), [1 + len(text) for text in texts])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    inside, words = _parted(codes)
    literal.extend([key(joined[start:end]) for start, end in words.tolist()])
    firsts = np.flatnonzero(inside[:-1] & inside[1:])
    alone = np.flatnonzero(inside & ~_table()[codes])
    made = np.concatenate([codes[firsts] << 32 | codes[firsts + 1], codes[alone] << 32]).view(np.uint64)
    names = np.concatenate([_mixed(made), np.array(literal, dtype=np.uint64)])
    return names, np.concatenate([owner[firsts], owner[alone], np.array(owners, "i8"), owner[words[:, 0]]])


def _parted(codes: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Say which characters stand in a run, and where the other words begin and end, one of each a row.

    *codes* begin and end with a blank.
    """
    inside = codes > _BLANK
    edges = 1 + np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)
    runs = codes[edges[:, 0]] == ord(RUN)
    words = edges[~runs]
    inside[edges[runs, 0]] = False
    for start, end in words.tolist():
        inside[start:end] = False
    return inside, words


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
