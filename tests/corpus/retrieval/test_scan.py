"""However much the scan leaves out, it finds what plain rank_bm25 finds when it scores everything."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from corpus.model import Entry, Hit, PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import compiled, embedded, postings, scan
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder
from corpus.retrieval.okapi import ArrayOkapi, idf
from corpus.retrieval.scan import Best, Wanted


class PlainOkapi(BM25Okapi):  # type: ignore[misc]
    """rank_bm25 as it is, with an idf that stays above zero."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        for word, freq in nd.items():
            self.idf[word] = math.log(1 + (self.corpus_size - freq + 0.5) / (freq + 0.5))


# A few terms that many passages hold, and many that few hold.
TERM = st.one_of(st.sampled_from("的一和在"), st.integers(0, 40).map(lambda n: f"词{n}"))
PASSAGES = st.lists(st.lists(TERM, max_size=14), max_size=9)
STEP = st.tuples(st.integers(0, 7), st.none() | PASSAGES)
SCOPE = st.builds(
    Scope,
    st.none() | st.sets(st.integers(0, 7)).map(lambda them: frozenset(ReportId(f"{n:012x}") for n in them)),
    st.none() | st.frozensets(st.sampled_from([2010, 2011, 2012, 2013])),
    st.none() | st.frozensets(st.sampled_from(["甲", "乙", "丙"])),
)
WAYS = pytest.mark.parametrize("best", [scan.best, compiled.best], ids=["numpy", "compiled"])
ASKED = st.lists(st.tuples(TERM, st.sampled_from([1.0, 0.5, 10.0])), min_size=1, max_size=8)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of passages meet every way through the code that millions meet."""
    monkeypatch.setattr(scan, "_FIRST", 3)
    monkeypatch.setattr(scan, "_SAMPLE", 4)
    monkeypatch.setattr(scan, "_PROMISING", 2)
    monkeypatch.setattr(scan, "_LOOKUP", 2)
    monkeypatch.setattr(scan, "_NARROW", 3)
    monkeypatch.setattr(scan, "_FEW", 1)
    monkeypatch.setattr(compiled, "_WINDOW", 3)
    monkeypatch.setattr(compiled, "_LOOKUP", 1)
    monkeypatch.setattr(postings, "_FEWEST", 2)
    monkeypatch.setattr(postings, "_FREQUENT", 4)
    monkeypatch.setattr(postings, "_AT_ONCE", 7)


def entry(name: ReportId, n: int, bag: list[str]) -> Entry:
    """Make a passage of years and a unit that depend on what it says."""
    years = frozenset({2010 + n % 3, 2010 + len(bag) % 3} if len(bag) % 4 else ())
    return Entry(PassageId(f"{name}-{n}"), bag, years, frozenset("甲乙丙"[len(bag) % 3 : len(bag) % 3 + n % 2]))


def fits(one: Entry, name: ReportId, scope: Scope) -> bool:
    return (
        (scope.reports is None or name in scope.reports)
        and (scope.years is None or bool(scope.years & one.years))
        and (scope.units is None or bool(scope.units & one.units))
    )


def brute(
    held: dict[ReportId, list[list[str]]], asked: list[tuple[str, float]], scope: Scope
) -> list[tuple[float, str, int]]:
    """Rank everything by rank_bm25's own scores, term by term for the weights."""
    everything = [(name, n, bag) for name, bags in held.items() for n, bag in enumerate(bags, 1)]
    if not any(bag for _, _, bag in everything):
        return []
    plain = PlainOkapi([bag for _, _, bag in everything], k1=0.6, b=0.75)
    weights: Counter[str] = Counter()
    for term, weight in asked:
        weights[term] += weight  # type: ignore[assignment]
    scores = sum(weight * plain.get_scores([term]) for term, weight in weights.items())
    return sorted(
        (-round(float(score), 9), name, n)
        for score, (name, n, bag) in zip(scores, everything, strict=True)
        if score > 0 and fits(entry(name, n, bag), name, scope)
    )


async def compare(
    retriever: EmbeddedRetriever,
    held: dict[ReportId, list[list[str]]],
    asked: list[tuple[str, float]],
    scope: Scope,
    limit: int,
) -> None:
    query = Query("", "", tuple(Term(term, weight) for term, weight in asked))
    hits = await retriever.retrieve(query, limit=limit, scope=scope)
    expected = brute(held, asked, scope)
    assert [hit.score for hit in hits] == pytest.approx([-score for score, _, _ in expected[:limit]], abs=1e-8)
    # Where two sums differ in the last bit only, which comes first is not rank_bm25's to say.
    found = sorted((-round(hit.score, 9), *hit.passage_id.split("-")) for hit in hits)
    least = -expected[:limit][-1][0] if hits else 0.0
    above = [(score, name, str(n)) for score, name, n in expected if -score > least + 1e-8]
    assert [one[1:] for one in found if -one[0] > least + 1e-8] == [one[1:] for one in sorted(above)]


