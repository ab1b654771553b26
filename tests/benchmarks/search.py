"""How long a question takes, beside others on the same terms. ``python -m tests.benchmarks.search``.

Questions are put to all engines in turn, so that what else the machine does meets all of them; what to compare are the
ratios of one run. CPU time is that of the asking thread.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click
import numpy as np
from rank_bm25 import BM25Okapi
from rich.console import Console
from rich.table import Table

from corpus.analysis import Analyzer
from corpus.model import Article, Entry, Parsed, Passage, PassageId, Report, ReportId, Span, Term
from corpus.model import Query as Asked
from corpus.retrieval import compiled, scan
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder
from corpus.retrieval.okapi import ArrayOkapi
from corpus.retrieval.part import Part
from corpus.retrieval.postings import Postings, gather
from corpus.store import Database, Passages, Reports
from tests.benchmarks.made_corpus import PASSAGES, Maker
from tests.benchmarks.peers import Bags, Fts5, Ours, Peer, Plain, Sparse, Tantivy

_BATCH = 100
"""Articles that are tokenized and indexed at once."""
_PLAIN = 8000
"""Passages that rank_bm25 is measured on; it would need 20 GB for all."""
_READER = """
import asyncio, sys, time
started = time.perf_counter()
from pathlib import Path
from corpus.analysis import Analyzer
from corpus.model import Query, Term
from corpus.retrieval.embedded import EmbeddedRetriever
from corpus.retrieval.files import Folder
def memory():
    own = code = 0
    for line in open("/proc/self/smaps"):
        first, *rest = line.split()
        if not first.endswith(":"):
            library = ".so" in rest[-1]
        elif first == "Private_Dirty:":
            own += int(rest[0])
        elif first == "Rss:" and library:
            code += int(rest[0])
    return own / 1024, code / 1024
async def main(folder, question, terms):
    async with EmbeddedRetriever(Folder(Path(folder), maker="bench")) as retriever:
        analyzer = Analyzer(cache_dir=Path(folder).parent)
        asked = analyzer.sought(map(Term, analyzer.asked(question))) if question else map(Term, terms.split())
        query = Query("", "", tuple(asked))
        assert await retriever.retrieve(query, limit=10)
        print(time.perf_counter() - started)
        print(*memory())
        await retriever.hasten(query)
        assert await retriever.retrieve(query, limit=10)
        print(*memory())
asyncio.run(main(*sys.argv[1:]))
"""


_SLEEPER = """
import time
while True:
    started = time.perf_counter()
    time.sleep(0.002)
    print((time.perf_counter() - started - 0.002) * 1000, flush=True)
