"""The ids of passages, taken apart."""

from __future__ import annotations

from corpus.model import PassageId, ReportId


def report_of(passage_id: PassageId) -> ReportId:
    """Tell which report a passage's id names."""
    return ReportId(passage_id.rpartition("-")[0])


def number(passage_id: PassageId) -> int:
    """Tell which passage of its report an id names, from 1."""
    return int(passage_id.rpartition("-")[2])


def well_formed(passage_id: str) -> bool:
    """Tell whether a text, perhaps a stranger's, has the form of a passage's id."""
    report, dash, n = passage_id.rpartition("-")
    return bool(dash) and report.isalnum() and n.isascii() and n.isdigit() and len(n) < 10
