"""What a question looks at: never changed, only replaced."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from corpus.model import Hit, PassageId, Query, ReportId, Scope, Statistics
from corpus.retrieval.keys import key
from corpus.retrieval.okapi import idf
from corpus.retrieval.part import Part
from corpus.retrieval.scan import Best, Wanted


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Hold parts, the largest first, with how many passages they have and how many terms these."""

    parts: tuple[Part, ...] = ()
    passages: int = 0
    length: int = 0

    @classmethod
    def of(cls, parts: Iterable[Part]) -> State:
        """Hold those of *parts* that have a report left."""
        kept = tuple(part for part in parts if len(part.gone) < len(part.reports))
        return cls(kept, sum(part.passages for part in kept), sum(part.length for part in kept))

    @property
    def average_length(self) -> float:
        """Tell how many terms a passage has on average."""
        return self.length / self.passages if self.passages else 0.0

    def without(self, report_ids: Iterable[ReportId]) -> State:
        """Leave reports out; what is not held is passed over."""
        names = {name for name in report_ids if any(part.holds(name) for part in self.parts)}
        if not names:
            return self
        parts = []
        for part in self.parts:
            here = [name for name in names if part.holds(name)]
            parts.append(part.without(here) if here else part)
        return State.of(parts)

    def search(self, query: Query, *, limit: int, scope: Scope | None, scan: Best) -> list[Hit]:
        """Find the best *limit* passages within *scope*, by the one or the other *scan*."""
        weights: dict[str, float] = {}
        for term in query.terms:
            weights[term.text] = weights.get(term.text, 0.0) + term.weight
        weights = {term: weight for term, weight in weights.items() if weight > 0}
        if limit <= 0 or not weights or not self.passages:
            return []
        names = [key(term) for term in weights]
        rows = [part.okapi.postings.rows(names) for part in self.parts]
        frequencies = np.sum([part.frequencies(row) for part, row in zip(self.parts, rows, strict=True)], axis=0)
        rarity = (np.array(list(weights.values())) * idf(self.passages, frequencies)).tolist()
        found: list[tuple[float, ReportId, int]] = []
        for part, row in zip(self.parts, rows, strict=True):
            wanted = [Wanted(one, weight) for one, weight in zip(row.tolist(), rarity, strict=True) if one >= 0]
            places, scores = scan(
                part.okapi,
                wanted,
                limit=limit,
                average_length=self.average_length,
                floor=-found[-1][0] if len(found) == limit else 0.0,
                within=part.within(scope),
            )
            new = ((-score, *one) for score, one in zip(scores.tolist(), part.passage_ids(places), strict=True))
            found = heapq.nsmallest(limit, [*found, *new])
        return [Hit(PassageId(f"{report}-{number}"), -score) for score, report, number in found]

    def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count passages, their mean length, and in how many passages each of *terms* stands."""
        asked = list(dict.fromkeys(terms))
        names = [key(term) for term in asked]
        counts = [part.frequencies(part.okapi.postings.rows(names)) for part in self.parts]
        total = sum(counts, np.zeros(len(asked), dtype=np.int64)).tolist()
        return Statistics(self.passages, self.average_length, dict(zip(asked, total, strict=True)))
