"""Who has the store open: any number of programs at a time, or the one that puts another store in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from corpus.errors import StoreError
from corpus.locking import Taken, locked


@contextmanager
def held(store: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the lock of *store*, with others or *alone*; it goes with its process, however that ends.

    Raises StoreError where another program holds it in a way that does not go with this one, or nothing can be locked.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(store.with_name(f"{store.name}.lock"), shared=not alone))
        except Taken:
            if alone:
                raise StoreError(f"{store}: another program has it open; stop it (`yinju run`?) first") from None
            raise StoreError(f"{store}: a backup is being put in its place; try again when that is done") from None
        except OSError as error:
            raise StoreError(f"{store}: cannot be opened: {error.strerror}") from error
        yield
