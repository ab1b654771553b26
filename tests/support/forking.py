"""Run the command many times, each time in a process of its own, for the price of starting Python once.

A program: for each line ``[arguments, path]`` on its stdin it forks a child that runs the command with its stdout in
*path*, and writes the child's pid; when the child has ended, its exit status.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from bot import __main__ as command
from bot.commands import ingesting
from corpus import bootstrap
from corpus.analysis import Analyzer


def serve() -> None:
    """Serve until stdin ends."""
    warm = Analyzer(cache_dir=Path(sys.argv[1]))
    warm.warm()
    open_one: Any = lambda **_: warm  # noqa: E731 - the dictionaries come along with the fork
    bootstrap.Analyzer = open_one  # type: ignore[misc]
    assert ingesting
    for line in sys.stdin:
        arguments, path = json.loads(line)
        child = os.fork()
        if child == 0:
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), 1)
            command.main(arguments)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
