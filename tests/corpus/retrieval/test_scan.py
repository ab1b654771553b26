"""However much the scan leaves out, it finds what plain rank_bm25 finds when it scores everything."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from corpus.model import Entry, PassageId, Query, ReportId, Scope, Term
from corpus.retrieval import embedded, postings, scan
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder


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
) -> None:
    folder: Path = tmp_path_factory.mktemp("index")

    async def live() -> None:
        held: dict[ReportId, list[list[str]]] = {}
        async with EmbeddedRetriever(Folder(folder, maker="a"), large=large) as retriever:
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
            async with EmbeddedRetriever(Folder(folder, maker="a"), large=large) as retriever:
                assert await retriever.reports() == held.keys()
                await compare(retriever, held, asked, scope, limit)

    asyncio.run(live())


async def test_passages_that_score_alike_come_by_report_and_number_from_whatever_part(tmp_path: Path) -> None:
    names = [ReportId(f"{n:012x}") for n in (5, 3, 9, 1)]
    async with EmbeddedRetriever(Folder(tmp_path, maker="a"), large=1) as retriever:
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


async def test_a_term_that_a_passage_holds_a_thousand_times_is_counted_so_often() -> None:
    retriever = EmbeddedRetriever()
    name = ReportId("a" * 12)
    bags = [["桥"] * 1000, ["桥"] * 70_000, ["桥"], ["路"]]
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
