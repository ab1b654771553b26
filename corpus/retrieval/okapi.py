"""Score passages by BM25 with postings in arrays: rank_bm25's Okapi, extended at the seams it was made with.

The formula is Lucene's variant (Kamphuis et al., "Which BM25 do you mean?", ECIR 2020): idf = ln(1 + (N - n + 0.5) /
(n + 0.5)), which is above zero for every term, where rank_bm25's own idf turns negative for a term that half of the
passages hold and is then given a floor that ranks 的 above 模范.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

K1 = 0.6
B = 0.75


def idf(passages: int, frequency: int | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Weigh a term that *frequency* of *passages* hold: ln(1 + (N - n + 0.5) / (n + 0.5)), above zero."""
    return np.log1p((passages - np.asarray(frequency, dtype=np.float64) + 0.5) / (np.asarray(frequency) + 0.5))


@dataclass(frozen=True, slots=True)
class Postings:
    """Hold who has which term: rows of *rows* point into *passages* and *counts* between *starts*."""

    rows: dict[str, int]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    counts: NDArray[np.int32]

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Name the passages (ascending) that hold *term*, and how often each does."""
        row = self.rows.get(term)
        if row is None:
            return self.passages[:0], self.counts[:0]
        stretch = slice(self.starts[row], self.starts[row + 1])
        return self.passages[stretch], self.counts[stretch]


class ArrayOkapi(BM25Okapi):  # type: ignore[misc]  # rank_bm25 has no types
    """Be rank_bm25's Okapi over postings: the same scores, in time that depends on the question's terms alone.

    Where parts of a corpus are scored apart, *passages*, *average_length* and *frequencies* of the whole are given
    with the question; alone, an ArrayOkapi uses its own. An empty corpus is a corpus.
    """

    postings: Postings
    lengths: NDArray[np.int64]

    def __init__(self, corpus: Iterable[Sequence[str]], *, k1: float = K1, b: float = B) -> None:
        super().__init__(corpus, k1=k1, b=b)

    def _initialize(self, corpus: Iterable[Sequence[str]]) -> dict[str, int]:
        """Fill the postings (rank_bm25 keeps a dictionary a passage) and count passages and lengths."""
        rows: dict[str, int] = {}
        row_of: list[int] = []
        passage_of: list[int] = []
        count_of: list[int] = []
        lengths: list[int] = []
        for place, terms in enumerate(corpus):
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                row_of.append(rows.setdefault(term, len(rows)))
                passage_of.append(place)
                count_of.append(count)
        self._hold(
            rows,
            np.asarray(row_of, dtype=np.int64),
            np.asarray(passage_of, dtype=np.int32),
            np.asarray(count_of, dtype=np.int32),
            np.asarray(lengths, dtype=np.int64),
        )
        return {}

    def _hold(
        self,
        rows: dict[str, int],
        row_of: NDArray[np.int64],
        passage_of: NDArray[np.int32],
        count_of: NDArray[np.int32],
        lengths: NDArray[np.int64],
    ) -> None:
        order = np.argsort(row_of, kind="stable")
        starts = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(np.bincount(row_of, minlength=len(rows)), out=starts[1:])
        self.postings = Postings(rows, starts, passage_of[order], count_of[order])
        self.lengths = lengths
        self.corpus_size = len(lengths)
        self.avgdl = float(lengths.mean()) if len(lengths) else 0.0

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        """Leave idf to the question: every added passage would change all of them."""

    def get_scores(
        self,
        query: Sequence[str] | Mapping[str, float],
        *,
        passages: int | None = None,
        average_length: float | None = None,
        frequencies: Mapping[str, int] | None = None,
    ) -> NDArray[np.float64]:
        """Score every passage for *query*: terms, or terms with weights. As rank_bm25: a term twice counts twice."""
        weights = query if isinstance(query, Mapping) else Counter(query)
        scores = np.zeros(self.corpus_size)
        total = self.corpus_size if passages is None else passages
        average = self.avgdl if average_length is None else average_length
        for term, weight in weights.items():
            places, counts = self.postings.of(term)
            if not len(places):
                continue
            frequency = len(places) if frequencies is None else frequencies[term]
            norm = self.k1 * (1 - self.b + self.b * self.lengths[places] / average)
            scores[places] += weight * idf(total, frequency) * (counts * (self.k1 + 1) / (counts + norm))
        return scores

    @classmethod
    def joined(
        cls, parts: Sequence[tuple[ArrayOkapi, NDArray[np.bool_]]], *, k1: float = K1, b: float = B
    ) -> ArrayOkapi:
        """Make one of several *parts*, in order, each with a mask of the passages that live on."""
        whole = cls((), k1=k1, b=b)
        rows: dict[str, int] = {}
        row_of, passage_of, count_of, lengths = [], [], [], []
        first = 0
        for part, alive in parts:
            postings = part.postings
            names = np.fromiter(
                (rows.setdefault(term, len(rows)) for term in postings.rows), np.int64, len(postings.rows)
            )
            place = np.cumsum(alive, dtype=np.int32) - 1 + np.int32(first)
            kept = alive[postings.passages]
            row_of.append(np.repeat(names, np.diff(postings.starts))[kept])
            passage_of.append(place[postings.passages[kept]])
            count_of.append(postings.counts[kept])
            lengths.append(part.lengths[alive])
            first += int(alive.sum())
        if parts:
            whole._hold(
                rows,
                np.concatenate(row_of),
                np.concatenate(passage_of),
                np.concatenate(count_of),
                np.concatenate(lengths),
            )
        return whole
