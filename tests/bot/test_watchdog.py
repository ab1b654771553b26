"""What holds the event loop is named in the log."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bot.watchdog import watched


def hold_on(seconds: float) -> None:
    time.sleep(seconds)


async def test_a_loop_that_is_held_is_logged_with_what_ran(caplog: pytest.LogCaptureFixture) -> None:
    async with watched(stall_seconds=0.02):
        await asyncio.sleep(0.05)
        hold_on(0.3)
        await asyncio.sleep(0.05)
    assert "the event loop was held for" in caplog.text
    assert "hold_on (test_watchdog.py:" in caplog.text


async def test_waiting_holds_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with watched(stall_seconds=5.0):
        await asyncio.gather(asyncio.sleep(0.05), asyncio.to_thread(hold_on, 0.1))
    assert caplog.text == ""


async def test_without_a_threshold_nobody_looks() -> None:
    before = threading.active_count()
    async with watched(stall_seconds=0):
        assert threading.active_count() == before
