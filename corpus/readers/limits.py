"""What a file may cost at most, and how its name is shown."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import FileTooLarge


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bound what one file may cost: its size in bytes, its text in characters.

    *line* is the longest line in characters; a longer one is refused, since no paragraph is that long. *members* and
    *unpacked* bound what an archive (or an Office file, which is one) holds; *pages* what a PDF holds; *nesting* how
    deep the elements of a web page stand in each other.
    """

    bytes: int = 64 * 1024 * 1024
    characters: int = 8_000_000
    line: int = 400_000
    members: int = 5_000
    unpacked: int = 512 * 1024 * 1024
    pages: int = 5_000
    nesting: int = 250


def shown(name: str) -> str:
    """Make a file's name fit for one line of a message: no control characters, 160 characters at most."""
    safe = "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in name)
    return safe if len(safe) <= 160 else f"{safe[:100]}…{safe[-50:]}"


def check_bytes(size: int, *, name: str, limits: ReadLimits) -> None:
    """Raise FileTooLarge for a file of more bytes than the limit."""
    if size > limits.bytes:
        raise FileTooLarge(
            f"{shown(name)}: {size:,} bytes are more than the limit of {limits.bytes:,}; "
            "split the file or raise limits.file_bytes."
        )


def check_text(text: str, *, name: str, limits: ReadLimits) -> None:
    """Raise FileTooLarge for a text of more characters, or with a longer line, than the limits."""
    check_characters(text, name=name, limits=limits)
    longest = max(map(len, text.split("\n")))
    if longest > limits.line:
        raise FileTooLarge(
            f"{shown(name)}: a line of {longest:,} characters is longer than the limit of {limits.line:,}; "
            "break it into paragraphs or raise limits.line_characters."
        )


def check_characters(text: str, *, name: str, limits: ReadLimits) -> None:
    """Raise FileTooLarge for a text of more characters than the limit."""
    if len(text) > limits.characters:
        raise FileTooLarge(
            f"{shown(name)}: {len(text):,} characters are more than the limit of {limits.characters:,}; "
            "split the file or raise limits.file_characters."
        )
