"""Find the files to take in: below folders, each with the name to record, or with the reason it is refused."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.readers.beside import ENDING, described, sidecars
from corpus.readers.limits import shown

CLUTTER = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
CLUTTERED = frozenset({"__macosx", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Found:
    """Name a file to take in: where it is, the *name* to record it by, and why it is refused, if it is."""

    path: Path
    name: str
    refusal: str | None = None


def find_files(paths: Iterable[Path]) -> Iterator[Found]:
    """Walk files and folders, in order; a file's name is its path below the folder given, or its own.

    Passed over without a word: hidden files, what systems and Office leave lying about, and ``NAME.toml`` beside the
    file it describes. A path that is not there is yielded as it is: reading it will say so. Refused: a link that leads
    out of its folder, and a second file of the same name, which would take the first one's place in the store.
    """
    names: dict[str, Path] = {}
    for path in paths:
        for found in _below(path) if path.is_dir() else _given(path):
            other = names.setdefault(found.name, found.path)
            if other is found.path:
                yield found
            elif os.path.realpath(other) != os.path.realpath(found.path):
                refusal = (
                    f"{shown(found.name)}: another file given has the same name; give the folder that holds both, so"
                    " that their names differ."
                )
                yield Found(found.path, found.name, found.refusal or refusal)


def _given(path: Path) -> list[Found]:
    """Take a file that was named; corrections stand for the files that they correct."""
    files = described(path) if path.suffix == ENDING else []
    return [Found(file, _readable(file.name)) for file in files or [path]]


def found_in(folder: Path, file: Path) -> Found | None:
    """Name *file* as find_files would when it walks *folder*; None for what that passes over."""
    return None if file.suffix == ENDING and described(file) else _found(folder, file)


def _found(folder: Path, file: Path) -> Found | None:
    below = file.relative_to(folder)
    if any(_is_clutter(part, inside=True) for part in below.parts[:-1]) or _is_clutter(below.name, inside=False):
        return None
    name = _readable(below.as_posix())
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
        return Found(file, name, f"{shown(name)}: this is a link that leads out of the folder; give the file itself.")
    return Found(file, name)


def digest_of(path: Path, limit: int) -> tuple[int, str | None]:
    """Tell a file's size and digest; no digest where it is no file, is over the *limit* in bytes or cannot be read:
    the reader says better what is wrong."""
    try:
        status = path.stat()
        # A pipe or a device would be waited for, and a file over the limit is refused without reading it.
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return status.st_size, None
        with path.open("rb") as file:
            return status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return 0, None


def _below(root: Path) -> Iterator[Found]:
    for folder, folders, names in os.walk(root):
        inner = sorted(name for name in folders if not _is_clutter(name, inside=True))
        folders[:] = inner
        # os.walk does not go into folders that are links; what leads out is said, what leads in is found anyway.
        links = [name for name in inner if Path(folder, name).is_symlink()]
        beside = sidecars(names)
        for name in sorted({*names, *links} - beside):
            file = Path(folder, name)
            found = _found(root, file)
            if found is not None and (found.refusal or name not in links):
                yield found


def _is_clutter(name: str, *, inside: bool) -> bool:
    return name.startswith((".", "~$")) or name.lower() in (CLUTTERED if inside else CLUTTER)


def _readable(name: str) -> str:
    """Make a name that is not UTF-8 a text that can be stored; old Chinese archives unpack to names in GB18030."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "backslashreplace")
    return name
