"""``yinju backup``, ``restore`` and ``verify``: that nothing is lost, and that what is held is true."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from bot.commands.options import Common, common
from bot.commands.session import library
from config.settings import Settings
from corpus.bootstrap import STORE
from corpus.store.backup import back_up, restore
from corpus.verifying import Finding, verify

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
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common
@click.pass_obj
def verify_(options: Common, as_json: bool) -> int:
    """Check the store, the index against it, and every quotation against its source."""
    findings = asyncio.run(_verify(options.settings()))
    if as_json:
        listed = [{"name": one.name, "looked_at": one.looked_at, "wrong": list(one.wrong)} for one in findings]
        click.echo(json.dumps({"findings": listed}, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            click.echo(f"{'wrong' if one.wrong else 'ok':<5} {one.name}: {one.looked_at} looked at")
            for line in one.wrong:
                click.echo(f"      {line}")
    return 1 if any(one.wrong for one in findings) else 0


async def _verify(settings: Settings) -> list[Finding]:
    async with library(settings) as opened:
        return [one async for one in verify(opened)]
