"""Memory: what a question needs is given back when it is answered."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from bot.offline import OfflineTelegram
from tests.support.service import Service

ASKED = ("石桥村发现了多少个隐患", "青杨村果园面积有多少亩", "修好几座石桥", "zxcvbnm qwerty", "？？")
AN_HOUR = 18_000  # at five questions a second


@pytest.mark.parametrize("questions", [40, pytest.param(AN_HOUR, marks=pytest.mark.torture)])
async def test_memory_stays_flat_however_many_questions_come(
    telegram: OfflineTelegram, data_dir: Path, questions: int
) -> None:
    limits = {"questions_per_person": 10**6, "questions_per_chat": 10**6}
    people = [telegram.person(name) for name in "甲乙丙"]
    chats = [telegram.supergroup("群", *people), *map(telegram.private, people)]

    async def ask(count: int) -> None:
        for n in range(count):
            await telegram.ask(f"/ask {ASKED[n % len(ASKED)]}", user=people[n % 3], chat=chats[n % 4])
            # Telegram's memory is not ours.
            telegram.forget()
            for chat in chats:
                chat.messages.clear()

    async with Service(telegram, data_dir, limits=limits):
        await ask(40)  # what is loaded or made once
        before = held()
        await ask(questions)
        after = held()
    assert after[0] - before[0] < 200 + questions / 100, "objects"
    assert after[1] - before[1] < 16, "megabytes"


def held() -> tuple[int, float]:
    """Count the objects that the collector knows, and the megabytes of this process (Linux)."""
    gc.collect()
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return len(gc.get_objects()), int(told.partition("VmRSS:")[2].split()[0]) / 1024