"""


@dataclass(frozen=True)
class Made:
    """Hold a corpus that was indexed, and what it took."""

    characters: int
    seconds: dict[str, float]
    batches: Sequence[Postings]
    questions: Sequence[str]


def _indexed(articles: list[list[str]]) -> tuple[Postings, float]:
    """Tokenize and index in a process of its own; tell its CPU time."""
    analyzer = _open()
    started = time.process_time()
    postings = gather([analyzer.terms(passage) for article in articles for passage in article])
    return postings, time.process_time() - started


def _open(kept: list[Analyzer] = []) -> Analyzer:  # noqa: B006 - one a process
    if not kept:
        kept.append(Analyzer())
        kept[0].warm()
    return kept[0]


def _asked(analyzer: Analyzer, question: str) -> list[str]:
    """Name the terms of a question, each once, so that all engines are asked the same."""
    return list(dict.fromkeys(term.text for term in analyzer.sought(map(Term, analyzer.asked(question)))))


def make(characters: int, *, questions: int, processes: int) -> Made:
    """Make a corpus, tokenize it in *processes*, and ask about passages from all over it."""
    maker = Maker()
    chance = np.random.default_rng(characters)
    asked: list[str] = []
    seconds = {"making": 0.0, "tokenizing": 0.0, "tokenizing CPU": 0.0}
    total = 0

    def batches() -> Iterator[list[list[str]]]:
        nonlocal total
        batch = []
        for article in maker.articles(characters):
            batch.append(article)
            total += sum(map(len, article))
            if chance.random() < questions * 1.2 * 190 * PASSAGES / characters:
                asked.append(maker.question(article[int(chance.integers(len(article)))]))
            if len(batch) == _BATCH:
                yield batch
                batch = []
        yield batch

    started = time.perf_counter()
    made = []
    with ProcessPoolExecutor(processes) as pool:
        waiting = []
        for batch in batches():
            waiting.append(pool.submit(_indexed, batch))
            if len(waiting) > 3 * processes:
                made.append(waiting.pop(0).result())
        made += [one.result() for one in waiting]
    seconds["tokenizing"] = time.perf_counter() - started
    seconds["tokenizing CPU"] = sum(used for _, used in made)
    return Made(total, seconds, [postings for postings, _ in made], asked[:questions])


def index(made: Made, folder: Folder) -> None:
    """Write the index as Yinju does."""
    parts, report = [], 0
    for postings in made.batches:
        sizes = np.diff(np.arange(0, len(postings.lengths) + PASSAGES, PASSAGES).clip(max=len(postings.lengths)))
        numbers = np.concatenate([np.arange(1, size + 1, dtype=np.int32) for size in sizes])
        names = [ReportId(f"{report + n:012x}") for n in range(len(sizes))]
        report += len(sizes)
        labels = np.zeros(len(numbers), dtype=np.int32)
        table = [(frozenset[int](), frozenset[str]())]
        parts.append(Part.over(ArrayOkapi.over(postings), names, np.cumsum([0, *sizes]), numbers, labels, table))
    folder.ours()
    started = time.perf_counter()
    folder.switch([folder.joined(parts, k1=0.6, b=0.75)], moments={}, mark=None)
    made.seconds["joining and writing"] = time.perf_counter() - started


def figures(values: Sequence[float]) -> dict[str, float]:
    """Sum up milliseconds or ratios."""
    p5, p50, p95, p99 = np.percentile(values, [5, 50, 95, 99])
    return {name: round(float(value), 3) for name, value in (("p5", p5), ("p50", p50), ("p95", p95), ("p99", p99))}


def compare(peers: Sequence[Peer], questions: Sequence[Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Put every question to every engine, one question after the other."""
    taken: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for peer in peers:
        peer.ask(questions[0])
    for terms in questions:
        for peer in peers:
            started = time.thread_time()
            peer.ask(terms)
            taken[peer.name].append((time.thread_time() - started) * 1000 * getattr(peer, "share", 1.0))
    ours = np.array(taken["yinju"])
    return {
        peer.name: {
            "ms": figures(taken[peer.name]),
            "times yinju": figures(np.array(taken[peer.name]) / ours),
            "build s": round(peer.build_seconds, 1),
        }
        for peer in peers
    }


def exact(retriever: EmbeddedRetriever, ours: Ours, questions: Sequence[Sequence[str]]) -> int:
    """Count the questions whose best ten are not those of scoring everything."""
    (part,) = retriever._state.parts
    wrong = 0
    for terms in questions:
        scores = part.okapi.get_scores(terms)
        best = np.argsort(-scores, kind="stable")[:10]
        best = best[scores[best] > 0]
        expected = [
            (f"{report}-{number}", score)
            for (report, number), score in zip(part.passage_ids(best), scores[best].tolist(), strict=True)
        ]
        found = ours.ask(terms)
        same = [name for name, _ in found] == [name for name, _ in expected]
        wrong += not same or any(abs(a[1] - b[1]) > 1e-9 for a, b in zip(found, expected, strict=True))
    return wrong


async def filled(database: Database, characters: int) -> Reports:
    """Store as many reports as are indexed, under the same ids; what they say is of no concern to a clock."""
    reports = Reports(database)
    if not await reports.any():
        for n, article in enumerate(Maker().articles(characters)):
            await reports.add(
                _report(ReportId(f"{n:012x}"), article), [""] * len(article), digest=f"{n:064x}", analyzer="bench"
            )
    return reports


