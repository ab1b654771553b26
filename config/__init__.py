"""What an operator can set: the settings model, its defaults, and the dictionaries as data files."""

from __future__ import annotations

from importlib.resources import files


def resource(name: str) -> str:
    """Read a data file of this package, as text.

    Works from a checkout and from an installed wheel alike. Raises FileNotFoundError for a name that is not there.
    """
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
