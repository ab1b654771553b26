"""Fitted weights are read with their names, and weights of other features are refused."""

from __future__ import annotations

import json

import pytest

from config import resource
from corpus import ranking
from corpus.errors import CorpusError
from corpus.ranking import confidence
from corpus.ranking.weights import Linear, parse_weights


def test_weights_are_summed_and_become_a_chance() -> None:
    linear = Linear((2.0, -1.0), 0.5)
    assert linear.of([1.0, 2.0]) == 0.5
    assert Linear((1.0,)).chance([0.0]) == 0.5
    assert Linear((1000.0,)).chance([1.0]) == pytest.approx(1.0)


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(CorpusError, match="fitted with other features"):
        parse_weights(json.dumps({"ranking": {"one": 1}}), "ranking", ["two"])


def test_the_weights_of_the_project_fit_its_features() -> None:
    text = resource("weights.json")
    assert len(parse_weights(text, "ranking", ranking.NAMES).weights) == len(ranking.NAMES)
    assert len(parse_weights(text, "confidence", confidence.NAMES).weights) == len(confidence.NAMES)
