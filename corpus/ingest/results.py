"""What became of a file: for people, for the log, for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.errors import Why
from corpus.ingest.comparing import Likeness
from corpus.ingest.preparing import Failed, Prepared
from corpus.model import Noise, ReportId
from corpus.store import Holding

Status = Literal["added", "unchanged", "replaced", "failed"]


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Tell what became of one file, or of one file of an archive.

    *duplicates* counts its passages that say what passages of other reports say. *noise_sample* are the
    longest pieces taken out. *warnings* are for people: *much_noise* went, or it is *nearly* another file, by so much
    of the two. *error* says why a file failed, and what to do; *why* is the kind of failure.
    """

    file: str
    status: Status
    report: ReportId | None = None
    title: str | None = None
    articles: int = 0
    passages: int = 0
    characters: int = 0
    noise_characters: int = 0
    noise_sample: tuple[Noise, ...] = ()
    duplicates: int = 0
    seconds: float = 0.0
    error: str | None = None
    why: Why | None = None
    warnings: tuple[str, ...] = ()
    much_noise: bool = False
    nearly: tuple[str, float] | None = None


def taken(
    prepared: Prepared, status: Status, likeness: Likeness, *, seconds: float, noise_share: float
) -> IngestResult:
    """Tell of a report that was taken in; warn where more than *noise_share* of it went as noise."""
    parsed = prepared.parsed
    noise = sum(len(piece.text) for piece in parsed.noise)
    much_noise = noise / max(1, len(parsed.text)) > noise_share
    return IngestResult(
        file=parsed.report.file,
        status=status,
        report=parsed.report.id,
        title=parsed.report.title,
        articles=len(parsed.articles),
        passages=len(parsed.passages),
        characters=len(parsed.text),
        noise_characters=noise,
        noise_sample=_sample(parsed.noise),
        duplicates=likeness.repeated,
        seconds=seconds,
        warnings=tuple(_warnings(prepared, noise if much_noise else 0, likeness)),
        much_noise=much_noise,
        nearly=likeness.nearly,
    )


def unchanged(name: str, held: Holding, *, seconds: float) -> IngestResult:
    """Tell of a file that is held as it is."""
    return IngestResult(
        file=name,
        status="unchanged",
        report=held.report.id,
        title=held.report.title,
        articles=held.articles,
        passages=held.passages,
        characters=held.characters,
        noise_characters=held.noise_characters,
        seconds=seconds,
    )


def failed(failure: Failed) -> IngestResult:
    """Tell of a file that could not be read."""
    return IngestResult(failure.name, "failed", error=failure.error, why=failure.why, seconds=failure.seconds)


def _warnings(prepared: Prepared, noise: int, likeness: Likeness) -> Iterable[str]:
    if noise:
        share = noise / len(prepared.parsed.text)
        yield f"{share:.0%} of the file was taken out as noise; see `yinju audit {prepared.parsed.report.id}`"
    if likeness.nearly:
        file, share = likeness.nearly
        yield f"this is nearly {file}: about {share:.0%} of the two is the same; keep both only if you mean to"


def _sample(noise: Sequence[Noise]) -> tuple[Noise, ...]:
    """Choose the three longest pieces, in reading order: what somebody would want to see before they agree."""
    words = (n for n, piece in enumerate(noise) if len(piece.text) > 3)  # not the marks of a heading
    longest = sorted(words, key=lambda n: len(noise[n].text), reverse=True)[:3]
    return tuple(noise[n] for n in sorted(longest))
