"""``yinju evaluate``: measure retrieval on questions whose answers are known."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from bot.commands.options import Common, common
from bot.commands.session import library
from config.settings import Settings
from corpus import evaluation as measuring
from corpus.bootstrap import Library, open_library
from corpus.evaluation import DEPTH, Evaluation, Marking, scorecard
from corpus.evaluation import baseline as plainly
from corpus.evaluation.qrels import Item, read_collection, read_questions, read_unanswerable
from corpus.model import Answer, Parsed, Passage

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--questions", type=FILE, help="Questions with their answers, on the reports that are held.")
@click.option("--unanswerable", type=FILE, help="Questions that those reports cannot answer.")
@click.option("--collection", type=FOLDER, help="A folder with corpus.jsonl and queries.jsonl, in a store of its own.")
@click.option("--split", metavar="NAME", help="Only the collection's questions of this split.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N of its questions, always the same ones.")
@click.option("--marking", is_flag=True, help="Hand each question its right passage: which sentence is marked?")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--run", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a TREC run.")
@click.option("--failures", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write what failed.")
@click.option("--baseline", is_flag=True, help="The same questions with plain rank_bm25 and jieba beside.")
@common
@click.pass_obj
def evaluate(
    options: Common,
    questions: Path | None,
    unanswerable: Path | None,
    collection: Path | None,
    split: str | None,
    sample: int | None,
    marking: bool,
    as_json: bool,
    run: Path | None,
    failures: Path | None,
    baseline: bool,
) -> None:
    """Measure how well questions are answered: recall, MRR, the right sentence, refusals."""
    if (questions is None) == (collection is None):
        raise click.UsageError("give --questions FILE, or --collection DIR")
    if collection is None and (split or sample or marking):
        raise click.UsageError("--split, --sample and --marking go with --collection")
    settings = options.settings()
    if marking and collection is not None:
        _show_marking(asyncio.run(_marking(settings, collection, split=split, sample=sample)), as_json=as_json)
        return
    if collection is not None:
        measured, plain = asyncio.run(_on_collection(settings, collection, split=split, sample=sample, plain=baseline))
    elif questions is not None:
        measured, plain = asyncio.run(_on_reports(settings, questions, unanswerable, plain=baseline))
    if run:
        run.write_text("".join(f"{line}\n" for line in scorecard.run_lines(measured)), encoding="utf-8")
    if failures:
        failures.write_text("".join(f"{line}\n" for line in scorecard.failures(measured)), encoding="utf-8")
    if as_json:
        told = scorecard.as_json(measured)
        if plain is not None:
            told["baseline"] = scorecard.as_json(plain) | {"difference": plainly.compare(measured, plain)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _show(measured)
        if plain is not None:
            _print(Console(width=None if Console().is_terminal else 160), plainly.compare_rows(measured, plain))


async def _on_reports(
    settings: Settings, questions: Path, unanswerable: Path | None, *, plain: bool
) -> tuple[Evaluation, Evaluation | None]:
    items = read_questions(questions)
    beyond = read_unanswerable(unanswerable) if unanswerable else []
    async with library(settings, samples=True) as opened:

        async def ask(item: Item) -> Answer:
            return await opened.answer(item.question, context=item.context, limit=DEPTH)

        measured = await measuring.evaluate(items, ask, unanswerable=beyond)
        held = [one for name in sorted(await opened.reports.ids()) for one in await opened.passages.of_report(name)]
        return measured, await _plainly(opened, held, items) if plain else None


async def _on_collection(
    settings: Settings, folder: Path, *, split: str | None, sample: int | None, plain: bool
) -> tuple[Evaluation, Evaluation | None]:
    passages, items = read_collection(folder, split=split, sample=sample)
    with TemporaryDirectory(prefix="yinju-") as own:
        async with open_library(_apart(settings, Path(own))) as opened:
            await _hold(opened, passages)

            async def ask(item: Item) -> Answer:
                return await opened.answer(item.question, context=item.context, limit=DEPTH)

            measured = await measuring.evaluate(items, ask)
            return measured, await _plainly(opened, passages, items) if plain else None


def _apart(settings: Settings, folder: Path) -> Settings:
    """Put a store into *folder*, and its index into this process: a collection in Milvus belongs to one store."""
    embedded = settings.retrieval.model_copy(update={"engine": "embedded"})
    return settings.model_copy(update={"data_dir": folder, "retrieval": embedded})


async def _marking(settings: Settings, folder: Path, *, split: str | None, sample: int | None) -> Marking:
    passages, items = read_collection(folder, split=split, sample=sample)
    with TemporaryDirectory(prefix="yinju-") as own:
        async with open_library(_apart(settings, Path(own))) as opened:
            given = {passage.id: passage for passage in passages}
            return await asyncio.to_thread(measuring.mark, items, given, opened.searcher.quote)


def _show_marking(measured: Marking, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(measured)))
    else:
        click.echo(
            f"{measured.questions} questions with their passage: the marked sentence holds the answer "
            f"{measured.held:.1%}, or lies within it {measured.either:.1%}"
        )


async def _plainly(opened: Library, passages: Sequence[Passage], items: Sequence[Item]) -> Evaluation:
    """Ask the same questions of plain rank_bm25."""
    asking = await asyncio.to_thread(plainly.plain_asking, passages, opened.analyzer.plain_words)
    return await measuring.evaluate(items, asking)


async def _hold(opened: Library, passages: Sequence[Passage]) -> None:
    """Put passages that stand in no file into a store of their own, as one report of many articles."""
    report = passages[0].report
    parsed = Parsed(report, tuple(one.article for one in passages), (), tuple(passages), (), "")
    terms = await asyncio.to_thread(opened.analyzer.report_terms, passages)
    await opened.reports.add(parsed, terms, digest=report.id, analyzer=opened.analyzer.fingerprint)


def _show(measured: Evaluation) -> None:
    console = Console(width=None if Console().is_terminal else 160)
    for rows in (scorecard.rows(measured), scorecard.refusal_rows(measured)):
        if not rows:
            continue
        _print(console, rows)
    if (years := measured.another_year) is not None:
        console.print(f"another year than asked at rank 1  {years.count} of {years.questions}")
    verdicts = "  ".join(f"{name} {share:.1%}" for name, share in sorted(measured.overall.verdicts.items()))
    console.print(f"verdicts  {verdicts}")
    console.print(f"milliseconds  p50 {measured.p50_ms:.1f}  p95 {measured.p95_ms:.1f}")


def _print(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    head, *body = rows
    table = Table(box=None)
    for number, column in enumerate(head):
        table.add_column(column, justify="right" if number else "left")
    for row in body:
        table.add_row(*row)
    console.print(table)
