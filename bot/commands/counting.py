"""``yinju stats``: questions and answers in figures."""

from __future__ import annotations

import asyncio

import click

from bot.commands.options import Common, common
from bot.commands.session import library
from bot.views import plain
from corpus.readers.limits import shown
from corpus.store.figures import Summary, Unanswered

BAR = 40


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How many days, up to today.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common
@click.pass_obj
def stats(options: Common, days: int, as_json: bool) -> None:
    """Count questions and answers; names nobody."""
    summed, missed = asyncio.run(_count(options, days))
    if as_json:
        click.echo(plain.written(_values(summed, missed), indent=2))
        return
    none = summed.questions - summed.answered - summed.related
    click.echo(f"{summed.questions} questions of {summed.people} people in {days} days")
    click.echo(f"{summed.answered} answered ({summed.share:.0%}), {summed.related} related, {none} found nothing")
    click.echo(f"{summed.useful} called useful, {summed.useless} not")
    most = max((day.questions for day in summed.days), default=0)
    for day in summed.days:
        if day.questions:
            bar = "█" * max(1, round(BAR * day.questions / most))
            click.echo(f"{day.date}  {day.questions:>5}  {day.answered:>5} answered  {bar}")
    for title, lines in (
        ("busiest reports", [f"{one.answers:>5}  {shown(one.title)}" for one in summed.busiest]),
        ("found nothing", [f"{one.times:>5}  {shown(one.question)}" for one in missed]),
    ):
        if lines:
            click.echo(f"\n{title}")
            click.echo("\n".join(lines))


async def _count(options: Common, days: int) -> tuple[Summary, list[Unanswered]]:
    async with library(options.settings()) as opened:
        return await opened.figures.summary(days=days), list(await opened.figures.unanswered())


def _values(summed: Summary, missed: list[Unanswered]) -> dict[str, object]:
    return {
        "questions": summed.questions,
        "answered": summed.answered,
        "related": summed.related,
        "none": summed.questions - summed.answered - summed.related,
        "people": summed.people,
        "useful": summed.useful,
        "useless": summed.useless,
        "days": [{"date": day.date, "questions": day.questions, "answered": day.answered} for day in summed.days],
        "busiest": [{"title": one.title, "answers": one.answers} for one in summed.busiest],
        "unanswered": [{"question": one.question, "times": one.times} for one in missed],
    }
