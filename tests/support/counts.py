"""What the tests of a run did to the program; pytest prints it at the end."""

from __future__ import annotations

from collections import Counter

COUNTED = (
    "kills survived",
    "faults injected",
    "hostile files and inputs tried",
    "questions asked",
    "questions lost",
    "answered twice because of us",
    "answered again because a receipt was lost",
)

counts: Counter[str] = Counter()
