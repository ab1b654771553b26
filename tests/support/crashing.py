"""Run the command in processes that are killed at a step that was chosen, for the price of starting Python once.

A program: for each line on its stdin it forks a child that runs the command, and writes the child's pid; when the child
has ended, its exit status. A step is a statement that writes to the store, a file that is put in place, deleted or
flushed, or a call of the Bot API, before and after; the hooks are here, in the child, and not in the program.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import __main__ as command
from bot import inbox, requesting
from bot.commands import asking, holding, ingesting, keeping, operating
from corpus import bootstrap
from corpus.analysis import Analyzer

_WRITES = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(BEGIN|COMMIT|ROLLBACK|CREATE|INSERT|DELETE|UPDATE|ALTER|DROP|PRAGMA (?:user_version ="
    r"|journal_mode|wal_checkpoint))(?: OR \w+| INTO| FROM| TABLE| INDEX| TRIGGER)*\s*(\w*)",
    re.IGNORECASE,
)


class Steps:
    """Write the steps that are taken to a file, and kill the process at the one that is wanted."""

    def __init__(self, path: str, *, at: int | None) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        self._at = at
        self._taken = 0

    def take(self, name: str) -> None:
        """Take a step."""
        os.write(self._file, f"{name}\n".encode())
        if self._taken == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._taken += 1

    def hook(self) -> None:
        """Make everything that counts as a step take one."""
        connect: Any = sqlite3.connect

        def connecting(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_trace_callback(self._statement)
            return connection

        sqlite3.connect = connecting
        for name in ("replace", "rename", "unlink", "fsync"):
            setattr(os, name, self._before(f"os.{name}", getattr(os, name)))
        carry: Any = requesting.CarefulRequest.do_request

        async def carrying(request: Any, url: str, *arguments: Any, **options: Any) -> Any:
            method = url.rpartition("/")[2]
            self.take(f"before {method}")
            replied = await carry(request, url, *arguments, **options)
            self.take(f"after {method}")
            return replied

        requesting.CarefulRequest.do_request = carrying  # type: ignore[method-assign]

    def _statement(self, statement: str) -> None:
        if found := _WRITES.match(statement):
            self.take(f"{found[1].upper()} {found[2]}".strip())

    def _before(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            self.take(f"{name} {Path(str(arguments[0])).suffix}".strip())
            return function(*arguments, **options)

        return stepping


def serve() -> None:
    """Serve until stdin ends."""
    warm = Analyzer(cache_dir=Path(sys.argv[1]))
    warm.warm()
    open_one: Any = lambda **_: warm  # noqa: E731 - the dictionaries come along with the fork
    bootstrap.Analyzer = open_one  # type: ignore[misc]
    inbox.FIRST_PAUSE = 0.05
    assert all((asking, holding, ingesting, keeping, operating))  # they come along, too
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os.environ.update(order["environment"])
            for number, path in ((1, order["out"]), (2, order["err"])):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            Steps(order["steps"], at=order["at"]).hook()
            command.main(order["arguments"])
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
