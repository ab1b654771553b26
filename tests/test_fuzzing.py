"""What was ever found by inputs that nobody would write is tried again, and some more of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bot.offline import OfflineTelegram
from tests.support import fuzzing
from tests.support.counts import counts
from tests.support.service import Service


@pytest.mark.parametrize("times", [60, pytest.param(2000, marks=pytest.mark.torture)])
async def test_no_input_does_any_harm(tmp_path: Path, times: int) -> None:
    async with fuzzing.opened(tmp_path) as targets:
        for name, target in targets.items():
            for content in fuzzing.kept(name):
                await target.check(content)
                counts["hostile files and inputs tried"] += 1
            for number in range(times):
                await target.check(target.make(Random(f"{name} {number}")))
                counts["hostile files and inputs tried"] += 1


async def test_half_a_surrogate_pair_is_no_reason_to_stop_listening(tmp_path: Path) -> None:
    world = OfflineTelegram()
    wang = world.person("小王")
    async with Service(world, tmp_path, errors_expected=True):
        for said in ("\ud83d", "/reports \ud83d", "/watch \ud83d", "/start p_\udfff-1"):
            await world.say(said, user=wang)
            await world.quiet()
        world.forget()
        await world.ask("/help", user=wang)
    assert world.from_bot(world.private(wang))[-1].text
