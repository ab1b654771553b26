"""``yinju run``, ``pair`` and ``doctor``: serving, and everything an operator can get wrong."""

from __future__ import annotations

import asyncio
import logging
import os

import click
from rich.console import Console
from rich.text import Text

from bot import logs
from bot.checks import Check, look_over
from bot.commands.options import Common, common
from bot.commands.session import library
from bot.serving import ServingError, serve
from bot.views import plain
from config.settings import Settings, SettingsError, bot_token, secrets
from corpus.errors import EngineError
from corpus.store.admissions import CODE_SECONDS, Granted

log = logging.getLogger(__name__)

HOW_TO_GET_ONE = (
    "no token. Talk to @BotFather in Telegram, send /newbot, and start again with"
    " TELEGRAM_BOT_TOKEN=<what it gave you> (or a file named by TELEGRAM_BOT_TOKEN_FILE);"
    " without a token there is `yinju chat`."
)


@click.command()
@common
@click.pass_obj
def run(options: Common) -> int:
    """Serve Telegram: long polling, or a webhook where one is set."""
    settings, token = options.settings(), bot_token()
    if token is None:
        raise SettingsError(HOW_TO_GET_ONE)
    logs.set_up(token.get_secret_value(), *secrets(settings), form=settings.log.format, debug=options.debug)
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else each flood limit that is met warns in the log
    try:
        asyncio.run(_run(settings, token.get_secret_value()))
    except ServingError as wrong:
        click.echo(f"yinju: {wrong}", err=True)
        return 1
    return 0


async def _run(settings: Settings, token: str) -> None:
    async with library(settings, samples=True) as opened:
        try:
            await opened.index.catch_up()
        except EngineError as error:
            log.warning("serving without the engine until it is back: %s", error)
        await serve(opened, settings, token=token)


@click.command()
@click.option("--reader", is_flag=True, help="A code that admits a reader, not an administrator.")
@common
@click.pass_obj
def pair(options: Common, reader: bool) -> int:
    """Print a one-time code; whoever sends /pair CODE to the bot becomes an administrator."""
    settings = options.settings()
    if settings.access.mode == "allowlist":
        raise SettingsError("access.mode is 'allowlist', where no code admits; 'pairing' takes codes")
    code = asyncio.run(_pair(settings, "admitted" if reader else "administrator"))
    click.echo(code)
    click.echo(
        f"In a private chat with the bot, within {CODE_SECONDS // 60} minutes: /pair {code}  (it works once)", err=True
    )
    return 0


async def _pair(settings: Settings, standing: Granted) -> str:
    async with library(settings) as opened:
        return await opened.admissions.make_code(standing)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common
@click.pass_obj
def doctor(options: Common, as_json: bool) -> int:
    """Check everything an operator can get wrong."""
    settings, token = options.settings(), bot_token()
    secret = token.get_secret_value() if token else None
    logs.set_up(secret or "", *secrets(settings), form=settings.log.format, debug=options.debug)
    checks = asyncio.run(look_over(settings, token=secret))
    if as_json:
        listed = [{"name": one.name, "status": one.status, "detail": one.detail} for one in checks]
        click.echo(plain.written({"checks": listed}, indent=2))
    else:
        _show(checks)
    return 1 if any(one.status == "fail" for one in checks) else 0


def _show(checks: list[Check]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    for one in checks:
        console.print(
            Text(f"{one.status:<5}", styles[one.status]) + Text(plain.printed(f"{one.name}: {one.detail}"), "")
        )
