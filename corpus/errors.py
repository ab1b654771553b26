"""Every error that is a sentence for people.

CorpusError
├── ReadError            a file could not be turned into text; names the file and the remedy
│   ├── UnsupportedFormat  no reader takes this kind of file
│   ├── UndecodableText    bytes that are no text in any encoding we know
│   ├── EmptyFile          nothing to read in it
│   └── FileTooLarge       over a limit from the settings
├── StoreError           the store cannot be used: locked, full, newer than this program, damaged
├── UnknownReport        no report has this id, or several begin with it
├── UnknownPassage       no passage has this id (any more)
├── EngineError          the engine that keeps the index is set up wrongly, or holds what is not ours
│   ├── EngineUnavailable  it does not answer; that passes
│   └── EngineBusy         another program is filling it from the same store
└── EvaluationError      an evaluation file is not what it should be

A message names the culprit and the remedy; it never holds a traceback or a question's text.
"""

from __future__ import annotations

from typing import Literal

Why = Literal["unsupported", "undecodable", "empty", "too_large", "unreadable"]
"""Why a file could not be read, for whoever says it in another language."""


class CorpusError(Exception):
    """Stand for anything that went wrong and can be told to people in one line."""


class ReadError(CorpusError):
    """Say that a file could not be read, and why."""

    why: Why = "unreadable"


class UnsupportedFormat(ReadError):
    """Say that no reader takes this kind of file."""

    why = "unsupported"


class UndecodableText(ReadError):
    """Say that the bytes are no text in any encoding we know."""

    why = "undecodable"


class EmptyFile(ReadError):
    """Say that there is nothing in the file to read."""

    why = "empty"


class FileTooLarge(ReadError):
    """Say that a file is over a limit of the settings."""

    why = "too_large"


class StoreError(CorpusError):
    """Say that the store cannot be used, and what to do about it."""


class UnknownReport(CorpusError):
    """Say that no single report answers to this id."""


class UnknownPassage(CorpusError):
    """Say that no passage answers to this id."""


class EvaluationError(CorpusError):
    """Say which line of an evaluation file is wrong."""


class EngineError(CorpusError):
    """Say that the engine which keeps the index cannot serve this store, and what to do about it."""


class EngineUnavailable(EngineError):
    """Say that the engine does not answer now; what was asked can be asked again later."""


class EngineBusy(EngineError):
    """Say that another program is filling the engine from the same store."""
