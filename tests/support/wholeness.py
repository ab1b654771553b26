"""That nothing of a file is lost or told twice."""

from __future__ import annotations

from collections import Counter

from corpus.model import Parsed


def assert_whole(report: Parsed) -> None:
    """Titles, own-line headings, passages and noise take every character that is no blank exactly once."""
    owners = Counter(
        place
        for span in [
            *(piece for each in report.headings if each.kind != "run_in" for piece in each.pieces),
            *(piece for each in report.passages for piece in each.pieces),
            *(each.span for each in report.noise),
        ]
        for place in range(span.start, span.end)
    )
    assert max(owners.values(), default=0) <= 1
    assert [place for place, each in enumerate(report.text) if not each.isspace() and not owners[place]] == []
    assert all("".join(piece.of(report.text) for piece in each.pieces) == each.text for each in report.passages)
