"""A played Telegram whose calls nobody checks, for calls that are wrong on purpose."""

import pytest

from bot.offline import OfflineTelegram


@pytest.fixture
def world() -> OfflineTelegram:
    """Play Telegram unchecked."""
    return OfflineTelegram()
