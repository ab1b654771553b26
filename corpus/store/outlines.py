"""The outline of a report: its articles, the sections of each, and the first passage under every heading."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Passage, PassageId, ReportId
from corpus.store.database import Database
from corpus.store.passage_ids import number


@dataclass(frozen=True, slots=True)
class Entry:
    """Name a heading, how deep it stands (0: an article), its article, and the first passage under it."""

    title: str
    level: int
    article: int
    passage: PassageId | None


class Outlines:
    """Read outlines, and what stands beside a passage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def articles(self, report_id: ReportId) -> list[Entry]:
        """Read the articles of a report, in reading order."""
        rows = await self._database.rows(
            "SELECT a.title, a.number, (SELECT min(p.n) FROM passages p WHERE p.report = a.report"
            " AND p.article = a.number) FROM articles a WHERE a.report = ? ORDER BY a.number",
            (report_id,),
        )
        return [Entry(str(row[0]), 0, int(row[1]), _id(report_id, row[2])) for row in rows]

    async def sections(self, report_id: ReportId, article: int) -> list[Entry]:
        """Read the headings within an article, in reading order."""
        rows = await self._database.rows(
            "SELECT h.text, h.level, h.article, (SELECT min(p.n) FROM passages p WHERE p.report = h.report"
            " AND p.article = h.article AND p.paragraph >= h.paragraph)"
            " FROM headings h WHERE h.report = ? AND h.article = ? AND h.level > 0 ORDER BY h.n",
            (report_id, article),
        )
        return [Entry(str(row[0]), int(row[1]), int(row[2]), _id(report_id, row[3])) for row in rows]

    async def beside(self, passage: Passage) -> tuple[PassageId | None, PassageId | None]:
        """Name the passages before and after one in its report."""
        report_id, n = passage.report.id, number(passage.id)
        row = await self._database.row(
            "SELECT (SELECT max(n) FROM passages WHERE report = ?1 AND n < ?2),"
            " (SELECT min(n) FROM passages WHERE report = ?1 AND n > ?2)",
            (report_id, n),
        )
        return (_id(report_id, row[0]), _id(report_id, row[1])) if row else (None, None)


def _id(report_id: ReportId, n: int | None) -> PassageId | None:
    return None if n is None else PassageId(f"{report_id}-{n}")
