"""The ``yinju`` command."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from typing import Any

import click

from bot.commands.options import Common, common
from config.settings import SettingsError
from corpus.errors import CorpusError

COMMANDS = {
    "chat": "bot.commands.chatting:chat",
    "run": "bot.commands.operating:run",
    "ask": "bot.commands.asking:ask",
    "ingest": "bot.commands.ingesting:ingest",
    "reports": "bot.commands.holding:reports",
    "show": "bot.commands.holding:show",
    "audit": "bot.commands.holding:audit",
    "remove": "bot.commands.holding:remove",
    "evaluate": "bot.commands.evaluating:evaluate",
    "stats": "bot.commands.counting:stats",
    "pair": "bot.commands.operating:pair",
    "doctor": "bot.commands.operating:doctor",
    "verify": "bot.commands.keeping:verify_",
    "reindex": "bot.commands.keeping:reindex",
    "backup": "bot.commands.keeping:backup",
    "restore": "bot.commands.keeping:restore_",
}


class Commands(click.Group):
    """Load a command when it is called: asking one question need not load Telegram's library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "obj": Common()})
@click.version_option(package_name="yinju", prog_name="yinju")
@common
def cli() -> None:
    """Answer questions from reports, only with quotations and their sources.

    引据：只引原文、不作改写的报告问答。
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code: 0 done, 1 something failed, 2 wrong usage, 130 interrupted."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    options = Common()
    os.umask(0o077)  # whatever is written, also by a library, is for its owner alone
    try:
        left: Any = cli.main(arguments, prog_name="yinju", standalone_mode=False, obj=options)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt, asyncio.CancelledError):
        return 130
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except SettingsError as wrong:
        return _say(wrong, 2, options)
    except CorpusError as wrong:
        return _say(wrong, 1, options)
    except BrokenPipeError:
        # Whoever read our output has gone; so has anything that Python would still flush into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as wrong:
        if options.debug:
            raise
        return _say(f"something unexpected went wrong ({type(wrong).__name__}); --debug shows where", 1, options)
    return left if isinstance(left, int) else 0


def _say(wrong: object, code: int, options: Common) -> int:
    if options.debug and isinstance(wrong, Exception):
        raise wrong
    from bot.views import plain  # noqa: PLC0415 - what is loaded before the command is known, every command waits for

    click.echo(f"yinju: {plain.in_a_line(wrong)}", err=True)
    return code


if __name__ == "__main__":
    main()
