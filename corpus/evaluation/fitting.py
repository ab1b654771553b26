"""Fit the weights of ranking and confidence on questions with known answers, and write them to a file.

    python -m corpus.evaluation.fitting --reports DIR QUESTIONS UNANSWERABLE --collection DIR --out config/weights.json

``--reports`` and ``--collection`` may be given several times; of collections the ``tune`` split is used. The ranking is
a pairwise logistic regression (Joachims, KDD 2002): each right passage against each wrong one of the same question.
The confidence is a logistic regression on the first passage: is a right one among the first three? Every set of reports
is asked questions on the others, too, which it cannot answer: without them the weights carry over badly to reports
they were not fitted on. Questions that names or years decide are left to ``binding``. The marking is a listwise
regression on the sentences of right passages. Same input, same weights.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from config import resource
from corpus import ranking
from corpus.analysis import Analyzer
from corpus.cleaning import clean
from corpus.cleaning.rules import load_rules
from corpus.entries import entries
from corpus.evaluation import holds
from corpus.evaluation.qrels import (
    Item,
    read_collection,
    read_collection_unanswerable,
    read_questions,
    read_unanswerable,
    sampled,
)
from corpus.evaluation.regressing import listwise, logistic
from corpus.finding import Finder, Findings
from corpus.model import Passage, PassageId, Quote, Span
from corpus.questions.understanding import Understanding
from corpus.ranking import Ranked, chosen, confidence, marking
from corpus.ranking.matching import view
from corpus.readers import ReadLimits, read
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.structure import parse

_SAMPLE = 400

_FOREIGN = 60
"""How many questions of each other set a set of reports is asked."""

_ANSWERABLE = 2.25
"""How much the questions that can be answered count together, those that cannot counting 1."""

_PULL = {"ranking": 5.0, "confidence": 3.0, "marking": 0.3}
"""How strongly weights are pulled to zero (ridge); the ranking more, so that it carries over to other reports."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Hold passages in memory, as the store gives them."""

    held: dict[PassageId, Passage]

    async def read(self, ids: Sequence[PassageId]) -> list[Passage]:
        """Give the passages *ids* name."""
        return [self.held[name] for name in ids if name in self.held]

    async def article(self, passage: Passage) -> list[Passage]:
        """Give the passages of an article."""
        key = (passage.report.id, passage.article.number)
        return [each for each in self.held.values() if (each.report.id, each.article.number) == key]


@dataclass(frozen=True, slots=True)
class Material:
    """Hold passages and questions on them; *weight* is what all of the questions count together.

    *marked* are the questions that marking is fitted on: more, for they cost no search. *foreign* are questions on
    other passages.
    """

    passages: list[Passage]
    items: list[Item]
    weight: float
    marked: list[Item] = field(default_factory=list)
    foreign: list[Item] = field(default_factory=list)


def load_reports(folder: Path) -> list[Passage]:
    """Read every report of a folder as ingest would."""
    rules = load_rules(resource("noise.toml"))
    sources = [read(path, name=path.name, limits=ReadLimits()) for path in sorted(folder.iterdir())]
    return [passage for source in sources for passage in parse(clean(source, rules)).passages]


async def shelve(passages: Sequence[Passage], analyzer: Analyzer, weights: str | None = None) -> Finder:
    """Open a finder over passages in memory."""
    retriever = EmbeddedRetriever()
    by_report: dict[Any, list[Passage]] = {}
    for passage in passages:
        by_report.setdefault(passage.report.id, []).append(passage)
    for report, mine in by_report.items():
        bags = analyzer.report_terms(mine)
        await retriever.add(report, entries(mine, bags))
    shelf = Shelf({passage.id: passage for passage in passages})
    return Finder(analyzer=analyzer, retriever=retriever, store=shelf, weights=weights)


async def find_all(material: Material, analyzer: Analyzer, weights: str) -> list[tuple[Item, Findings]]:
    """Find passages for every question with the weights given."""
    finder = await shelve(material.passages, analyzer, weights)
    items = (*material.items, *material.foreign)
    return [(item, await finder.find(item.question, context=item.context)) for item in items]


def right(item: Item, ranked: Ranked) -> bool:
    """Say whether a passage answers."""
    found = Quote(ranked.seen.passage, 0.0, "", 0, Span(0, 0), ())
    return any(holds(gold, found) for gold in item.gold)


def fit_ranking(sets: Sequence[tuple[float, Sequence[tuple[Item, Findings]]]]) -> dict[str, float]:
    """Fit the weights that put right passages above wrong ones."""
    rows, shares = [], []
    for weight, found in sets:
        own = sum(_group(item) != "foreign" for item, _ in found)
        for item, findings in found:
            good = [chosen(each.features) for each in findings.ranked if right(item, each)]
            bad = [chosen(each.features) for each in findings.ranked if not right(item, each)][:25]
            if good and bad:
                pairs = (np.array(good)[:, None, :] - np.array(bad)[None, :, :]).reshape(-1, len(ranking.NAMES))
                rows.append(pairs)
                shares.append(np.full(len(pairs), weight / own / len(pairs)))
    differences, share = np.concatenate(rows), np.concatenate(shares)
    fitted = logistic(differences, np.ones(len(differences)), share * 300, pull=_PULL["ranking"], constant=False)
    return dict(zip(ranking.NAMES, fitted.round(4).tolist(), strict=False))


