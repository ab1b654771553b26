"""The engines that must keep the promise."""

from __future__ import annotations

import pytest

from corpus.retrieval import Retriever
from corpus.retrieval.embedded import EmbeddedRetriever


@pytest.fixture(params=[EmbeddedRetriever], ids=["embedded"])
def retriever(request: pytest.FixtureRequest) -> Retriever:
    """Open an empty engine; every test that takes it runs on each."""
    opened: Retriever = request.param()
    return opened
