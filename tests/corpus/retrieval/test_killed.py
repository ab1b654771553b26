"""Whoever is killed, Milvus or the program, and whenever: started again, the engine holds what the store holds."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.bootstrap import open_library
from tests.support.engines import MilvusServer, milvus_server
from tests.support.restless import on_milvus


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.torture)])
async def test_after_kills_at_random_moments_the_engine_holds_what_the_store_holds(kills: int, tmp_path: Path) -> None:
    dice = random.Random(kills)
    with milvus_server(tmp_path / "lite") as server:
        for n in range(kills):
            victim = ["milvus", "program", "both"][n % 3]
            _work_until_killed(tmp_path / "data", server, victim, dice)
            if n % 5 == 4:
                assert await _differences(tmp_path / "data", server) == []
        assert await _differences(tmp_path / "data", server) == []
        async with open_library(on_milvus(tmp_path / "data", server.uri)) as library:
            assert (await library.answer("整改了多少处")).quotes


def _work_until_killed(data_dir: Path, server: MilvusServer, victim: str, dice: random.Random) -> None:
    """Let a program work, kill what shall be killed after a moment, and the program at the end; Milvus runs then."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.support.restless", str(data_dir), server.uri, str(dice.randrange(10**9))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert program.stdout
    assert program.stdout.readline() == "begins\n"
    time.sleep(dice.uniform(0.05, 2.5))
    if victim != "program":
        server.kill()
    if victim == "milvus":  # and it comes back, while the program goes on
        time.sleep(dice.uniform(0.0, 0.5))
        server.start()
        time.sleep(dice.uniform(0.5, 2.0))
    program.kill()
    program.communicate()
    if victim == "both":
        server.start()


async def _differences(data_dir: Path, server: MilvusServer) -> list[tuple[str, str]]:
    async with open_library(on_milvus(data_dir, server.uri)) as library:
        async for _ in library.index.fill():
            pass
        first = [(str(one), what) for one, what in await library.index.differences()]
        # Passages that nobody knows may be swept up on this occasion; what is lost or wrong may not be.
        return [each for each in first if "left over" not in each[1]] + [
            (str(one), what) for one, what in await library.index.differences()
        ]
