"""What an index of sparse vectors costs: bytes a passage, work a question, and what old weights add to it.

``python -m tests.benchmarks.sizing DATA_DIR QUESTIONS`` counts what the store in DATA_DIR holds and plays the
questions of a JSON-lines file (each with a ``question``) on it, with Milvus simulated by sums over all passages.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from statistics import mean

from config.layers import load
from corpus.bootstrap import open_library
from corpus.model import Hit, Query, Scope, Statistics
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.vectors import asked, exact, most, passage_weights
from corpus.store import Feed

DRIFTS = (0.0, 0.02, 0.05, 0.1, 0.2)


async def main(data_dir: Path, questions: list[str]) -> None:
    """Count and play."""
    searches: list[tuple[Query, int]] = []
    retrieve = EmbeddedRetriever.retrieve

    async def noted(self: EmbeddedRetriever, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        if scope is None or scope.reports is None:
            searches.append((query, limit))
        return await retrieve(self, query, limit=limit, scope=scope)

    EmbeddedRetriever.retrieve = noted  # type: ignore[method-assign]
    async with open_library(load(data_dir=data_dir)) as library:
        feed = Feed(library.database)
        held = [one for name in sorted(await feed.moments()) for one in await feed.entries(name)]
        bags = [one.terms for one in held]
        for line in questions:
            await library.answer(json.loads(line)["question"])
        vocabulary = Counter(term for bag in bags for term in set(bag))
    counted = Statistics(len(bags), mean(map(len, bags)), dict(vocabulary))
    distinct = mean(len(set(bag)) for bag in bags)
    print(f"{len(bags)} passages, {len(vocabulary)} terms, {counted.average_length:.1f} terms a passage")
    print(f"{distinct:.1f} dimensions a passage: {8 * distinct:.0f} bytes of vector")
    touched = [sum(counted.frequencies.get(one.text, 0) for one in query.terms) / len(bags) for query, _ in searches]
    print(f"{len(searches)} searches, {mean(len(query.terms) for query, _ in searches):.1f} terms each")
    print(f"a search touches {mean(touched):.2f} postings a passage held")
    average = counted.average_length
    for drift in DRIFTS:
        old = average / (1 + drift)
        vectors = [passage_weights(Counter(bag), average_length=old) for bag in bags]
        needed = []
        for query, limit in searches:
            weights = asked(query, counted)
            raw = [sum(weight * vector.get(term, 0.0) for term, weight in weights.items()) for vector in vectors]
            order = sorted((n for n, score in enumerate(raw) if score > 0), key=lambda n: -raw[n])
            true = sorted((exact(bags[n], weights, average_length=average) for n in order), reverse=True)
            if len(order) <= limit:
                continue
            bounds = [most(raw[n], average_length=average, made_with=old, terms=len(weights)) for n in order]
            needed.append(next((k for k, bound in enumerate(bounds, 1) if bound < true[limit - 1]), len(order)))
        spread = sorted(needed)
        print(
            f"mean length moved by {drift:.0%}: {mean(needed):.0f} passages settle the first {searches[0][1]},", end=""
        )
        print(f" p95 {spread[int(0.95 * len(spread))]}, most {spread[-1]}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()))
