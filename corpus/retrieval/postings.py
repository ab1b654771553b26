"""Who holds which term, and how often: arrays that lie in memory or in a file alike.

A term is named by its key (see ``keys``), and its row found by binary search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.retrieval.keys import keyed

_AT_ONCE = 1 << 22
"""Join so many postings at a time: what is needed beside the result is bounded by it."""
_FREQUENT = 12
"""A term that more than one in so many passages hold is frequent: a column costs what its postings cost, or little
more."""
_FEWEST = 256
"""Reading so few postings is as fast as a look into a column."""


Allocate = Callable[[str, int, int], NDArray[Any]]
"""Make an array with a type (as numpy writes it), so many rows and so many columns (0: it has one dimension)."""


def in_memory(kind: str, rows: int, columns: int) -> NDArray[Any]:
    """Make an array in memory."""
    return np.empty((rows, columns) if columns else rows, dtype=kind)


@dataclass(frozen=True)
class Postings:
    """Hold terms as rows: row r is ``passages[starts[r]:starts[r + 1]]``, ascending, with *counts* beside.

    *keys* name the rows, ascending; *lengths* are the passages' lengths in terms. The rows *frequent* (ascending) are
    held by so many passages that *columns* hold their counts for every passage: one look tells.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    counts: NDArray[Any]
    lengths: NDArray[np.int32]
    frequent: NDArray[np.int64]
    columns: NDArray[Any]

    def __len__(self) -> int:
        return len(self.passages)

    def row(self, row: int) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Name the passages (ascending) of a row, and how often each holds its term."""
        start, end = int(self.starts[row]), int(self.starts[row + 1])
        return self.passages[start:end], self.counts[start:end]

    def of(self, name: int) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Name the passages that hold the term of this key, and how often each does."""
        row = int(self.rows([name])[0])
        return (self.passages[:0], self.counts[:0]) if row < 0 else self.row(row)

    @cached_property
    def _columns(self) -> dict[int, NDArray[Any]]:
        return dict(zip(self.frequent.tolist(), self.columns, strict=True))

    def column(self, row: int) -> NDArray[Any] | None:
        """Give how often each passage of all holds a row's term; None where it is not one of the frequent."""
        return self._columns.get(row)

    def among(self, row: int, places: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Tell how often each of *places* holds a row's term."""
        column = self._columns.get(row)
        if column is not None:
            there: NDArray[Any] = column[places]
            return there
        held, counts = self.row(row)
        spots = held.searchsorted(places)
        spots[spots == len(held)] = 0
        often = counts[spots]
        often[held[spots] != places] = 0
        return often

    def rows(self, names: Sequence[int]) -> NDArray[np.int64]:
        """Find the rows of terms by their keys; -1 for what nobody holds."""
        if not len(self.keys):
            return np.full(len(names), -1)
        wanted = np.array(names, dtype=np.uint64)
        found = self.keys.searchsorted(wanted)
        found[found == len(self.keys)] = 0
        found[self.keys[found] != wanted] = -1
        return found

    def frequencies(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the passages of each row; none for -1."""
        counts = self.starts[rows + 1] - self.starts[rows]
        counts[rows < 0] = 0
        return counts


def gather(corpus: Iterable[Sequence[str]]) -> Postings:
    """Make postings of passages' terms."""
    bags = list(corpus)
    names, owners = ordered(*keyed(bags))
    rows = _begins(names)
    first = np.flatnonzero(rows | _begins(owners))
    starts = np.flatnonzero(rows[first])
    keys, passages = names[first[starts[:-1]]], owners[first[:-1]].astype(np.int32)
    lengths = np.bincount(owners, minlength=len(bags)).astype(np.int32)
    return _finished(keys, starts, passages, _narrow(np.diff(first)), lengths, in_memory)


def ordered(names: NDArray[np.uint64], owners: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Order terms by their names, those of one name by their owners."""
    # Sorting numbers is three times as fast as sorting their places, so that the places lie in the lowest bits; owners
    # mostly ascend already. Where two names differ in those bits alone, or owners do not ascend, it takes longer.
    places = np.uint64((1 << len(names).bit_length()) - 1)
    packed = names & ~places
    packed |= np.arange(len(names), dtype=np.uint64)
    packed.sort()
    order = (packed & places).astype(np.int64)
    once, by = names[order], owners[order]
    if np.any((once[1:] < once[:-1]) | ((once[1:] == once[:-1]) & (by[1:] < by[:-1]))):
        order = np.lexsort((owners, names))
        once, by = names[order], owners[order]
    return once, by


def _begins(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Say where stretches of equal values begin, and that one would after the last."""
    begins = np.ones(len(values) + 1, dtype=np.bool_)
    begins[1:-1] = values[1:] != values[:-1]
    return begins


def _finished(
    keys: NDArray[np.uint64],
    starts: NDArray[np.int64],
    passages: NDArray[np.int32],
    counts: NDArray[Any],
    lengths: NDArray[np.int32],
    allocate: Allocate,
) -> Postings:
    """Write the columns of the frequent terms."""
    many = max(_FEWEST, len(lengths) // _FREQUENT)
    frequent = np.flatnonzero(np.diff(starts) > many)
    columns = allocate(counts.dtype.str, len(frequent), max(1, len(lengths)))
    columns[:] = 0
    for column, row in zip(columns, frequent.tolist(), strict=True):
        stretch = slice(starts[row], starts[row + 1])
        column[passages[stretch]] = counts[stretch]
    return Postings(keys, starts, passages, counts, lengths, frequent, columns)


def _narrow(counts: NDArray[Any]) -> NDArray[Any]:
    """Keep counts in as few bytes as the largest needs: one, but for texts that nobody would write."""
    most = int(counts.max(initial=0))
    return counts.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)


def join(parts: Sequence[tuple[Postings, NDArray[np.bool_]]], *, allocate: Allocate = in_memory) -> Postings:
    """Make one of several, passages one part after the other, each with a mask of those that live on."""
    places, size = [], 0
    for _, mask in parts:
        numbers = np.cumsum(mask, dtype=np.int32)
        places.append(np.where(mask, numbers + np.int32(size - 1), np.int32(-1)))
        size += int(np.count_nonzero(mask))
    rows = _Rows.of([part for part, _ in parts])
    most = sum(len(part) for part, _ in parts)
    widest = max((part.counts.dtype for part, _ in parts), key=lambda kind: kind.itemsize, default=np.dtype("u1"))
    names_of, sizes_of = [np.zeros(0, dtype=np.uint64)], [np.zeros(1, dtype=np.int64)]
    passages, counts = allocate("<i4", most, 0), allocate(widest.str, most, 0)
    filled = 0
    for first, last in rows.batches():
        lengths = rows.lengths[first:last]
        begins = np.cumsum(lengths) - lengths
        total = int(lengths.sum())
        held, often = np.empty(total, dtype=np.int32), np.empty(total, dtype=widest)
        for number, (part, _) in enumerate(parts):
            mine = np.flatnonzero(rows.part[first:last] == number)
            if len(mine):
                # A part's rows come in the order of its keys, so that what is read of it is one stretch.
                low = int(rows.start[first + mine[0]])
                high = int(rows.start[first + mine[-1]] + lengths[mine[-1]])
                into = np.repeat(begins[mine] - (rows.start[first + mine] - low), lengths[mine])
                into += np.arange(high - low)
                held[into] = places[number][part.passages[low:high]]
                often[into] = part.counts[low:high]
        names, where = np.unique(rows.keys[first:last], return_index=True)
        lives = held >= 0
        kept = np.add.reduceat(lives, begins[where], dtype=np.int64)
        names, kept, alive = names[kept > 0], kept[kept > 0], int(np.count_nonzero(lives))
        passages[filled : filled + alive] = held[lives]
        counts[filled : filled + alive] = often[lives]
        names_of.append(names)
        sizes_of.append(kept)
        filled += alive
    terms = sum(map(len, names_of))
    keys, starts = allocate("<u8", terms, 0), allocate("<i8", terms + 1, 0)
    np.concatenate(names_of, out=keys)
    np.cumsum(np.concatenate(sizes_of), out=starts)
    sizes = allocate("<i4", size, 0)
    if parts:
        np.concatenate([part.lengths[mask] for part, mask in parts], out=sizes)
    return _finished(keys, starts, passages[:filled], counts[:filled], sizes, allocate)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Hold the rows of several postings by key, those of one key in the order of the parts."""

    keys: NDArray[np.uint64]
    part: NDArray[np.int64]
    start: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, parts: Sequence[Postings]) -> _Rows:
        if not parts:
            return cls(np.zeros(0, dtype=np.uint64), *(np.zeros(0, dtype=np.int64) for _ in range(3)))
        keys = np.concatenate([part.keys for part in parts])
        order = np.argsort(keys, kind="stable")
        owner = np.repeat(np.arange(len(parts)), [len(part.keys) for part in parts])
        start = np.concatenate([part.starts[:-1] for part in parts])
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls(keys[order], owner[order], start[order], lengths[order])

    def batches(self) -> Iterator[tuple[int, int]]:
        """Cut the rows into stretches of some millions of postings; the rows of one key stay together."""
        ends = np.cumsum(self.lengths)
        first = 0
        while first < len(ends):
            goal = (ends[first - 1] if first else 0) + _AT_ONCE
            last = max(first + 1, int(np.searchsorted(ends, goal, "right")))
            while last < len(ends) and self.keys[last] == self.keys[last - 1]:
                last += 1
            yield first, last
            first = last
