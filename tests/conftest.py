"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from bot.offline import OfflineTelegram
from tests.support.botapi import wrong_calls


@pytest.fixture
def telegram() -> Iterator[OfflineTelegram]:
    """Play Telegram, and fail the test if the bot made a call that the real one would not understand."""
    world = OfflineTelegram()
    yield world
    assert not (faults := wrong_calls(world)), "\n".join(faults)
