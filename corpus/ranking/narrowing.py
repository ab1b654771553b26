"""Leave out what a question's operators rule out: passages without a phrase, with an excluded word, of other fields."""

from __future__ import annotations

from corpus.model import Query
from corpus.ranking.matching import View
from corpus.years import passage_years

_FIELDS = ("title", "unit", "year")


def narrows(query: Query) -> bool:
    """Say whether the question has operators that leave passages out."""
    return bool(query.phrases or query.excluded or query.fields or query.barred)


def admits(query: Query, seen: View) -> bool:
    """Say whether a passage is one that the question's operators let in.

    A passage has one year or unit, so of several any will do; of words of its title it must have all.
    """
    full = f"{seen.text}\n{seen.headings}"
    fits = {field: [_fits(each, value, seen) for each, value in query.fields if each == field] for field in _FIELDS}
    return (
        all(phrase in full for phrase in query.phrases)
        and not any(word in full for word in query.excluded)
        and all(fits["title"])
        and all(any(fits[field]) for field in ("unit", "year") if fits[field])
        and not any(_fits(field, value, seen) for field, value in query.barred)
    )


def _fits(field: str, value: str, seen: View) -> bool:
    if field == "title":
        return value in seen.headings
    if field == "unit":
        return value in seen.headline
    published = seen.passage.report.published or ""
    (years,) = passage_years([seen.passage])
    return published.startswith(value) or value in {str(each) for each in (*years.done, *years.planned)}
