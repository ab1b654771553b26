"""Postings in arrays score as rank_bm25 does: a plain subclass of its class is the oracle."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from corpus.model import Entry, PassageId, Query, ReportId, Term
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.okapi import ArrayOkapi
from corpus.retrieval.postings import gather, join


class PlainOkapi(BM25Okapi):  # type: ignore[misc]
    """rank_bm25 as it is, with an idf that stays above zero."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        for word, freq in nd.items():
            self.idf[word] = math.log(1 + (self.corpus_size - freq + 0.5) / (freq + 0.5))


TERM = st.sampled_from("桥路渠田沟塔")
CORPUS = st.lists(st.lists(TERM, min_size=1, max_size=12), min_size=1, max_size=12)
QUESTION = st.lists(TERM | st.just("无"), max_size=6)


def plain(corpus: list[list[str]], question: list[str]) -> Any:
    return PlainOkapi(corpus, k1=0.6, b=0.75).get_scores(question)


@given(CORPUS, QUESTION)
def test_scores_are_those_of_plain_rank_bm25(corpus: list[list[str]], question: list[str]) -> None:
    assert ArrayOkapi(corpus).get_scores(question) == pytest.approx(plain(corpus, question), abs=1e-9)


@given(CORPUS, st.lists(st.booleans(), min_size=12, max_size=12), QUESTION)
def test_joined_parts_score_as_one_corpus(corpus: list[list[str]], lives: list[bool], question: list[str]) -> None:
    half = len(corpus) // 2
    alive = np.array(lives[: len(corpus)], dtype=bool)
    parts = [(gather(corpus[:half]), alive[:half]), (gather(corpus[half:]), alive[half:])]
    left = [terms for terms, lives_on in zip(corpus, alive, strict=True) if lives_on]
    expected = plain(left, question) if left else []
    assert ArrayOkapi.over(join(parts)).get_scores(question) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(CORPUS, min_size=1, max_size=12), st.sets(st.integers(0, 11)), QUESTION)
def test_the_embedded_engine_scores_as_plain_rank_bm25_over_what_is_left(
    reports: list[list[list[str]]], removed: set[int], question: list[str]
) -> None:
    async def found() -> dict[str, float]:
        retriever = EmbeddedRetriever()
        names = [ReportId(f"{n:012x}") for n in range(len(reports))]
        for name, corpus in zip(names, reports, strict=True):
            await retriever.add(name, [Entry(PassageId(f"{name}-{n}"), terms) for n, terms in enumerate(corpus)])
        for n in removed & set(range(len(reports))):
            await retriever.remove(names[n])
        query = Query("", "", tuple(Term(term) for term in question))
        return {hit.passage_id: hit.score for hit in await retriever.retrieve(query, limit=999)}

    kept = [
        (f"{n:012x}-{place}", terms)
        for n, corpus in enumerate(reports)
        if n not in removed
        for place, terms in enumerate(corpus)
    ]
    scores = plain([terms for _, terms in kept], question) if kept else []
    expected = {name: score for (name, _), score in zip(kept, scores, strict=True) if score > 0}
    assert asyncio.run(found()) == pytest.approx(expected, abs=1e-9)


@given(CORPUS, QUESTION)
def test_a_weight_of_two_is_a_term_asked_twice(corpus: list[list[str]], question: list[str]) -> None:
    twice = {term: 2.0 * count for term, count in Counter(question).items()}
    assert ArrayOkapi(corpus).get_scores(twice) == pytest.approx(plain(corpus, question * 2), abs=1e-9)


def test_an_empty_corpus_is_a_corpus() -> None:
    assert ArrayOkapi([]).get_scores(["桥"]).tolist() == []


def test_rank_bm25_itself_is_what_is_extended() -> None:
    assert issubclass(ArrayOkapi, BM25Okapi)
    assert ArrayOkapi([["桥"], ["路"], ["渠"]]).get_top_n(["路"], ["甲", "乙", "丙"], n=1) == ["乙"]
