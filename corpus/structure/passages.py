"""Split a very long paragraph at the ends of its sentences."""

from __future__ import annotations

LONGEST = 1_200
SENTENCE_ENDS = "。！？；"


def parts_of(text: str, *, longest: int = LONGEST) -> list[tuple[int, int]]:
    """Split *text* into ``(start, end)`` of at most *longest* characters, at sentence ends where there are any.

    Together the parts are the text. The parts are of about equal length, so that no crumb is left at the end.
    """
    parts = []
    start = 0
    while len(text) - start > longest:
        count = -(-(len(text) - start) // longest)
        wanted = start + (len(text) - start) // count
        end = _end_near(text, start, wanted, start + longest)
        parts.append((start, end))
        start = end
    parts.append((start, len(text)))
    return parts


def _end_near(text: str, start: int, wanted: int, furthest: int) -> int:
    before = max(text.rfind(stop, start, wanted) for stop in SENTENCE_ENDS) + 1
    after = min((place + 1 for stop in SENTENCE_ENDS if (place := text.find(stop, wanted, furthest)) >= 0), default=0)
    while after and after < furthest and text[after] in "”’》）":
        after += 1
    if after and (not before or after - wanted <= wanted - before):
        return after
    return before if before > start else furthest
