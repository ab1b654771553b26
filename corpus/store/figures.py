"""What operators see of questions and answers: counts, which name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from corpus.store.database import Database

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Day:
    """Count the questions of one day (UTC), and those of them that were answered."""

    date: str
    questions: int
    answered: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Count the answers whose first quotation is from a report."""

    title: str
    answers: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Count how often something was asked that found nothing."""

    question: str
    times: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Sum up a number of days, the last of them today."""

    days: tuple[Day, ...]
    related: int
    people: int
    busiest: tuple[Busy, ...]
    useful: int
    useless: int

    @property
    def questions(self) -> int:
        return sum(day.questions for day in self.days)

    @property
    def answered(self) -> int:
        return sum(day.answered for day in self.days)

    @property
    def share(self) -> float:
        """Tell the share of questions that were answered; 0 where nobody asked."""
        return self.answered / self.questions if self.questions else 0.0


class Figures:
    """Count; nothing is written here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def summary(self, *, days: int = 30, busiest: int = 5) -> Summary:
        """Sum up the last *days*."""
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        dates = [(today - timedelta(days=days - 1 - n)).date().isoformat() for n in range(days)]
        since = today.timestamp() - (days - 1) * DAY
        counted = {
            row[0]: (row[1], row[2], row[3])
            for row in await self._database.rows(
                "SELECT date(at, 'unixepoch'), count(*), sum(verdict = 'answer'), sum(verdict = 'related')"
                " FROM answers WHERE at >= ? GROUP BY 1",
                (since,),
            )
        }
        people = await self._database.row("SELECT count(DISTINCT owner) FROM answers WHERE at >= ?", (since,))
        votes = await self._database.row(
            "SELECT coalesce(sum(useful), 0), coalesce(sum(1 - useful), 0) FROM votes WHERE at >= ?", (since,)
        )
        return Summary(
            days=tuple(Day(date, *counted.get(date, (0, 0, 0))[:2]) for date in dates),
            related=sum(row[2] for row in counted.values()),
            people=int(people[0]) if people else 0,
            busiest=await self._busiest(since, busiest),
            useful=int(votes[0]) if votes else 0,
            useless=int(votes[1]) if votes else 0,
        )

    async def waiting(self, *, since: float) -> int:
        """Count the updates that were received before *since* (seconds since 1970) and not dealt with."""
        row = await self._database.row("SELECT count(*) FROM updates WHERE body IS NOT NULL AND at < ?", (since,))
        return int(row[0]) if row else 0

    async def newest(self) -> float:
        """Tell when the newest report, update or answer came, in seconds since 1970; 0 where there is none."""
        row = await self._database.row(
            "SELECT max(coalesce((SELECT max(added_at) FROM reports), 0), coalesce((SELECT max(at) FROM answers), 0),"
            " coalesce((SELECT max(at) FROM updates), 0))"
        )
        return float(row[0]) if row else 0.0

    async def unanswered(self, *, limit: int = 20) -> Sequence[Unanswered]:
        """List the questions that found nothing, the most frequent first; the same words in one line."""
        rows = await self._database.rows(
            "SELECT min(question), count(*) FROM answers WHERE verdict = 'none'"
            " GROUP BY lower(rtrim(replace(question, ' ', ''), '?？。!！'))"
            " ORDER BY count(*) DESC, max(at) DESC LIMIT ?",
            (limit,),
        )
        return [Unanswered(row[0], row[1]) for row in rows]

    async def _busiest(self, since: float, limit: int) -> tuple[Busy, ...]:
        rows = await self._database.rows(
            "SELECT r.title, count(*) FROM answers a"
            " JOIN reports r ON r.id = substr(json_extract(a.body, '$.quotes[0].passage'), 1, 12)"
            " WHERE a.at >= ? AND a.verdict IN ('answer', 'related')"
            " GROUP BY r.id ORDER BY count(*) DESC, r.title LIMIT ?",
            (since, limit),
        )
        return tuple(Busy(row[0], row[1]) for row in rows)