def fit_confidence(sets: Sequence[tuple[float, Sequence[tuple[Item, Findings]]]]) -> dict[str, float]:
    """Fit the weights that tell an answer from a passage that is merely near."""
    rows, labels, shares = [], [], []
    for weight, found in sets:
        told = [(i, f) for i, f in found if f.ranked and not i.soft and f.bound.limit == 1.0]
        for item, findings in told:
            label = any(right(item, each) for each in findings.ranked[:3])
            group = _group(item)
            alike = sum(_group(other) == group for other, _ in told)
            rows.append(findings.features)
            labels.append(float(label))
            shares.append(weight * (_ANSWERABLE if item.kind is None else 1.0) / alike)
    values = np.array(rows)
    fitted = logistic(values, np.array(labels), np.array(shares) * 300, pull=_PULL["confidence"], constant=True)
    return dict(zip((*confidence.NAMES, "constant"), fitted.round(4).tolist(), strict=True))


def _group(item: Item) -> str:
    """Name what counts together: the answerable, the unanswerable, and questions on other reports."""
    if item.kind is None:
        return "answerable"
    return "foreign" if item.kind == "foreign" else "unanswerable"


def on_others(materials: Sequence[Material], own: Material) -> list[Item]:
    """Draw some questions of all *materials* but *own*, which cannot answer them; the same every time."""
    others = [
        [item for item in each.items if _group(item) == "answerable" and not item.context]
        for each in materials
        if each is not own
    ]
    drawn = [item for items in others for item in sampled(items, _FOREIGN)]
    return [replace(item, gold=(), kind="foreign") for item in drawn]


def fit_marking(materials: Sequence[Material], analyzer: Analyzer) -> dict[str, float]:
    """Fit the weights that mark the answering sentence in a right passage, on questions of public collections.

    Where there are none, the weights stay as they are.
    """
    understanding = Understanding(analyzer)
    lists, rights, shares = [], [], []
    for material in materials:
        held = {passage.id: passage for passage in material.passages}
        found = []
        for item in material.marked:
            given = next((held[name] for gold in item.gold for name in sorted(gold.passages)), None)
            split = view(given, analyzer).sentences if given else ()
            texts = ["".join(sentence.span.of(given.text).split()) for sentence in split] if given else []
            answers = ["".join(gold.sentence.split()) for gold in item.gold]
            right = np.array([float(any(a in text or text in a for a in answers)) for text in texts])
            if 0 < right.sum() < len(right):
                found.append((np.array(marking.describe(understanding.understand(item.question), split)), right))
        lists += [rows for rows, _ in found]
        rights += [right for _, right in found]
        # More for the sets that have more to tell, but not in proportion.
        shares += [len(found) ** -0.5 for _ in found]
    if not lists:
        return {name: float(weight) for name, weight in json.loads(resource("weights.json"))["marking"].items()}
    fitted = listwise(lists, rights, np.array(shares) * 300 / sum(shares), pull=_PULL["marking"])
    return dict(zip(marking.NAMES, fitted.round(4).tolist(), strict=True))


async def fit(materials: Sequence[Material], analyzer: Analyzer) -> dict[str, dict[str, float]]:
    """Fit the ranking, and then, on what it ranks first, the confidence."""
    first = dict.fromkeys(ranking.NAMES, 0.0) | {"share": 1.0}
    weights = {
        "ranking": first,
        "confidence": dict.fromkeys((*confidence.NAMES, "constant"), 0.0),
        "marking": fit_marking(materials, analyzer),
    }
    for table, fitter in (("ranking", fit_ranking), ("confidence", fit_confidence)):
        found = [(each.weight, await find_all(each, analyzer, json.dumps(weights))) for each in materials]
        weights[table] = fitter(found)
    return weights


def load(reports: Sequence[Sequence[str]], collections: Sequence[str]) -> list[Material]:
    """Read what is fitted on: sets of reports with their questions, and tune splits of public collections."""
    materials = [
        Material(
            load_reports(Path(folder)), [*read_questions(Path(asked)), *read_unanswerable(Path(unanswerable))], 1.0
        )
        for folder, asked, unanswerable in reports
    ]
    for folder in map(Path, collections):
        passages, items = read_collection(folder, split="tune", sample=_SAMPLE)
        _, marked = read_collection(folder, split="tune")
        hard = read_collection_unanswerable(folder, split="tune", sample=_SAMPLE // 2)
        materials.append(Material(passages, [*items, *hard], 0.5, marked))
    asked = [replace(each, foreign=on_others(materials, each)) for each in materials[: len(reports)]]
    return [*asked, *materials[len(reports) :]]


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m corpus.evaluation.fitting", description=__doc__)
    parser.add_argument("--reports", nargs=3, action="append", default=[], metavar=("DIR", "QUESTIONS", "UNANSWERABLE"))
    parser.add_argument("--collection", action="append", default=[], metavar="DIR")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    weights = asyncio.run(fit(load(options.reports, options.collection), Analyzer()))
    options.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(f"{options.out}: fitted\n")


if __name__ == "__main__":
    main()
