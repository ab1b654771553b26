"""Read fitted weights: how much each feature says of a passage or an answer. ``evaluation.fitting`` writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from corpus.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Linear:
    """Weigh features: the sum of each times its weight, and a constant."""

    weights: tuple[float, ...]
    constant: float = 0.0

    def of(self, features: Sequence[float]) -> float:
        """Give the weighted sum of *features*."""
        if len(features) != len(self.weights):
            raise ValueError(f"{len(features)} features, but {len(self.weights)} weights")
        total: float = sum(map(mul, self.weights, features))
        return self.constant + total

    def chance(self, features: Sequence[float]) -> float:
        """Give the weighted sum as a probability, 0 to 1 (logistic regression)."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.of(features)))))


def parse_weights(text: str, table: str, names: Sequence[str]) -> Linear:
    """Read the weights of *table*, one for each of *names*.

    Raises CorpusError where the file's features are not those of the program: it must be fitted anew.
    """
    found: Mapping[str, float] = json.loads(text)[table]
    if set(found) - {"constant"} != set(names):
        raise CorpusError(
            f"weights.json: {table} was fitted with other features; run python -m corpus.evaluation.fitting"
        )
    return Linear(tuple(float(found[name]) for name in names), float(found.get("constant", 0.0)))
