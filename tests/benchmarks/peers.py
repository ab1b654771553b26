"""The engines that Yinju's is measured against, each given the same terms, one question at a time."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from corpus.model import Query, Term
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.keys import key
from corpus.retrieval.okapi import K1, ArrayOkapi, B
from corpus.retrieval.postings import Postings
from corpus.retrieval.scan import Best


@dataclass(frozen=True)
class Bags:
    """Hold passages' terms in batches of postings, and the keys of all of them."""

    batches: Sequence[Postings]
    keys: NDArray[np.uint64]

    def passages(self, most: int | None = None) -> Iterator[NDArray[np.int64]]:
        """Give each passage's terms as numbers, a term as often as it is held."""
        given = 0
        for batch in self.batches:
            numbers = np.searchsorted(self.keys, batch.keys)
            rows = np.repeat(numbers, np.diff(batch.starts))
            order = np.argsort(batch.passages, kind="stable")
            flat = np.repeat(rows[order], np.asarray(batch.counts)[order].astype(np.int64))
            for bag in np.split(flat, np.cumsum(batch.lengths)[:-1]):
                if given == most:
                    return
                yield bag
                given += 1

    def number(self, term: str) -> int:
        """Tell a term's number; -1 where nobody holds it."""
        place = int(np.searchsorted(self.keys, np.uint64(key(term))))
        return place if place < len(self.keys) and int(self.keys[place]) == key(term) else -1


class Peer(Protocol):
    """An engine with an index that is built."""

    name: str
    build_seconds: float

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten."""
        ...


class Ours:
    """Yinju's engine as it is shipped, with one of its two scans."""

    build_seconds = 0.0

    def __init__(self, retriever: EmbeddedRetriever, scan: Best, *, name: str = "yinju") -> None:
        self.name = name
        self._retriever, self._scan = retriever, scan

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten, in this thread."""
        query = Query("", "", tuple(map(Term, terms)))
        hits = self._retriever._state.search(query, limit=10, scope=None, scan=self._scan)
        return [(hit.passage_id, hit.score) for hit in hits]


class Plain(BM25Okapi):  # type: ignore[misc]
    """rank_bm25 itself, with the idf that Yinju uses; on the first passages only, with the statistics of all.

    It scores every passage for every term, so its time is *share* times what is measured here.
    """

    name = "rank_bm25"

    def __init__(self, bags: Bags, okapi: ArrayOkapi, *, most: int) -> None:
        started = time.perf_counter()
        self._bags, self._whole = bags, okapi
        super().__init__((bag.tolist() for bag in bags.passages(most)), k1=K1, b=B)
        self.share = okapi.corpus_size / self.corpus_size
        self.avgdl = okapi.avgdl
        self.build_seconds = (time.perf_counter() - started) * self.share

    def _calc_idf(self, nd: dict[int, int]) -> None:
        total, frequencies = self._whole.corpus_size, np.diff(self._whole.postings.starts)
        for number in nd:
            held = int(frequencies[number])
            self.idf[number] = math.log(1 + (total - held + 0.5) / (held + 0.5))

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten of the first passages."""
        scores = self.get_scores([self._bags.number(term) for term in terms])
        return [(int(place), float(scores[place])) for place in np.argsort(scores)[::-1][:10]]


class Sparse:
    """bm25s, with numba where it is installed."""

    name = "bm25s"

    def __init__(self, bags: Bags) -> None:
        import bm25s

        started = time.perf_counter()
        self._bags = bags
        self._bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        corpus = [bag.tolist() for bag in bags.passages()]
        vocabulary = {number: number for number in range(len(bags.keys))}
        self._bm25.index((corpus, vocabulary), show_progress=False)
        self.build_seconds = time.perf_counter() - started

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten."""
        numbers = [number for term in terms if (number := self._bags.number(term)) >= 0]
        scores = self._bm25.get_scores_from_ids(numbers)
        best = np.argpartition(scores, len(scores) - 10)[-10:]
        return [(int(place), float(scores[place])) for place in best[np.argsort(-scores[best])]]


class Tantivy:
    """tantivy: Lucene's ideas in Rust, block-max WAND; its k1 and b cannot be set."""

    name = "tantivy"

    def __init__(self, bags: Bags, folder: Path) -> None:
        import tantivy

        started = time.perf_counter()
        self._bags, self._tantivy = bags, tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("terms", stored=False, tokenizer_name="blank", index_option="freq")
        builder.add_unsigned_field("place", stored=True)
        self._schema = builder.build()
        built = folder.exists()
        folder.mkdir(exist_ok=True)
        index = tantivy.Index(self._schema, path=str(folder))
        index.register_tokenizer("blank", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        if not built:
            writer = index.writer(heap_size=512_000_000, num_threads=2)
            for place, bag in enumerate(bags.passages()):
                writer.add_document(tantivy.Document(terms=" ".join(map(str, bag.tolist())), place=place))
            writer.commit()
            writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self.build_seconds = time.perf_counter() - started

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten."""
        tantivy = self._tantivy
        held = [str(number) for term in terms if (number := self._bags.number(term)) >= 0]
        clauses = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "terms", one, "freq")) for one in held]
        return [(where, score) for score, where in self._searcher.search(tantivy.Query.boolean_query(clauses), 10).hits]


class Fts5:
    """SQLite FTS5, without the text."""

    name = "sqlite fts5"

    def __init__(self, bags: Bags, path: Path) -> None:
        started = time.perf_counter()
        self._bags = bags
        built = path.exists()
        self._connection = sqlite3.connect(path)
        if built:
            return
        self._connection.execute("CREATE VIRTUAL TABLE passages USING fts5(terms, content='', detail=column)")
        rows: Iterable[tuple[int, str]] = (
            (place, " ".join(map(str, bag.tolist()))) for place, bag in enumerate(bags.passages(), 1)
        )
        self._connection.executemany("INSERT INTO passages (rowid, terms) VALUES (?, ?)", rows)
        self._connection.commit()
        self.build_seconds = time.perf_counter() - started

    def ask(self, terms: Sequence[str]) -> Sequence[tuple[Any, float]]:
        """Find the best ten."""
        held = " OR ".join(f'"{number}"' for term in terms if (number := self._bags.number(term)) >= 0)
        return self._connection.execute(
            "SELECT rowid, rank FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 10", (held,)
        ).fetchall()
