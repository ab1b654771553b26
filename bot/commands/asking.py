"""``yinju ask``: one question and one answer, or a file of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

import click
from rich.console import Console
from rich.text import Text

from bot.commands.options import Common, common
from bot.commands.session import library
from bot.views import plain
from corpus.bootstrap import Library
from corpus.citing import citation
from corpus.explaining import explained, explanation_lines
from corpus.model import Answer, Quote, Scope

MOST_QUOTES = 50


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--limit", type=click.IntRange(1, MOST_QUOTES), help="How many quotes at most.  [default: 3]")
@click.option("--context", multiple=True, metavar="EARLIER", help="An earlier question; repeat it, oldest first.")
@click.option("--scope", multiple=True, metavar="REPORT", help="Only this report: its id, file or title; repeatable.")
@click.option("--batch", type=click.File("r", encoding="utf-8"), metavar="FILE", help="JSON lines; - is stdin.")
@click.option("--explain", is_flag=True, help="Show how the answer came about: terms, weights, what binds.")
@common
@click.pass_obj
def ask(
    options: Common,
    question: str | None,
    as_json: bool,
    limit: int | None,
    context: tuple[str, ...],
    scope: tuple[str, ...],
    batch: IO[str] | None,
    explain: bool,
) -> None:
    """Ask one QUESTION and print the passages that answer it."""
    if (question is None) == (batch is None):
        raise click.UsageError("give a QUESTION, or --batch FILE")
    if batch is not None and not as_json:
        raise click.UsageError("--batch prints JSON lines; say --json as well")
    if batch is not None and explain:
        raise click.UsageError("--explain goes with one QUESTION")
    asyncio.run(
        _ask(
            options,
            question,
            as_json=as_json,
            limit=limit,
            context=context,
            scope=scope,
            batch=batch,
            explain=explain,
        )
    )


async def _ask(
    options: Common,
    question: str | None,
    *,
    as_json: bool,
    limit: int | None,
    context: tuple[str, ...],
    scope: tuple[str, ...],
    batch: IO[str] | None,
    explain: bool,
) -> None:
    async with library(options.settings(), samples=True) as opened:
        within = Scope(frozenset([await opened.reports.find(name) for name in scope])) if scope else None
        if batch is not None:
            async for answered in _answers(opened, batch, limit=limit, within=within):
                click.echo(plain.written(answered))
            return
        answer = await opened.answer(question or "", context=context, scope=within, limit=limit)
        findings = await opened.searcher.find(question or "", context=context, scope=within) if explain else None
        if as_json:
            told = plain.answer(answer) | ({"explain": explained(findings)} if findings else {})
            click.echo(plain.written(told, indent=2))
            return
        show(answer)
        for line in explanation_lines(findings) if findings else ():
            click.echo(plain.printed(line))


async def _answers(
    opened: Library, lines: IO[str], *, limit: int | None, within: Scope | None
) -> AsyncIterator[dict[str, Any]]:
    for asked in _questions(lines):
        if "error" in asked:
            yield asked
            continue
        answer = await opened.answer(asked["question"], context=asked["context"], scope=within, limit=limit)
        yield plain.answer(answer, id=asked["id"])


def _questions(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Read ``{"id", "question", "context"}`` a line; a line that is not, becomes an object with an ``error``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as wrong:  # also for a number of thousands of digits
            yield {"id": None, "error": f"line {number} is not JSON: {wrong}"}
            continue
        given = given if isinstance(given, dict) else {}
        question, context = given.get("question"), given.get("context") or []
        if not isinstance(question, str):
            yield {"id": given.get("id"), "error": f"line {number} has no 'question' that is text"}
        elif not isinstance(context, list) or not all(isinstance(one, str) for one in context):
            yield {"id": given.get("id"), "error": f"line {number}: 'context' must be a list of texts"}
        else:
            yield {"id": given.get("id"), "question": question, "context": context}


def show(answer: Answer) -> None:
    """Print an answer for a person: coloured on a terminal, plain in a pipe."""
    console = Console(highlight=False, soft_wrap=True)
    for other in answer.meant:
        console.print(Text(plain.printed(f"您是不是要找：{other}")))
    if answer.verdict == "invalid":
        console.print("请写出要问的内容，一句话即可。")
        return
    if not answer.quotes:
        console.print("资料里没有找到能回答这个问题的原文。")
        if answer.missing_terms:
            console.print(Text(plain.printed("资料里没有出现：" + "、".join(answer.missing_terms))))
        for near in answer.nearest:
            console.print(Text(plain.printed(f"相近的标题（不是答案）：{near.heading}")))
        return
    if answer.verdict == "related":
        console.print("没有找到直接回答的原文，下面几处内容相近，请自行判断：")
    for number, quote in enumerate(answer.quotes, 1):
        console.print(Text(f"{number}. ") + _marked(quote))
        console.print(Text(plain.printed(f"   出处：{citation(quote.passage)}")))
        if quote.redacted:
            console.print("   原文此处已隐去。")
    console.print("以上均为原文摘录，未作改写。")


def _marked(quote: Quote) -> Text:
    marked = Text(plain.printed(quote.text))
    marked.stylize("bold", quote.answer.start, quote.answer.end)
    before = "…" if quote.start else ""
    after = "…" if quote.start + len(quote.text) < len(quote.passage.text) else ""
    return Text(before) + marked + Text(after)
