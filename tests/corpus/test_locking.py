from contextlib import ExitStack
from pathlib import Path

import pytest

from corpus.errors import EngineBusy
from corpus.locking import Taken, locked, turn


def test_one_holds_a_lock_alone_and_any_number_share_it(tmp_path: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(locked(tmp_path / "lock", shared=True))
        stack.enter_context(locked(tmp_path / "lock", shared=True))
        with pytest.raises(Taken):
            stack.enter_context(locked(tmp_path / "lock"))
    with locked(tmp_path / "lock"), pytest.raises(Taken), locked(tmp_path / "lock", shared=True):
        pass
    with locked(tmp_path / "lock"):
        pass


def test_the_file_of_a_lock_is_for_its_owner_alone(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


async def test_who_waits_too_long_for_a_turn_is_told_so(tmp_path: Path) -> None:
    async with turn(tmp_path / "lock", seconds=1):
        with pytest.raises(EngineBusy):
            async with turn(tmp_path / "lock", seconds=0.1):
                pass
    async with turn(tmp_path / "lock", seconds=0.1):
        pass
