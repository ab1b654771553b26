"""Open ZIP containers without trusting what they say of themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from corpus.errors import FileTooLarge, ReadError
from corpus.readers.limits import ReadLimits, shown


@contextmanager
def opened(content: bytes, *, name: str, limits: ReadLimits) -> Iterator[zipfile.ZipFile]:
    """Open *content* as a ZIP container whose members are few enough and not too large together.

    Raises ReadError for a damaged container and FileTooLarge for one over the limits; the sizes it states are checked
    here, what members really hold when they are read.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{shown(name)}: the file is damaged or cut off ({type(error).__name__}); get it anew."
        ) from error
    with archive:
        members = archive.infolist()
        if len(members) > limits.members:
            raise FileTooLarge(
                f"{shown(name)}: {len(members):,} files in it are more than the limit of {limits.members:,}; "
                "split the archive or raise limits.archive_files."
            )
        unpacked = sum(each.file_size for each in members)
        if unpacked > limits.unpacked:
            raise FileTooLarge(
                f"{shown(name)}: unpacked it would be {unpacked:,} bytes, more than the limit of {limits.unpacked:,}; "
                "split the archive or raise limits.archive_bytes."
            )
        yield archive
