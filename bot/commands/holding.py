"""``yinju reports``, ``show``, ``audit`` and ``remove``: what is held."""

from __future__ import annotations

import asyncio

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.options import Common, common
from bot.commands.session import library
from bot.views import plain
from corpus.citing import citation
from corpus.model import Heading, PassageId
from corpus.readers.limits import shown
from corpus.store.passage_ids import well_formed


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@common
@click.pass_obj
def reports(options: Common, as_json: bool) -> None:
    """List the reports that are held."""
    asyncio.run(_reports(options, as_json=as_json))


async def _reports(options: Common, *, as_json: bool) -> None:
    async with library(options.settings()) as opened:
        held = await opened.reports.holdings()
    if as_json:
        click.echo(plain.written([plain.holding(one) for one in held], indent=2))
        return
    if not held:
        click.echo("no reports yet; take some in with: yinju ingest PATH", err=True)
        return
    rows = [
        (
            one.report.id,
            one.report.title,
            one.report.publisher or "",
            one.report.published or "",
            one.articles,
            one.passages,
        )
        for one in held
    ]
    console = Console()
    if not console.is_terminal:
        for row in rows:
            click.echo("	".join(map(plain.printed, row)))
        return
    table = Table("id", "title", "publisher", "date", "articles", "passages", box=None)
    for row in rows:
        table.add_row(*(Text(plain.printed(cell)) for cell in row))
    console.print(table)


@click.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@common
@click.pass_obj
def show(options: Common, id: str, as_json: bool) -> None:  # noqa: A002 - it stands in the usage line
    """Show a report's outline, or a passage with its surroundings."""
    asyncio.run(_show(options, id, as_json=as_json))


async def _show(options: Common, wanted: str, *, as_json: bool) -> None:
    async with library(options.settings()) as opened:
        held = await opened.passages.read([PassageId(wanted)]) if well_formed(wanted) else []
        if held:
            article = await opened.passages.article(held[0])
            index = next(i for i, one in enumerate(article) if one.id == held[0].id)
            around = article[max(0, index - 1) : index + 2]
            if as_json:
                before, after = article[max(0, index - 1) : index], article[index + 1 : index + 2]
                found = {
                    **plain.passage(held[0]),
                    "before": [plain.passage(one) for one in before],
                    "after": [plain.passage(one) for one in after],
                }
                click.echo(plain.written(found, indent=2))
                return
            click.echo(plain.printed(citation(held[0])))
            for one in around:
                click.echo(plain.printed(f"\n{'▶' if one.id == held[0].id else ' '} {one.text}"))
            return
        report_id = await opened.reports.find(wanted)
        headings = await opened.outlines.headings(report_id)
        holding = await opened.reports.holding(report_id)
        facts = await opened.readings.facts(report_id)
    if as_json:
        known = {"facts": [plain.fact(each) for each in facts], "outline": [_outlined(each) for each in headings]}
        click.echo(plain.written({**plain.holding(holding), **known}, indent=2))
        return
    click.echo(plain.printed(f"{holding.report.title}  ({holding.report.file})"))
    for each in facts:
        about = f" of article {each.article}" if each.article else ""
        click.echo(plain.printed(f"  {each.field}{about}: {each.value}  ({each.origin})"))
    for heading in headings:
        if heading.kind != "collection":
            click.echo(plain.printed(f"{'  ' * (heading.level + 1)}{heading.text}"))


def _outlined(heading: Heading) -> dict[str, object]:
    return {
        "text": heading.text,
        "kind": heading.kind,
        "level": heading.level,
        "article": heading.article,
        "paragraph": heading.paragraph,
    }


@click.command()
@click.argument("report")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@common
@click.pass_obj
def audit(options: Common, report: str, as_json: bool) -> None:
    """List every piece of a REPORT that was taken out as noise."""
    asyncio.run(_audit(options, report, as_json=as_json))


async def _audit(options: Common, report: str, *, as_json: bool) -> None:
    async with library(options.settings()) as opened:
        noise = await opened.reports.noise(await opened.reports.find(report))
    if as_json:
        click.echo(plain.written([plain.noise(piece) for piece in noise], indent=2))
        return
    for piece in noise:
        click.echo(f"line {piece.line:>5}  {piece.rule:<24} {shown(piece.text)}")
    click.echo(f"{len(noise)} pieces, {sum(len(piece.text) for piece in noise)} characters.", err=True)


@click.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
@click.pass_obj
def remove(options: Common, reports: tuple[str, ...], yes: bool) -> None:
    """Take reports out."""
    asyncio.run(_remove(options, reports, yes=yes))


async def _remove(options: Common, names: tuple[str, ...], *, yes: bool) -> None:
    async with library(options.settings()) as opened:
        wanted = [await opened.reports.holding(await opened.reports.find(name)) for name in names]
        if not yes:
            listed = "\n".join(f"  {one.report.title} ({one.report.file}), {one.passages} passages" for one in wanted)
            click.confirm(f"Take out:\n{plain.printed(listed)}\nGo on?", abort=True, err=True)
        for one in wanted:
            await opened.reports.remove(one.report.id)
            click.echo(plain.printed(f"removed {one.report.file}"))
