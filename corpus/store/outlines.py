"""The outline of a report: its headings, and its articles and sections, each with the first passage under it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Heading, PassageId, ReportId
from corpus.store.adding import pieces_of
from corpus.store.database import Database


@dataclass(frozen=True, slots=True)
class Entry:
    """Name a heading, how deep it stands (0: an article), its article, and the first passage under it."""

    title: str
    level: int
    article: int
    passage: PassageId | None


class Outlines:
    """Read outlines."""

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

    async def headings(self, report_id: ReportId) -> list[Heading]:
        """Read a report's headings in reading order."""
        rows = await self._database.rows(
            "SELECT text, kind, level, article, paragraph, pieces FROM headings WHERE report = ? ORDER BY n",
            (report_id,),
        )
        return [Heading(row[0], row[1], row[2], row[3], row[4], pieces_of(row[5])) for row in rows]


def _id(report_id: ReportId, n: int | None) -> PassageId | None:
    return None if n is None else PassageId(f"{report_id}-{n}")
