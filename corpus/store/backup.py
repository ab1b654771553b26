"""The whole store in one file, taken while it serves, and put back in one step."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.errors import StoreError
from corpus.store import lock
from corpus.store.database import sentences, steps


def back_up(store: Path, target: Path) -> int:
    """Copy *store* as of now to *target*, which is replaced in one step; return its size in bytes.

    Others may read and write meanwhile. Raises StoreError.
    """
    if not store.exists():
        raise StoreError(f"{store}: there is nothing to back up yet")
    if target.exists() and not target.is_file():
        raise StoreError(f"{target}: is no file")
    if target.resolve() == store.resolve():
        raise StoreError(f"{target}: is the store itself; name another file")
    with _beside(target) as copy, sentences(store):
        _copy(store, copy)
        check(copy)
        return copy.stat().st_size


def restore(source: Path, store: Path) -> None:
    """Put the backup *source* in the place of *store*, in one step, after looking it over.

    Nothing is changed where the backup is damaged, made by a newer program or no backup at all, or while any program
    has the store open. Raises StoreError.
    """
    if not source.is_file():
        raise StoreError(f"{source}: there is no such file")
    try:
        store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{store.parent}: cannot be made: {error.strerror}") from error
    with lock.held(store, alone=True), _beside(store) as copy:
        with sentences(source):
            check(source)
            _copy(source, copy)
            check(copy)  # what was read twice may differ on a failing disk
        _fold(store)


def check(path: Path) -> None:
    """Look a store over that nobody writes to: that it is one, sound, and not newer than this program.

    Raises StoreError.
    """
    with closing(_reading(path)) as connection:
        try:
            [version] = connection.execute("PRAGMA user_version").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            damage = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            astray = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path}: is damaged or no backup of a store ({error})") from error
    if not version or not {"meta", "reports", "passages"} <= tables:
        raise StoreError(f"{path}: is no backup of a store")
    if version > len(steps()):
        raise StoreError(f"{path}: was written by a newer Yinju (schema {version}); update this one")
    if damage != ["ok"] or astray:
        raise StoreError(f"{path}: is damaged ({damage[0] if damage != ['ok'] else 'rows that belong to nothing'})")


def _reading(path: Path) -> sqlite3.Connection:
    """Open a store to read it, also where nothing can be written beside it: on a disk that went read-only."""
    log = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}", uri=True)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(_reading(source)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        # In one go: in several, a copy begins anew whenever another program has written.
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode = DELETE")  # all in one file, without a log beside it


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a file beside *target*; at the end it is on the disk and takes its place, or is gone after an error."""
    copy = target.with_name(f".{target.name}.new")
    try:
        copy.unlink(missing_ok=True)  # of a run that was killed
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield copy
        _sync(copy)
        copy.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        copy.unlink(missing_ok=True)


def _fold(store: Path) -> None:
    """Put the log beside *store* into it, so that no log of the old store is taken for one of the new."""
    if store.exists():
        try:
            with closing(sqlite3.connect(store, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError:
            pass  # it is damaged, which may be why a backup is restored
    for ending in ("-wal", "-shm"):
        store.with_name(store.name + ending).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
