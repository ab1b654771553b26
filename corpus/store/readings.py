"""What files were read with, what was learned from folders, and where what is known of a report was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.model import Corrections, Fact, Reading, ReportId, Span
from corpus.store.database import Database
from corpus.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Member:
    """Say what became of one file of an archive: the *report* it is held as, or the *error*."""

    name: str
    report: ReportId | None
    error: str | None = None


class Readings:
    """Keep readings: a file that was read with the same things need not be read again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_file(self, file: str) -> Reading | None:
        """Tell what the report that is held under this name was read with; None where nobody noted it."""
        row = await self._database.row(
            "SELECT g.rules, g.corrected, g.corrections, g.furniture FROM readings g"
            " JOIN reports r ON r.id = g.report WHERE r.file = ?",
            (file,),
        )
        if row is None:
            return None
        corrections = Corrections(row[1], row[2]) if row[1] is not None else None
        return Reading(row[0], corrections, tuple(json.loads(row[3])))

    async def facts(self, report_id: ReportId) -> list[Fact]:
        """Read what is known about a report and its articles, each with where it was read."""
        rows = await self._database.rows(
            "SELECT field, value, origin, start, end, article FROM facts WHERE report = ? ORDER BY n", (report_id,)
        )
        return [
            Fact(row[0], row[1], row[2], Span(row[3], row[4]) if row[3] is not None else None, row[5]) for row in rows
        ]

    async def archive(self, file: str, *, digest: str, rules: str) -> list[Member] | None:
        """Tell what became of an archive's files when it was read last, if it was just this and all are held still."""
        row = await self._database.row(
            "SELECT members FROM archives WHERE file = ? AND digest = ? AND rules = ?", (file, digest, rules)
        )
        members = [Member(name, report, error) for name, report, error in json.loads(row[0])] if row else []
        held = {one.report for one in members if one.report}
        rows = await self._database.rows(
            "SELECT id FROM reports WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(held)),)
        )
        return members if members and len(rows) == len(held) else None

    async def keep_archive(self, file: str, members: Sequence[Member], *, digest: str, rules: str) -> None:
        """Note what became of all files of an archive."""
        told = json.dumps([[one.name, one.report, one.error] for one in members], ensure_ascii=False)
        async with self._database.transaction() as transaction:
            transaction.execute("INSERT OR REPLACE INTO archives VALUES (?, ?, ?, ?)", (file, digest, rules, told))

    async def learned(self, sample: str) -> tuple[str, ...] | None:
        """Tell what was learned from a sample with this fingerprint; None where it was never seen."""
        row = await self._database.row("SELECT furniture FROM learned WHERE sample = ?", (sample,))
        return tuple(json.loads(row[0])) if row else None

    async def keep_learned(self, sample: str, furniture: Sequence[str]) -> None:
        """Note what was learned from a sample."""
        async with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT OR REPLACE INTO learned VALUES (?, ?)", (sample, json.dumps(furniture, ensure_ascii=False))
            )


def write(transaction: Transaction, report: ReportId, facts: Sequence[Fact], reading: Reading | None) -> None:
    """Store what a report was read with and what is known of it, within a transaction of the caller's."""
    transaction.executemany(
        "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report, n, each.field, each.value, each.origin, each.article,
             each.span.start if each.span else None, each.span.end if each.span else None)
            for n, each in enumerate(facts)
        ],
    )  # fmt: skip
    if reading is not None:
        note = reading.corrections
        furniture = json.dumps(reading.furniture, ensure_ascii=False)
        transaction.execute(
            "INSERT INTO readings VALUES (?, ?, ?, ?, ?)",
            (report, reading.rules, note.name if note else None, note.text if note else None, furniture),
        )
