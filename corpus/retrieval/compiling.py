"""Bring in the compiled scan, where what compiles it is installed, while questions are answered without it."""

from __future__ import annotations

import asyncio
import logging
import sys
from importlib.util import find_spec

from corpus.children import environment
from corpus.retrieval.scan import Best

log = logging.getLogger(__name__)


async def compiled_scan() -> Best | None:
    """Load the compiled scan; None where it is not installed, and, with a word in the log, where it cannot be made.

    A process of its own compiles it, for some fifteen seconds the first time, and finds it done another time: here that
    would hold up the event loop. What it leaves behind is read in less than one.
    """
    if find_spec("numba") is None:
        return None
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-c",
        "import corpus.retrieval.compiled",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if code:
        log.warning("the compiled scan could not be made (exit code %d); questions are answered without it", code)
        return None
    return await asyncio.to_thread(_loaded)


def _loaded() -> Best:
    from corpus.retrieval.compiled import best  # noqa: PLC0415 - takes a while, and a package that need not be there

    return best
