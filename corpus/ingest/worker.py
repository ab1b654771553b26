"""A reading process: jobs in by stdin, outcomes out by stdout, until stdin ends.

It is a program of its own and not a fork: nothing of the parent's threads, event loop or open store comes along, and
what a file does to it ends with it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corpus.ingest.preparing import Job, Preparer, Recipe

HEADER = struct.Struct("<Q")
END = b""
"""The frame after the last outcome of a job."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Tell a reading process what it is for: the recipe, and what one file may cost (0: no limit)."""

    recipe: Recipe
    memory_bytes: int
    seconds: float


def main() -> None:
    """Serve one parent; end with it."""
    with contextlib.suppress(BrokenPipeError):  # a parent that is gone is no error to tell anybody
        _serve()


def _serve() -> None:
    # Ctrl-C reaches every process of a terminal; it is the parent that decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not run into the frames
    orders: Orders = pickle.loads(_frame(incoming) or b"")  # noqa: S301 - from our own parent
    preparer = Preparer(orders.recipe)
    preparer.analyzer.fold("")  # what folds is in before memory is limited
    _limit_memory(orders.memory_bytes)
    _send(outgoing, preparer.analyzer.fingerprint.encode())
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        while frame := _frame(incoming):
            job: Job = pickle.loads(frame)  # noqa: S301 - from our own parent
            _watch_time(orders.seconds, nowhere)
            for outcome in preparer.glances(job) if job.glance else preparer.outcomes(job):
                faulthandler.cancel_dump_traceback_later()  # waiting for the parent to read is no time of the file's
                _send(outgoing, pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL))
                _watch_time(orders.seconds, nowhere)
            faulthandler.cancel_dump_traceback_later()
            _send(outgoing, END)


def _watch_time(seconds: float, nowhere: object) -> None:
    # The parent kills a process that is over its time. This is for when there is no parent any more: a thread in C
    # that ends the process even while a library loops and holds the interpreter.
    if seconds:
        faulthandler.dump_traceback_later(seconds + 5, exit=True, file=nowhere)  # type: ignore[arg-type]  # TextIO is one


def _limit_memory(limit: int) -> None:
    """Bound what is allocated from here on, where the system can (Linux); libraries and dictionaries are in already."""
    if not limit or not sys.platform.startswith("linux"):
        return
    import resource  # noqa: PLC0415 - not everywhere

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + limit
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # a tighter limit was set from outside; that one holds
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _frame(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return stream.read(HEADER.unpack(header)[0])


def _send(stream: BinaryIO, payload: bytes) -> None:
    stream.write(HEADER.pack(len(payload)))
    stream.write(payload)
    stream.flush()
