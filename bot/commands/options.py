"""The options that go with every command, before or after its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from config.layers import load
from config.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Common:
    """Collect the options that were given, wherever they stood."""

    data_dir: Path | None = None
    config: Path | None = None
    debug: bool = False

    def settings(self) -> Settings:
        """Read the settings these options ask for. Raises SettingsError."""
        return load(self.config, data_dir=self.data_dir)


def _collect(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value not in (None, False):
        setattr(ctx.ensure_object(Common), str(parameter.name), value)


def common(command: Command) -> Command:
    """Give a command ``--data-dir``, ``--config`` and ``--debug``."""
    path = click.Path(path_type=Path)
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, callback=_collect, help="Show tracebacks."),
        click.option(
            "--config", type=path, expose_value=False, callback=_collect, metavar="FILE", help="Settings of your own."
        ),
        click.option(
            "--data-dir",
            type=path,
            expose_value=False,
            callback=_collect,
            metavar="DIR",
            help="Where everything lives.",
        ),
    ):
        command = option(command)
    return command