@WAYS
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEP, min_size=1, max_size=14),
    asked=ASKED,
    scope=SCOPE,
    limit=st.sampled_from([1, 2, 3, 10, 99]),
    reopened=st.booleans(),
    large=st.sampled_from([1, 60, 1 << 20]),
)
def test_the_best_passages_are_those_of_rank_bm25_through_all_that_comes_and_goes(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, list[list[str]] | None]],
    asked: list[tuple[str, float]],
    scope: Scope,
    limit: int,
    reopened: bool,
    large: int,
    best: Best,
) -> None:
    folder: Path = tmp_path_factory.mktemp("index")

    async def live() -> None:
        held: dict[ReportId, list[list[str]]] = {}
        async with EmbeddedRetriever(Folder(folder, maker="a"), large=large, scan=best) as retriever:
            for number, bags in steps:
                name = ReportId(f"{number:012x}")
                if bags is None:
                    held.pop(name, None)
                    await retriever.remove(name)
                else:
                    held[name] = bags
                    await retriever.add(name, [entry(name, n, bag) for n, bag in enumerate(bags, 1)])
            await compare(retriever, held, asked, scope, limit)
        if reopened:
            async with EmbeddedRetriever(Folder(folder, maker="a"), large=large, scan=best) as retriever:
                assert await retriever.reports() == held.keys()
                await compare(retriever, held, asked, scope, limit)

    asyncio.run(live())


@WAYS
async def test_passages_that_score_alike_come_by_report_and_number_from_whatever_part(
    tmp_path: Path, best: Best
) -> None:
    names = [ReportId(f"{n:012x}") for n in (5, 3, 9, 1)]
    async with EmbeddedRetriever(Folder(tmp_path, maker="a"), large=1, scan=best) as retriever:
        for name in names:
            bags = [["渠", "桥"], ["田", "路"], ["渠", "桥"]]
            await retriever.add(name, [entry(name, n, bag) for n, bag in enumerate(bags, 9)])
        hits = await retriever.retrieve(Query("", "", (Term("桥"), Term("渠"))), limit=5)
    assert [hit.passage_id for hit in hits] == [
        f"{names[3]}-9",
        f"{names[3]}-11",
        f"{names[1]}-9",
        f"{names[1]}-11",
        f"{names[0]}-9",
    ]
    assert len({hit.score for hit in hits}) == 1


@WAYS
@pytest.mark.parametrize("most", [200, 1000, 70_000])
async def test_a_term_that_a_passage_holds_a_thousand_times_is_counted_so_often(most: int, best: Best) -> None:
    retriever = EmbeddedRetriever(scan=best)
    name = ReportId("a" * 12)
    bags = [["桥"] * (most // 2), ["桥"] * most, ["桥"], ["路"]]
    await retriever.add(name, [entry(name, n, bag) for n, bag in enumerate(bags, 1)])
    await compare(retriever, {name: bags}, [("桥", 1.0)], Scope(), 9)


async def test_reports_that_come_faster_than_they_are_joined_leave_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedRetriever, "_join_in_the_background", lambda self: None)
    retriever = EmbeddedRetriever()
    held = {ReportId(f"{n:012x}"): [["桥"] * (n % 7 + 1), ["渠", f"词{n}"]] for n in range(30)}
    for name, bags in held.items():
        await retriever.add(name, [entry(name, n, bag) for n, bag in enumerate(bags, 1)])
        assert len(retriever._state.parts) <= embedded._MANY
    await compare(retriever, held, [("桥", 1.0), ("词7", 1.0)], Scope(), 40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reports=st.lists(PASSAGES, min_size=1, max_size=9),
    gone=st.sets(st.integers(0, 8)),
    asked=ASKED,
    scope=SCOPE,
    limit=st.sampled_from([1, 2, 10]),
)
def test_the_compiled_scan_finds_the_same_with_the_same_scores_to_the_last_bit(
    reports: list[list[list[str]]],
    gone: set[int],
    asked: list[tuple[str, float]],
    scope: Scope,
    limit: int,
) -> None:
    async def found(best: Best) -> list[Hit]:
        retriever = EmbeddedRetriever(scan=best)
        names = [ReportId(f"{n:012x}") for n in range(len(reports))]
        await retriever.add_all(
            [
                (name, [entry(name, n, bag) for n, bag in enumerate(bags, 1)])
                for name, bags in zip(names, reports, strict=True)
            ]
        )
        for n in gone & set(range(len(names))):
            await retriever.remove(names[n])
        query = Query("", "", tuple(Term(term, weight) for term, weight in asked))
        return await retriever.retrieve(query, limit=limit, scope=scope)

    assert asyncio.run(found(compiled.best)) == asyncio.run(found(scan.best))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    limit=st.sampled_from([1, 3, 10]),
    stretches=st.none() | st.lists(st.integers(0, 400), min_size=2, max_size=8, unique=True),
    window=st.sampled_from([7, 64]),
    lookup=st.sampled_from([1, 16]),
)
def test_many_passages_are_scanned_alike(
    seed: int,
    limit: int,
    stretches: list[int] | None,
    window: int,
    lookup: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled, "_WINDOW", window)
    monkeypatch.setattr(compiled, "_LOOKUP", lookup)
    chance = np.random.default_rng(seed)
    # Terms as frequent as Zipf says, in passages of very different lengths.
    bags = [[f"词{n}" for n in chance.zipf(1.3, size) if n < 200] for size in chance.geometric(0.04, 400)]
    okapi = ArrayOkapi(bags)
    rows = chance.choice(len(okapi.postings.keys), min(9, len(okapi.postings.keys)), replace=False).tolist()
    frequencies = okapi.postings.frequencies(np.array(rows)).tolist()
    wanted = [Wanted(row, float(idf(400, held))) for row, held in zip(rows, frequencies, strict=True)]
    within = None
    if stretches is not None:
        edges = sorted(stretches)
        within = np.array(edges[: len(edges) // 2 * 2]).reshape(-1, 2)

    def first(best: Best) -> list[tuple[float, int]]:
        places, scores = best(okapi, wanted, limit=limit, average_length=okapi.avgdl, within=within)
        return sorted(zip((-scores).tolist(), places.tolist(), strict=True))[:limit]

    assert first(compiled.best) == first(scan.best)
