"""Parallel forms: headings of one article are built alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

MARKS = re.compile(r"[，、：；,\s\u3000“”‘’《》（）()]+")


def parallel(first: str, second: str) -> bool:
    """Say whether two headings are built alike: the same beginning, the same end, or the same punctuation."""
    if not first or not second:
        return False
    if first[:2] == second[:2] or first[-2:] == second[-2:]:
        return True
    if first[0] == second[0] and abs(len(first) - len(second)) <= 4:
        return True
    marks = MARKS.findall(first)
    return bool(marks) and marks == MARKS.findall(second) and abs(len(first) - len(second)) <= 6


def has_parallel(text: str, others: Sequence[str]) -> bool:
    """Say whether *text* is built like one of *others*."""
    return any(parallel(text, other) for other in others)
