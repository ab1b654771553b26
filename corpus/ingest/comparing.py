"""Compare a report with those that are held: which of its passages are said elsewhere, and whether it is nearly one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.analysis import Analyzer
from corpus.duplicates import ALIKE, RECIPE, Neighbours, resemblance, says_the_same, signature_bands, worded
from corpus.model import Passage, ReportId, Wording, Wordings
from corpus.readers.limits import shown
from corpus.store import Compared, OutOfDate, Passages, WordingStore
from corpus.store.passage_ids import number


@dataclass(frozen=True, slots=True)
class Likeness:
    """Tell what a report was found to be like, for the store and for people.

    *repeated* counts its passages that say what another report says; *nearly* names a report that it nearly is, and
    the share (0 to 1) of what they have in common.
    """

    compared: Compared
    repeated: int
    nearly: tuple[str, float] | None = None


class Comparer:
    """Keep what the store's wordings are found by in memory, and look new reports up in it.

    It is read from the store at the first use (some three seconds for half a million passages) and grows with it,
    whoever writes: 150 bytes a wording.
    """

    def __init__(self, *, wordings: WordingStore, passages: Passages, analyzer: Analyzer) -> None:
        self._store = wordings
        self._passages = passages
        self._fold = lambda text: analyzer.fold(text).text
        self._neighbours, self._seen = Neighbours(), 0
        self._kin, self._seen_kin = Neighbours(), 0
        self._caught_up = False

    async def catch_up(self) -> None:
        """Make the wordings of reports that were stored without them, or by another recipe than today's; once."""
        if self._caught_up:
            return
        for report in await self._store.without(RECIPE):
            passages = await self._passages.of_report(report)
            made = await asyncio.to_thread(worded, [one.text for one in passages], fold=self._fold)
            numbers = [number(one.id) for one in passages]
            while True:
                likeness = await self.compare(passages, made, besides=(report,))
                try:
                    await self._store.add(report, numbers, likeness.compared)
                except OutOfDate:
                    continue
                break
        self._caught_up = True

    async def compare(self, passages: Sequence[Passage], made: Wordings, *, besides: Sequence[ReportId]) -> Likeness:
        """Look a report's wordings up among those held; reports *besides* (itself, one it replaces) do not count."""
        seen = await self._grow()
        near = [self._neighbours.near(one.bands) for one in made.passages]
        held = await self._store.texts(set().union(*near))
        alike = await asyncio.to_thread(self._alike, passages, made.passages, near, held)
        partners: dict[bytes, set[bytes]] = {}
        for one, other in alike:
            partners.setdefault(one, set()).add(other)
            partners.setdefault(other, set()).add(one)
        wanted = {one.digest for one in made.passages} | set(partners)
        elsewhere = await self._store.held(sorted(wanted), besides=besides)
        repeated = sum(not elsewhere.isdisjoint({w.digest, *partners.get(w.digest, ())}) for w in made.passages)
        return Likeness(Compared(made, tuple(sorted(alike)), seen), repeated, await self._nearly(made, besides))

    async def _grow(self) -> int:
        last = await self._store.last()
        if last > self._seen:
            added = await self._store.since(self._seen)
            await asyncio.to_thread(self._neighbours.add, added)
            self._seen = max(last, added[-1][0] if added else 0)
        sketches = await self._store.sketches_since(self._seen_kin)
        self._kin.add((identity, signature_bands(signature)) for identity, signature in sketches)
        self._seen_kin = max(self._seen_kin, sketches[-1][0] if sketches else 0)
        return self._seen

    def _alike(
        self,
        passages: Sequence[Passage],
        said: Sequence[Wording],
        near: Sequence[set[int]],
        held: dict[int, tuple[bytes, str]],
    ) -> set[tuple[bytes, bytes]]:
        """Verify candidates: those held, and the report's own passages among themselves; each wording once."""
        found: set[tuple[bytes, bytes]] = set()
        own = Neighbours()
        texts: dict[int, tuple[bytes, str]] = {}
        done: set[bytes] = set()
        for passage, wording, ids in zip(passages, said, near, strict=True):
            if wording.digest in done:
                continue
            done.add(wording.digest)
            others = dict(held[one] for one in ids if one in held)
            others.update(texts[one] for one in own.near(wording.bands))
            for digest, text in others.items():
                pair = (min(digest, wording.digest), max(digest, wording.digest))
                if (
                    digest != wording.digest
                    and pair not in found
                    and says_the_same(passage.text, text, fold=self._fold)
                ):
                    found.add(pair)
            own.add([(len(texts), wording.bands)])
            texts[len(texts)] = (wording.digest, passage.text)
        return found

    async def _nearly(self, made: Wordings, besides: Sequence[ReportId]) -> tuple[str, float] | None:
        candidates = await self._store.sketched(self._kin.near(signature_bands(made.signature)))
        shares = [
            (resemblance(made.signature, signature), shown(file))
            for report, file, signature in candidates
            if report not in besides
        ]
        share, file = max(shares, default=(0.0, ""))
        return (file, share) if share >= ALIKE else None
