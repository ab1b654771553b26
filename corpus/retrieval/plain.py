"""rank_bm25 as it comes, on words as jieba cuts them: what every measurement is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rank_bm25 import BM25Okapi

from corpus.model import Hit, Passage


class PlainRetriever:
    """Find passages with ``rank_bm25.BM25Okapi`` over *words* of their text; an index of its own, built once."""

    def __init__(self, passages: Sequence[Passage], words: Callable[[str], list[str]]) -> None:
        self._passages = passages
        self._words = words
        # rank_bm25 divides by the number of passages, and takes no passage without words.
        self._okapi = BM25Okapi([words(passage.text) or [""] for passage in passages]) if passages else None

    def retrieve(self, question: str, *, limit: int) -> list[tuple[Passage, Hit]]:
        """Find the best *limit* passages; equal ones in reading order. Those that match nothing are left out."""
        if self._okapi is None:
            return []
        scores = self._okapi.get_scores(self._words(question))
        best = [int(place) for place in np.argsort(-scores, kind="stable")[:limit] if scores[place] > 0]
        return [(self._passages[place], Hit(self._passages[place].id, float(scores[place]))) for place in best]
