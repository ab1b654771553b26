"""Show how an answer came about: which terms stood where, with which weights, what was inferred and what binds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.analysis import frequency
from corpus.finding import Findings
from corpus.ranking import confidence
from corpus.ranking.features import NAMES
from corpus.ranking.matching import idf, needle, present


def explained(findings: Findings, *, limit: int = 3) -> dict[str, Any]:
    """Give the making of an answer as plain values: the question as understood, its terms, the first passages."""
    query = findings.query
    return {
        "kind": query.kind,
        "names": list(query.names),
        "years": list(query.years),
        "reports_of": list(query.reports_of),
        "phase": query.phase,
        "phrases": list(query.phrases),
        "excluded": list(query.excluded),
        "fields": [list(field) for field in query.fields],
        "barred": [list(field) for field in query.barred],
        "expansions": {each.word: list(each.others) for each in query.expansions},
        "terms": [
            {
                "term": term.text,
                "weight": round(term.weight, 3),
                "idf": round(idf(findings.statistics, term.text), 3),
                "passages": frequency(findings.statistics, term.text),
            }
            for term in query.terms
        ],
        "passages": [
            {
                "passage_id": each.seen.passage.id,
                "bm25": round(each.score, 3),
                "value": round(each.value, 3),
                "matched": [t.text for t in query.terms if present(t.text, each.seen.text)],
                "matched_above": [t.text for t in query.terms if present(t.text, each.seen.headings)],
                "features": {name: round(value, 3) for name, value in zip(NAMES, each.features, strict=False)},
            }
            for each in findings.ranked[:limit]
        ],
        "confidence": round(findings.sure, 4),
        "confidence_features": {
            name: round(value, 3) for name, value in zip(confidence.NAMES, findings.features, strict=False)
        },
        "trusted_at_most": findings.bound.limit,
        "not_borne": list(findings.bound.failed),
    }


def explanation_lines(findings: Findings, *, limit: int = 3) -> Iterator[str]:
    """Write the making of an answer for an operator to read."""
    told = explained(findings, limit=limit)
    for key in ("kind", "names", "years", "phase", "phrases", "excluded", "fields", "barred"):
        if told[key]:
            yield f"{key}: {told[key]}"
    for word, others in told["expansions"].items():
        yield f"expanded: {word} → {'、'.join(others)}"
    for term in told["terms"]:
        if len(needle(term["term"])) != 1:
            yield f"term {term['term']}: weight {term['weight']}, idf {term['idf']}, in {term['passages']} passages"
    for each in told["passages"]:
        yield f"passage {each['passage_id']}: BM25 {each['bm25']}, ranked by {each['value']}"
        yield f"    in the text: {' '.join(each['matched'])}"
        yield f"    in headings: {' '.join(each['matched_above'])}"
        yield "    " + ", ".join(f"{name} {value}" for name, value in each["features"].items() if value)
    yield f"confidence {told['confidence']}, at most {told['trusted_at_most']} for {told['not_borne'] or 'nothing'}"
    yield "    " + ", ".join(f"{name} {value}" for name, value in told["confidence_features"].items())
