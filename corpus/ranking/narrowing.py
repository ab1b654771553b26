"""Leave out what a question's operators rule out: passages without a phrase, with an excluded word, of other fields."""

from __future__ import annotations

from corpus.model import Query
from corpus.ranking.matching import View
from corpus.years import passage_years


def narrows(query: Query) -> bool:
    """Say whether the question has operators that leave passages out."""
    return bool(query.phrases or query.excluded or query.fields)


def admits(query: Query, seen: View) -> bool:
    """Say whether a passage is one that the question's operators let in."""
    full = f"{seen.text}\n{seen.headings}"
    return (
        all(phrase in full for phrase in query.phrases)
        and not any(word in full for word in query.excluded)
        and all(_fits(field, value, seen) for field, value in query.fields)
    )


def _fits(field: str, value: str, seen: View) -> bool:
    if field == "title":
        return value in seen.headings
    if field == "unit":
        return value in seen.headline
    year = value.rstrip("年")
    published = seen.passage.report.published or ""
    (years,) = passage_years([seen.passage])
    return published.startswith(year) or year in {str(each) for each in (*years.done, *years.planned)}
