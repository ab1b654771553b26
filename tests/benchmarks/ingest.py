"""How fast files get in: one process against several, on files made here. ``python -m tests.benchmarks.ingest``.

Machines differ and so do their afternoons: what to compare are the ratios, taken in one run.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from config.layers import load
from corpus.bootstrap import STORE, open_library
from tests.support import made_reports


@dataclass(frozen=True)
class Measured:
    """Hold one way to ingest: seconds from a fresh process's open library to the last file, and what that makes."""

    way: str
    processes: int
    seconds: float
    files_a_second: float
    characters_a_second: float
    cpu_seconds: float
    peak_megabytes: float
    store_megabytes: float
    duplicates: int


class Peak:
    """Look, every tenth of a second, how much memory this process and its children hold together (Linux)."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self.megabytes = max(self.megabytes, sum(map(_megabytes, [os.getpid(), *_children()])))


def _stored(home: Path) -> float:
    return round(sum(file.stat().st_size for file in home.glob(f"{STORE}*")) / 1e6, 1)


def _children() -> list[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in path.read_text(encoding="ascii").split()] if path.exists() else []


def _megabytes(pid: int) -> float:
    """Tell a process's proportional share of memory: what two share counts half for each."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:  # it ended meanwhile
        pass
    return 0.0


async def measured(way: str, folder: Path, home: Path, *, processes: int) -> Measured:
    """Ingest *folder* into the store in *home*."""
    os.environ["YINJU_INGEST__PROCESSES"] = str(processes)
    async with open_library(load(data_dir=home)) as library:
        with Peak() as peak:
            cpu, started = os.times(), time.perf_counter()
            files = characters = duplicates = 0
            async for result in library.ingester.ingest([folder]):
                if result.status == "failed":
                    raise SystemExit(f"{result.file}: {result.error}")
                files, characters = files + 1, characters + result.characters
                duplicates += result.duplicates
            seconds = time.perf_counter() - started
            used = [after - before for before, after in zip(cpu[:4], os.times()[:4], strict=True)]
    return Measured(
        way=way,
        processes=processes,
        seconds=round(seconds, 2),
        files_a_second=round(files / seconds, 1),
        characters_a_second=round(characters / seconds),
        cpu_seconds=round(sum(used), 2),
        peak_megabytes=round(peak.megabytes, 1),
        store_megabytes=_stored(home),
        duplicates=duplicates,
    )


@click.command()
@click.option("--files", default=1000, show_default=True, help="How many files.")
@click.option("--processes", default=len(os.sched_getaffinity(0)), show_default=True, help="Processes in parallel.")
@click.option(
    "--json", "path", type=click.Path(path_type=Path), help="Write the figures to this file.  [default: stdout]"
)
def main(files: int, processes: int, path: Path | None) -> None:
    """Measure ingest: single, parallel, and again with nothing changed."""
    home = Path(tempfile.mkdtemp(prefix="yinju-bench-"))
    try:
        characters = 0
        for name, text in made_reports.reports(files, seed=2026):
            characters += len(text)
            (home / "files" / name).parent.mkdir(parents=True, exist_ok=True)
            (home / "files" / name).write_text(text, encoding="utf-8")
        # The dictionary's cache is made by the first process ever, and is nobody's merit here.
        asyncio.run(measured("warm", next((home / "files").iterdir()), home / "warm", processes=1))
        ways = [("single", "single", 1), ("parallel", "parallel", processes), ("unchanged", "parallel", processes)]
        found = []
        for way, store, allowed in ways:
            found.append(asyncio.run(measured(way, home / "files", home / store, processes=allowed)))
    finally:
        shutil.rmtree(home)
    figures = {
        "files": files,
        "characters": characters,
        "ways": [asdict(one) for one in found],
        "parallel_to_single": round(found[1].files_a_second / found[0].files_a_second, 2),
        "unchanged_to_single": round(found[2].files_a_second / found[0].files_a_second, 1),
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.machine(),
            "system": platform.platform(),
            "load": os.getloadavg(),
            "python": sys.version.split()[0],
            **{name: version(name) for name in ("yinju", "jieba", "opencc", "rensa", "numpy")},
        },
    }
    table = Table("way", "processes", "s", "files/s", "characters/s", "CPU s", "peak MB", title=f"{files} files")
    for one in found:
        table.add_row(
            *map(str, (one.way, one.processes, one.seconds, one.files_a_second, one.characters_a_second)),
            *map(str, (one.cpu_seconds, one.peak_megabytes)),
        )
    Console(stderr=True).print(table)
    written = json.dumps(figures, ensure_ascii=False, indent=2)
    if path:
        path.write_text(written + "\n", encoding="utf-8")
    else:
        click.echo(written)


if __name__ == "__main__":
    main()
