"""Find the files to take in: below folders, each with the name to record, or with the reason it is refused."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

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
        for found in _below(path) if path.is_dir() else [Found(path, _readable(path.name))]:
            other = names.setdefault(found.name, found.path)
            if other is found.path:
                yield found
            elif os.path.realpath(other) != os.path.realpath(found.path):
                refusal = (
                    f"{shown(found.name)}: another file given has the same name; give the folder that holds both, so"
                    " that their names differ."
                )
                yield Found(found.path, found.name, found.refusal or refusal)


def found_in(folder: Path, file: Path) -> Found | None:
    """Name *file* as find_files would when it walks *folder*; None for what that passes over."""
    below = file.relative_to(folder)
    if any(_is_clutter(part, inside=True) for part in below.parts[:-1]) or _is_clutter(below.name, inside=False):
        return None
    if file.suffix == ".toml" and _is_sidecar(file):
        return None
    name = _readable(below.as_posix())
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
        return Found(file, name, f"{shown(name)}: this is a link that leads out of the folder; give the file itself.")
    return Found(file, name)


def _below(root: Path) -> Iterator[Found]:
    for folder, folders, names in os.walk(root):
        inner = sorted(name for name in folders if not _is_clutter(name, inside=True))
        folders[:] = inner
        # os.walk does not go into folders that are links; what leads out is said, what leads in is found anyway.
        links = [name for name in inner if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            file = Path(folder, name)
            found = found_in(root, file)
            if found is not None and (found.refusal or name not in links):
                yield found


def _is_clutter(name: str, *, inside: bool) -> bool:
    return name.startswith((".", "~$")) or name.lower() in (CLUTTERED if inside else CLUTTER)


def _is_sidecar(file: Path) -> bool:
    """Tell whether *file* stands beside the file it describes: ``a.txt.toml`` or ``a.toml`` beside ``a.txt``."""
    if file.with_suffix("").is_file():
        return True
    try:
        beside = os.scandir(file.parent)
    except OSError:
        return False
    with beside:
        return any(
            PurePath(entry.name).stem == file.stem and not entry.name.endswith(".toml") and entry.is_file()
            for entry in beside
        )


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