async def quoting(retriever: EmbeddedRetriever, held: Passages, questions: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Measure the time from a question to ten passages with their text, in a process that does nothing else."""
    taken = []
    for terms in questions:
        started = time.perf_counter()
        hits = await retriever.retrieve(Asked("", "", tuple(map(Term, terms))), limit=10)
        await held.read([hit.passage_id for hit in hits])
        taken.append((time.perf_counter() - started) * 1000)
    return {"a question to ten passages, ms": figures(taken)}


async def growing(
    retriever: EmbeddedRetriever, reports: Reports, questions: Sequence[Sequence[str]], *, first: int, people: int
) -> dict[str, Any]:
    """Add reports, read and tokenized before, while *people* ask, and watch how late the event loop comes.

    How late a process comes that does nothing but sleep says what of that is the machine's.
    """
    analyzer = _open()
    articles = [(article, [analyzer.terms(one) for one in article]) for article in Maker(seed=first).articles(400_000)]
    stored, added, late, waits = [], [], [], []
    done = asyncio.Event()

    async def add() -> None:
        for n, (article, bags) in enumerate(articles, first):
            made = _report(ReportId(f"f{n:011x}"), article)
            started = time.perf_counter()
            await reports.add(made, bags, digest=f"f{n:063x}", analyzer="bench")
            between = time.perf_counter()
            entries = [Entry(one.id, bag) for one, bag in zip(made.passages, bags, strict=True)]
            await retriever.add(made.report.id, entries)
            stored.append((between - started) * 1000)
            added.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0.05)
        done.set()

    async def ask(person: int) -> None:
        n = person
        while not done.is_set():
            terms = questions[n % len(questions)]
            started = time.perf_counter()
            await retriever.retrieve(Asked("", "", tuple(map(Term, terms))), limit=10)
            waits.append((time.perf_counter() - started) * 1000)
            n += 7
            await asyncio.sleep(0.5)

    async def watch() -> None:
        while not done.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.002)
            late.append((time.perf_counter() - started - 0.002) * 1000)

    with tempfile.TemporaryFile("w+") as slept:
        sleeper = await asyncio.create_subprocess_exec(sys.executable, "-c", _SLEEPER, stdout=slept)
        await asyncio.gather(add(), watch(), *(ask(person) for person in range(people)))
        sleeper.kill()
        await sleeper.wait()
        slept.seek(0)
        alone = [float(line) for line in slept.read().splitlines()[:-1]]
    return {
        "a report stored, ms": figures(stored),
        "a report stored and indexed, ms": figures(added),
        **({"a question meanwhile, ms": figures(waits)} if waits else {}),
        "event loop late, ms": figures(late) | {"max": round(max(late), 1)},
        "a process that sleeps late, ms": figures(alone) | {"max": round(max(alone), 1)},
    }


def _report(name: ReportId, texts: Sequence[str]) -> Parsed:
    """Make a report of passages."""
    report = Report(name, f"{name}.txt", "", None, None, None, None, None)
    article = Article(1, "", None)
    passages = [
        Passage(PassageId(f"{report.id}-{k}"), report, article, (), k, text, (Span(0, len(text)),))
        for k, text in enumerate(texts, 1)
    ]
    return Parsed(report, (article,), (), tuple(passages), (), "".join(texts))


def searchable() -> dict[str, float]:
    """Measure the CPU time from text to an index, of Yinju's terms and of plain jieba with rank_bm25, by themselves."""
    passages = [passage for article in Maker(seed=3).articles(400_000) for passage in article]
    analyzer = _open()
    analyzer.plain_words(passages[0])
    started = time.process_time()
    BM25Okapi([analyzer.plain_words(passage) for passage in passages])
    between = time.process_time()
    gather([analyzer.terms(passage) for passage in passages])
    plain, ours = between - started, time.process_time() - between
    millions = sum(map(len, passages)) / 1e6
    return {
        "jieba and BM25Okapi, CPU s a million": round(plain / millions, 2),
        "yinju, CPU s a million": round(ours / millions, 2),
        "ratio": round(plain / ours, 2),
    }


def started_anew(path: Path, question: str, terms: Sequence[str]) -> dict[str, float]:
    """Measure a fresh process: seconds to its first answer, and its memory, with jieba and without.

    What it has written is its own; the code of libraries lies in files, and who else runs them shares it.
    """
    told = {}
    # As it is for whoever has installed it: what was compiled once is not compiled at each start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for way, arguments in (("with dictionaries", (question, "")), ("without", ("", " ".join(terms)))):
        runs = [
            subprocess.run(
                [sys.executable, "-c", _READER, str(path), *arguments],
                capture_output=True,
                text=True,
                check=True,
                env=environment,
            )
            for _ in range(3)
        ]
        seconds, *memory = min(tuple(map(float, run.stdout.split())) for run in runs)
        told[f"first answer {way}, s"] = round(seconds, 2)
        for more, own, code in (("", *memory[:2]), (" and the compiled scan", *memory[2:])):
            told[f"memory of its own {way}{more}, MB"] = round(own)
            told[f"code of libraries {way}{more}, MB"] = round(code)
    return told


async def measured(
    characters: int, *, questions: int, processes: int, peers: Sequence[str], keep: Path | None
) -> dict[str, Any]:
    """Measure one size; what is built is kept in the folder *keep*, and taken from there another time."""
    with tempfile.TemporaryDirectory(prefix="yinju-bench-") as temporary:
        home = keep / str(characters) if keep else Path(temporary)
        folder = Folder(home / "index", maker="bench")
        kept = home / "made.pickle"
        if kept.exists():
            made: Made = pickle.loads(kept.read_bytes())  # noqa: S301 - our own
        else:
            home.mkdir(parents=True, exist_ok=True)
            made = make(characters, questions=questions, processes=processes)
            index(made, folder)
            if keep:
                kept.write_bytes(pickle.dumps(made))
        analyzer = _open()
        asked = [_asked(analyzer, question) for question in made.questions]
        async with EmbeddedRetriever(folder, scan=compiled.best) as retriever:
            (part,) = retriever._state.parts
            bags = Bags(made.batches, np.asarray(part.okapi.postings.keys))
            ours = [Ours(retriever, compiled.best), Ours(retriever, scan.best, name="yinju without numba")]
            engines: list[Peer] = [*ours]
            if "rank_bm25" in peers:
                engines.append(Plain(bags, part.okapi, most=_PLAIN))
            if "bm25s" in peers:
                engines.append(Sparse(bags))
            if "tantivy" in peers:
                engines.append(Tantivy(bags, home / "tantivy"))
            if "fts5" in peers:
                engines.append(Fts5(bags, home / "fts5.sqlite3"))
            found = {
                "characters": made.characters,
                "passages": part.okapi.corpus_size,
                "terms": len(part.okapi.postings.keys),
                "postings": len(part.okapi.postings),
                "questions": len(asked),
                "terms a question": round(float(np.mean([len(set(terms)) for terms in asked])), 1),
                "index MB": round(sum(one.stat().st_blocks * 512 for one in (home / "index").iterdir()) / 1e6),
                "seconds": {name: round(value, 1) for name, value in made.seconds.items()},
                "engines": compare(engines, asked),
                "not exact": sum(exact(retriever, one, asked) for one in ours),
                **started_anew(home / "index", made.questions[0], asked[0]),
            }
            retriever._folder = None  # what is added is not kept
            async with Database(home / "store") as database:
                reports = await filled(database, characters)
                found |= await quoting(retriever, Passages(database), asked)
                found["nobody asks"] = await growing(retriever, reports, asked, first=7_000, people=0)
                found["twenty people ask"] = await growing(retriever, reports, asked, first=20_000, people=20)
        return found


def machine() -> dict[str, Any]:
    """Describe what was measured on."""
    versions = {}
    for name in ("yinju", "numpy", "jieba", "rank-bm25", "bm25s", "numba", "tantivy"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "load": [round(one, 1) for one in os.getloadavg()],
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **versions,
    }


def show(sizes: Sequence[dict[str, Any]]) -> None:
    """Print a table."""
    table = Table("characters", "engine", "p50 ms", "p99 ms", "times yinju p50", "p5", "build s")
    for one in sizes:
        for name, told in one["engines"].items():
            table.add_row(
                f"{one['characters'] / 1e6:.0f} M",
                name,
                *(f"{value:.2f}" for value in (told["ms"]["p50"], told["ms"]["p99"])),
                *(f"{value:.1f}" for value in (told["times yinju"]["p50"], told["times yinju"]["p5"])),
                f"{told['build s']:.0f}",
            )
    Console(stderr=True).print(table)


@click.command()
@click.option("--millions", multiple=True, type=float, default=(1.0, 10.0), show_default=True, help="Characters.")
@click.option("--questions", default=200, show_default=True, help="How many questions are asked.")
@click.option("--processes", default=len(os.sched_getaffinity(0)), show_default=True, help="Processes that tokenize.")
@click.option("--peer", "peers", multiple=True, default=("rank_bm25", "bm25s", "tantivy", "fts5"), show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep what is built here, for another run.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here.  [default: stdout]")
def main(
    millions: tuple[float, ...],
    questions: int,
    processes: int,
    peers: tuple[str, ...],
    keep: Path | None,
    path: Path | None,
) -> None:
    """Measure questions at several sizes, beside other engines."""
    sizes = []
    for one in millions:
        sizes.append(
            asyncio.run(measured(int(one * 1e6), questions=questions, processes=processes, peers=peers, keep=keep))
        )
        written = json.dumps(
            {"machine": machine(), "text to searchable": searchable(), "sizes": sizes}, ensure_ascii=False, indent=2
        )
        if path:
            path.write_text(written + "\n", encoding="utf-8")
    show(sizes)
    if not path:
        click.echo(written)


if __name__ == "__main__":
    main()
