"""Opening the library for a command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from config.settings import Settings
from corpus.bootstrap import Library, open_library


@asynccontextmanager
async def library(settings: Settings, *, samples: bool = False) -> AsyncIterator[Library]:
    """Open the library; with *samples*, put the bundled ones into an empty one first and say so."""
    async with open_library(settings) as opened:
        if samples and not await opened.reports.any() and not await opened.reports.any_gone():
            count = await opened.ingest_samples()
            click.echo(
                f"yinju: no reports yet, so {count} bundled samples were taken in; your own: yinju ingest PATH",
                err=True,
            )
        yield opened
