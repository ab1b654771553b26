"""Turn bytes into text: guess the encoding, then decode strictly.

A guess is only an order of trials. What decides is that every byte decodes; there is never a replacement character.
"""

from __future__ import annotations

import codecs

from corpus.errors import UndecodableText
from corpus.readers.limits import shown

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16 does, so it is tried before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LEGACY = ("gb18030", "big5", "utf_16_le", "utf_16_be")
SAMPLE = 64 * 1024
FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc, .xls)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)


def decode(content: bytes, *, name: str) -> str:
    """Decode *content* strictly, without a byte order mark, line breaks as ``\\n``.

    Raises UndecodableText, which names the byte, for what is no text in UTF-8, UTF-16, GB18030 or Big5.
    """
    for magic, what in FOREIGN:
        if content.startswith(magic):
            raise UndecodableText(f"{shown(name)}: this is {what}, not text; give the file its right name ending.")
    text = _decode(content, name=name)
    nul = text.find("\0")
    if nul >= 0:
        raise UndecodableText(
            f"{shown(name)}: there is a NUL character at character {nul}; this is no text file. Save it as UTF-8 text."
        )
    controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\v\f\r")
    if controls > 4 + len(text) // 100:
        raise UndecodableText(
            f"{shown(name)}: {controls} control characters stand in it; this is no text file. Save it as UTF-8 text."
        )
    for line_break in ("\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"):
        text = text.replace(line_break, "\n")
    return text


def _decode(content: bytes, *, name: str) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding, skip=len(mark), name=name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        furthest = error
    for encoding in _candidates(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error, key=lambda each: each.start)
    raise UndecodableText(_sentence(name, furthest.start)) from furthest


def _strictly(content: bytes, encoding: str, *, skip: int, name: str) -> str:
    try:
        return content[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableText(_sentence(name, skip + error.start)) from error


def _sentence(name: str, offset: int) -> str:
    return (
        f"{shown(name)}: the byte at offset {offset} is no text in UTF-8, UTF-16, GB18030 or Big5; "
        "the file is damaged or not text. Save it anew as UTF-8 text."
    )


def _candidates(content: bytes) -> list[str]:
    """Order the encodings without a mark: what a sample looks like comes first."""
    # It takes a while to load, and UTF-8 does without.
    import charset_normalizer  # noqa: PLC0415

    likely = []
    # The detector lets a character that the sample's end cuts spoil the guess, hence the shorter ends.
    for end in range(min(len(content), SAMPLE), max(min(len(content), SAMPLE) - 4, 0), -1):
        best = charset_normalizer.from_bytes(content[:end], cp_isolation=list(LEGACY)).best()
        if best is not None:
            likely.append(best.encoding)
            break
    # Almost any bytes of an even number are UTF-16 to a decoder: never a guess of last resort.
    return [*likely, *(each for each in ("gb18030", "big5") if each not in likely)]
