"""Ten people do what comes to their minds, in three groups and in private, and nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import inbox
from bot.offline import OfflineTelegram
from bot.views import charts
from tests.support.service import Service
from tests.support.walk import Walk


@pytest.mark.parametrize(
    ("steps", "seed"), [(300, 1), *(pytest.param(5000, seed, marks=pytest.mark.torture) for seed in (2, 3, 4))]
)
async def test_a_walk_at_random_leaves_nobody_unanswered_and_the_store_sound(
    telegram: OfflineTelegram, data_dir: Path, monkeypatch: pytest.MonkeyPatch, steps: int, seed: int
) -> None:
    # Drawing takes half a second; what is drawn is tested elsewhere.
    monkeypatch.setattr(charts, "chart", lambda *given, **more: b"\x89PNG")
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 0.01)
    boss = telegram.person("站长", number=501)
    lifted = {"questions_per_person": 10**6, "questions_per_chat": 10**6}
    access = {"admins": frozenset({boss.id})}
    async with Service(telegram, data_dir, errors_expected=True, access=access, limits=lifted) as service:
        walk = Walk(telegram, service, boss, seed=seed)
        await walk.go(steps)
        assert sum(walk.steps.values()) == steps
        assert await walk.faults() == []
