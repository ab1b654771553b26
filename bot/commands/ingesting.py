"""``yinju ingest``: files and folders in, once or as they come."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.options import Common, common
from bot.commands.session import library
from bot.views import plain
from corpus.bootstrap import Library
from corpus.ingest import IngestResult, find_files
from corpus.readers.limits import shown

MOST_FAILURES = 20
"""How many failed files the summary repeats; the log and ``--json`` have them all."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.option("--log", type=click.Path(path_type=Path), metavar="FILE", help="Add one JSON line a file to FILE.")
@click.option(
    "--watch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Take in FOLDER and keep up with it until interrupted.",
)
@common
@click.pass_obj
def ingest(
    options: Common, paths: tuple[Path, ...], dry_run: bool, as_json: bool, log: Path | None, watch: Path | None
) -> int:
    """Take in files and folders."""
    if bool(paths) == bool(watch):
        raise click.UsageError("give PATHs, or --watch FOLDER")
    if watch and dry_run:
        raise click.UsageError("--watch takes files in; --dry-run goes with PATHs")
    with ExitStack() as stack:
        try:
            written = stack.enter_context(log.open("a", encoding="utf-8")) if log else None
        except OSError as error:
            raise click.UsageError(f"--log: {log} cannot be written to: {error.strerror}") from None
        telling = _Telling(as_json=as_json, dry_run=dry_run, log=written)
        return asyncio.run(_watch(options, watch, telling) if watch else _ingest(options, paths, telling))


@dataclass
class _Telling:
    """Tell of each file as it comes, on stdout, on stderr and in the log, and sum up at the end."""

    as_json: bool
    dry_run: bool
    log: IO[str] | None
    counted: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    duplicates: int = 0

    def tell(self, result: IngestResult) -> None:
        self.counted[result.status] += 1
        self.duplicates += result.duplicates
        self._write({"event": "file", **plain.ingested(result)})
        if self.as_json:
            click.echo(plain.written(plain.ingested(result)))
        file = shown(result.file)
        if result.status == "failed":
            error = plain.in_a_line(result.error or file)
            self.failures.append(error)
            if not self.as_json:
                click.echo(f"failed     {error}", err=True)
            return
        if not self.as_json:
            counts = f"{result.articles} articles, {result.passages} passages"
            click.echo(plain.printed(f"{result.status:<10} {file}  {counts}  {result.title}"))
            for warning in result.warnings:
                click.echo(plain.printed(f"           {file}: {warning}"), err=True)

    def gone(self, file: str) -> None:
        """Say that a file that was watched is there no more; nobody loses quotations by tidying a folder."""
        self._write({"event": "gone", "file": file})
        file = shown(file)
        click.echo(f"gone       {file}: its report stays; `yinju remove {shlex.quote(file)}` takes it out", err=True)

    def sum_up(self, ended: str = "done") -> int:
        """Say what became of all files; return the exit code."""
        order = ("added", "replaced", "unchanged", "failed")
        counts = {status: self.counted[status] for status in order if self.counted[status]}
        self._write({"event": ended, "dry_run": self.dry_run, "duplicates": self.duplicates, **counts})
        if not self.as_json:
            would = "would be " if self.dry_run else ""
            said = [f"{count} {would if status != 'failed' else ''}{status}" for status, count in counts.items()]
            click.echo(f"{', '.join(said) or 'no files found'}.", err=True)
            if self.duplicates:
                click.echo(f"{self.duplicates} passages say what other reports say; they are shown once.", err=True)
            if len(self.failures) > 1 and sum(self.counted.values()) > MOST_FAILURES:
                for error in self.failures[:MOST_FAILURES]:
                    click.echo(f"  failed: {error}", err=True)
                if len(self.failures) > MOST_FAILURES:
                    click.echo(f"  … and {len(self.failures) - MOST_FAILURES} more; --log FILE keeps all", err=True)
        return 1 if self.failures else 0

    def _write(self, line: dict[str, Any]) -> None:
        if self.log is not None:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            self.log.write(plain.written({"at": at, **line}) + "\n")
            self.log.flush()


async def _ingest(options: Common, paths: tuple[Path, ...], telling: _Telling) -> int:
    async with library(options.settings()) as opened:
        try:
            async with aclosing(_with_progress(opened, paths, dry_run=telling.dry_run)) as results:
                async for result in results:
                    telling.tell(result)
        except (KeyboardInterrupt, asyncio.CancelledError):
            telling.sum_up("interrupted")
            raise
        if not telling.dry_run:
            await opened.index.settle()
    return telling.sum_up()


async def _watch(options: Common, folder: Path, telling: _Telling) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    async with library(options.settings()) as opened:
        click.echo(f"yinju: watching {shown(str(folder))}; Ctrl-C ends it.", err=True)
        async with aclosing(opened.ingester.watch(folder, stop, gone=telling.gone)) as results:
            async for result in results:
                telling.tell(result)
    telling.sum_up("ended")
    return 0


async def _with_progress(opened: Library, paths: tuple[Path, ...], *, dry_run: bool) -> AsyncGenerator[IngestResult]:
    console = Console(stderr=True)
    async with aclosing(opened.ingester.ingest(paths, dry_run=dry_run)) as results:
        if not console.is_terminal:
            async for result in results:
                yield result
            return
        total = await asyncio.to_thread(lambda: sum(1 for _ in find_files(paths)))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # Results that go into a pipe or a file must not be drawn around: they would go to the terminal instead.
        with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
            task = progress.add_task("ingesting", total=total)
            async for result in results:
                progress.advance(task)
                yield result
