"""``yinju backup``, ``restore`` and ``verify``: that nothing is lost, and that what is held is true."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.progress import Progress

from bot.commands.options import Common, common
from bot.commands.session import library
from bot.views import plain
from config.settings import Engine, Settings
from corpus.bootstrap import STORE
from corpus.store.backup import back_up, restore
from corpus.verifying import Finding, verify

_TOLD = 100
"""Tell of so many reports in a line where there is no terminal for a bar."""

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command("backup")
@_FILE
@common
@click.pass_obj
def backup(options: Common, file: Path) -> None:
    """Write all that is held into FILE; the bot may go on serving."""
    size = back_up(options.settings().data_dir / STORE, file)
    click.echo(f"yinju: {file}: {size:,} bytes", err=True)


@click.command("restore")
@_FILE
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
@click.pass_obj
def restore_(options: Common, file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of all that is held; the bot must be stopped."""
    store = options.settings().data_dir / STORE
    if store.exists() and not yes:
        click.confirm("All that is held now is replaced. Go on?", abort=True, err=True)
    restore(file, store)
    click.echo(f"yinju: {file} was restored", err=True)


@click.command("verify")
@click.option("--mend", is_flag=True, help="Index anew what the index does not hold as the store does.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common
@click.pass_obj
def verify_(options: Common, mend: bool, as_json: bool) -> int:
    """Check the store, the index against it, and every quotation against its source."""
    findings = asyncio.run(_verify(options.settings(), mend=mend))
    if as_json:
        listed = [{"name": one.name, "looked_at": one.looked_at, "wrong": list(one.wrong)} for one in findings]
        click.echo(plain.written({"findings": listed}, indent=2))
    else:
        for one in findings:
            click.echo(f"{'wrong' if one.wrong else 'ok':<5} {one.name}: {one.looked_at} looked at")
            for line in one.wrong:
                click.echo(plain.printed(f"      {line}"))
    return 1 if any(one.wrong for one in findings) else 0


@click.command()
@click.option("--engine", type=click.Choice(get_args(Engine)), help="Another engine than the settings name.")
@click.option("--from-scratch", is_flag=True, help="Forget first what the engine holds, whoever it belongs to.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
@click.pass_obj
def reindex(options: Common, engine: Engine | None, from_scratch: bool, yes: bool) -> None:
    """Fill the index from the store; ended early, the next run goes on. The bot may go on serving from another."""
    settings = options.settings()
    engine = engine or settings.retrieval.engine
    if from_scratch and not yes:
        click.confirm(f"Everything that the engine '{engine}' holds is forgotten first. Go on?", abort=True, err=True)
    chosen = settings.retrieval.model_copy(update={"engine": engine})
    asyncio.run(_reindex(settings.model_copy(update={"retrieval": chosen}), from_scratch=from_scratch))
    click.echo(f"yinju: the engine '{engine}' holds all reports", err=True)
    if engine != settings.retrieval.engine:
        click.echo(f"to answer from it, set retrieval.engine = '{engine}' and start again", err=True)


async def _reindex(settings: Settings, *, from_scratch: bool) -> None:
    async with library(settings) as opened:
        if from_scratch:
            await opened.index.start_over()
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("reports", total=None)
            while True:
                done = 0
                async with aclosing(opened.index.fill()) as steps:
                    async for done, total in steps:
                        progress.update(task, completed=done, total=total)
                        if not console.is_terminal and (done % _TOLD == 0 or done == total):
                            click.echo(f"{done} of {total}", err=True)
                if not done:  # nothing came into the store meanwhile
                    break
        await opened.index.freshen()


async def _verify(settings: Settings, *, mend: bool) -> list[Finding]:
    async with library(settings) as opened:
        return [one async for one in verify(opened, mend=mend)]
