"""Files of corrections beside reports: ``report.txt.toml``, or else ``report.toml``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from corpus.errors import ReadError
from corpus.model import Corrections
from corpus.readers.limits import shown

MOST_BYTES = 64 * 1024
ENDING = ".toml"


def candidates(name: str) -> tuple[str, ...]:
    """Name the files that could correct the file *name*, the first that is there does; none for such a file itself."""
    if name.endswith(ENDING):
        return ()
    folder, slash, last = name.rpartition("/")
    stem = last.rpartition(".")[0] or last
    return f"{name}{ENDING}", f"{folder}{slash}{stem}{ENDING}"


def sidecars(names: Iterable[str]) -> frozenset[str]:
    """Find those of the *names* of a folder that correct another of them."""
    every = frozenset(names)
    return frozenset(each for name in every for each in candidates(name) if each in every)


def described(path: Path) -> list[Path]:
    """Find the files that the file of corrections at *path* describes, or would if it were there."""
    try:
        return sorted(each for each in path.parent.iterdir() if path.name in candidates(each.name) and each.is_file())
    except OSError:
        return []


def sidecar(path: Path) -> Path | None:
    """Find the file of corrections beside *path*."""
    beside = (path.with_name(each) for each in candidates(path.name))
    return next((each for each in beside if each.is_file()), None)


def corrections(path: Path, *, name: str) -> Corrections | None:
    """Read the corrections beside the file at *path*, which is recorded as *name*; None where there are none.

    Raises ReadError, which names the file of corrections.
    """
    found = sidecar(path)
    if found is None:
        return None
    called = str(PurePosixPath(name).with_name(found.name))
    if found.is_symlink():
        raise ReadError(f"{shown(called)}: corrections in a link are not read; put the file itself there.")
    try:
        with found.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(f"{shown(called)}: it cannot be read ({reason}); check its permissions.") from error
    return decoded(content, name=called)


def decoded(content: bytes, *, name: str) -> Corrections:
    """Make corrections of the bytes of a file called *name*. Raises ReadError for what is too large or no UTF-8."""
    if len(content) > MOST_BYTES:
        raise ReadError(f"{shown(name)}: corrections of more than {MOST_BYTES:,} bytes are not read; shorten them.")
    try:
        return Corrections(shown(name), content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReadError(f"{shown(name)}: the byte at offset {error.start} is no UTF-8; save it as UTF-8.") from error
