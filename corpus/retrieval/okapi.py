"""Score passages by BM25 with postings in arrays: rank_bm25's Okapi, extended at the seams it was made with.

The formula is Lucene's variant (Kamphuis et al., "Which BM25 do you mean?", ECIR 2020): idf = ln(1 + (N - n + 0.5) /
(n + 0.5)), which is above zero for every term, where rank_bm25's own idf turns negative for a term that half of the
passages hold and is then given a floor that ranks 的 above 模范.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from corpus.retrieval.keys import key
from corpus.retrieval.postings import Postings, gather

K1 = 0.6
B = 0.75


def idf(passages: int, frequency: int | NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Weigh a term that *frequency* of *passages* hold: ln(1 + (N - n + 0.5) / (n + 0.5)), above zero."""
    return np.log1p((passages - np.asarray(frequency, dtype=np.float64) + 0.5) / (np.asarray(frequency) + 0.5))


class ArrayOkapi(BM25Okapi):  # type: ignore[misc]  # rank_bm25 has no types
    """Be rank_bm25's Okapi over postings: the same scores, in time that depends on the question's terms alone.

    Where parts of a corpus are scored apart, *passages*, *average_length* and *frequencies* of the whole are given
    with the question; alone, an ArrayOkapi uses its own. An empty corpus is a corpus.
    """

    postings: Postings

    def __init__(self, corpus: Iterable[Sequence[str]], *, k1: float = K1, b: float = B) -> None:
        super().__init__(corpus, k1=k1, b=b)

    @classmethod
    def over(cls, postings: Postings, *, k1: float = K1, b: float = B) -> ArrayOkapi:
        """Score by postings that were made before."""
        whole = cls((), k1=k1, b=b)
        whole._hold(postings)
        return whole

    def _initialize(self, corpus: Iterable[Sequence[str]]) -> dict[str, int]:
        """Fill the postings (rank_bm25 keeps a dictionary a passage) and count passages and lengths."""
        self._hold(gather(corpus))
        return {}

    def _hold(self, postings: Postings) -> None:
        self.postings = postings
        self.corpus_size = len(postings.lengths)
        self._norms = 0.0, np.zeros(0, dtype=np.float32)
        self.length = int(postings.lengths.sum(dtype=np.int64))
        self.avgdl = self.length / self.corpus_size if self.corpus_size else 0.0

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
        total = self.corpus_size if passages is None else passages
        average = self.avgdl if average_length is None else average_length
        scores = np.zeros(self.corpus_size)
        for term, weight in weights.items():
            places, counts = self.postings.of(key(term))
            if len(places):
                frequency = len(places) if frequencies is None else frequencies[term]
                scores[places] += weight * idf(total, frequency) * self._shares(places, counts, average)
        return scores

    def norms(self, average_length: float) -> NDArray[np.float32]:
        """Compute each passage's part of the denominator; kept until another average length is asked for."""
        average, norms = self._norms
        if average != average_length:
            # In place and in 32 bits: with every report the average moves, and this is done anew.
            norms = self.postings.lengths.astype(np.float32)
            norms *= np.float32(self.k1 * self.b / average_length)
            norms += np.float32(self.k1 * (1 - self.b))
            self._norms = average_length, norms
        return norms

    def score(
        self, places: NDArray[np.integer[Any]], weights: Iterable[tuple[int, float]], *, average_length: float
    ) -> NDArray[np.float64]:
        """Score some passages as ``get_scores`` does, for rows of the postings, each with its weight times its idf."""
        rows = list(weights)
        if not rows or not len(places):
            return np.zeros(len(places))
        counts = np.stack([self.postings.among(row, places) for row, _ in rows])
        shares = self._shares(places, counts, average_length)
        shares *= np.array([weight for _, weight in rows])[:, None]
        # Row after row, so that passages with the same terms have the same score to the last bit.
        scores: NDArray[np.float64] = np.add.accumulate(shares, axis=0)[-1]
        return scores

    def _shares(
        self, places: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]], average: float
    ) -> NDArray[np.float64]:
        """Tell how much of a term's weight each of *places* gets, that hold it so many times."""
        norm = self.k1 * (1 - self.b + self.b * self.postings.lengths[places] / average)
        shares: NDArray[np.float64] = counts * (self.k1 + 1) / (counts + norm)
        return shares
