"""Settings in, an open ingester out: the wiring of what reads files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from config import resource
from config.settings import Settings
from corpus.analysis import Analyzer
from corpus.cleaning import NoiseRule, load_rules
from corpus.errors import CorpusError
from corpus.ingest import Ingester, analyzer_with
from corpus.readers import ReadLimits
from corpus.store import Database, Passages, Readings, Reports, WordingStore


def open_ingester(settings: Settings, database: Database, analyzer: Analyzer) -> Ingester:
    """Open what takes files into the store. Raises CorpusError."""
    return Ingester(
        reports=Reports(database),
        passages=Passages(database),
        readings=Readings(database),
        wordings=WordingStore(database),
        analyzer=analyzer,
        open_analyzer=partial(analyzer_with, settings.data_dir),
        rules=noise_rules(settings.ingest.noise_rules),
        limits=read_limits(settings),
        noise_share=settings.ingest.noise_share,
        processes=settings.ingest.processes,
        file_seconds=settings.ingest.file_seconds,
        memory_bytes=settings.ingest.memory_bytes,
    )


def read_limits(settings: Settings) -> ReadLimits:
    """Say what one file may cost, from the settings."""
    limits = settings.limits
    return ReadLimits(
        bytes=limits.file_bytes,
        characters=limits.file_characters,
        line=limits.line_characters,
        members=limits.archive_files,
        unpacked=limits.archive_bytes,
        pages=limits.pdf_pages,
        nesting=limits.html_nesting,
    )


def noise_rules(own: Sequence[str]) -> tuple[NoiseRule, ...]:
    """Load the bundled noise rules and then an operator's *own* files. Raises CorpusError."""
    rules = load_rules(resource("noise.toml"))
    for name in own:
        try:
            rules += load_rules(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CorpusError(f"ingest.noise_rules: {name} cannot be read: {error}") from error
    return rules
