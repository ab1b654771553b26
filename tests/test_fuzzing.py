"""What was ever found by inputs that nobody would write is tried again, and some more of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.support import fuzzing


@pytest.mark.parametrize("times", [60, pytest.param(2000, marks=pytest.mark.torture)])
async def test_no_input_does_any_harm(tmp_path: Path, times: int) -> None:
    async with fuzzing.opened(tmp_path) as targets:
        for name, target in targets.items():
            for content in fuzzing.kept(name):
                await target.check(content)
            for number in range(times):
                await target.check(target.make(Random(f"{name} {number}")))
