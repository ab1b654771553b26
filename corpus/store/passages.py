"""Passages, as they were stored: by id, by article, by report, and what stands beside them or says the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from corpus.errors import UnknownPassage
from corpus.model import Article, Passage, PassageId, ReportId
from corpus.store import reports
from corpus.store.adding import pieces_of
from corpus.store.database import Database
from corpus.store.passage_ids import number, report_of, well_formed

_PASSAGE = (
    "SELECT p.n, p.section, p.paragraph, p.text, p.pieces, p.page, p.part, a.number, a.title, a.unit,"
    f" {reports.COLUMNS} FROM passages p JOIN articles a ON a.report = p.report AND a.number = p.article"
    " JOIN reports r ON r.id = p.report"
)


class Passages:
    """Read passages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, ids: Sequence[PassageId]) -> list[Passage]:
        """Read passages in the order of *ids*; those that are not held (any more) are passed over."""
        wanted = _places(ids)
        if not wanted:
            return []
        rows = await self._database.rows(
            f"{_PASSAGE} JOIN json_each(?) w ON p.report = json_extract(w.value, '$[0]')"
            " AND p.n = json_extract(w.value, '$[1]') ORDER BY w.key",
            (json.dumps(wanted),),
        )
        return [_passage(row) for row in rows]

    async def one(self, passage_id: PassageId) -> Passage:
        """Read one passage. Raises UnknownPassage."""
        found = await self.read([passage_id])
        if not found:
            raise UnknownPassage(f"no passage is called {passage_id!r}")
        return found[0]

    async def article(self, passage: Passage) -> list[Passage]:
        """Read all passages of the article that *passage* stands in, in reading order."""
        rows = await self._database.rows(
            f"{_PASSAGE} WHERE p.report = ? AND p.article = ? ORDER BY p.n", (passage.report.id, passage.article.number)
        )
        return [_passage(row) for row in rows]

    async def of_report(self, report_id: ReportId) -> list[Passage]:
        """Read all passages of a report, in reading order."""
        rows = await self._database.rows(f"{_PASSAGE} WHERE p.report = ? ORDER BY p.n", (report_id,))
        return [_passage(row) for row in rows]

    async def beside(self, passage: Passage) -> tuple[PassageId | None, PassageId | None]:
        """Name the passages before and after one in its report."""
        report_id = passage.report.id
        (row,) = await self._database.rows(
            "SELECT (SELECT max(n) FROM passages WHERE report = ?1 AND n < ?2),"
            " (SELECT min(n) FROM passages WHERE report = ?1 AND n > ?2)",
            (report_id, number(passage.id)),
        )
        before, after = (None if n is None else PassageId(f"{report_id}-{n}") for n in row)
        return before, after

    async def twins(self, ids: Sequence[PassageId]) -> dict[PassageId, list[PassageId]]:
        """Tell for each of *ids* which other passages say the same, by file and place; nothing for those without."""
        rows = await self._database.rows(
            "WITH asked (report, n, wording) AS (SELECT s.report, s.n, s.wording FROM json_each(?) w JOIN said s"
            "  ON s.report = json_extract(w.value, '$[0]') AND s.n = json_extract(w.value, '$[1]')),"
            " pairs (report, n, wording) AS (SELECT report, n, wording FROM asked"
            "  UNION SELECT q.report, q.n, a.other FROM asked q JOIN alike a ON a.wording = q.wording)"
            " SELECT p.report, p.n, t.report, t.n FROM pairs p JOIN said t ON t.wording = p.wording"
            " JOIN reports r ON r.id = t.report WHERE t.report <> p.report OR t.n <> p.n ORDER BY r.file, t.n",
            (json.dumps(_places(ids)),),
        )
        found: dict[PassageId, list[PassageId]] = {}
        for report, n, other, m in rows:
            found.setdefault(PassageId(f"{report}-{n}"), []).append(PassageId(f"{other}-{m}"))
        return found


def _places(ids: Sequence[PassageId]) -> list[tuple[ReportId, int]]:
    return [(report_of(one), number(one)) for one in ids if well_formed(one)]


def _passage(row: Sequence[Any]) -> Passage:
    n, section, paragraph, text, pieces, page, part = row[:7]
    report = reports.report_from(row[10:18])
    return Passage(
        id=PassageId(f"{report.id}-{n}"),
        report=report,
        article=Article(*row[7:10]),
        section=tuple(json.loads(section)),
        paragraph=paragraph,
        text=text,
        pieces=pieces_of(pieces),
        page=page,
        part=tuple(json.loads(part)) if part else None,
    )
