"""The engine inside the process: parts of postings, searched without a lock.

A report becomes a part of its own, so adding one costs what the report costs; small parts are joined into larger ones
as they gather, large ones in the background (every passage is moved log n times in all). What is searched is one
immutable state that writers replace as a whole: a question sees a report entirely or not at all, however long it takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from corpus.model import Entry, Hit, Query, ReportId, Scope, Statistics
from corpus.retrieval.compiling import compiled_scan
from corpus.retrieval.files import Damaged, Folder
from corpus.retrieval.okapi import K1, B
from corpus.retrieval.part import Part, joined
from corpus.retrieval.scan import Best, best
from corpus.retrieval.state import State

log = logging.getLogger(__name__)

_RATIO = 4
"""Join a part with the one before it unless that has more than so many times its postings."""
_LARGE = 1 << 20
"""Join parts with more postings than this into a file."""
_MANY = 8
"""More parts than this make questions slow: then whoever adds a report joins two himself."""
_WORTHWHILE = 1 << 23
"""With more postings than this, the compiled scan saves more than its loading costs ..."""
_OFTEN = 20
"""... in a program that has searched so often that it seems to serve many."""
_TRIED = 100
"""Compare so many passages before it is trusted."""


class EmbeddedRetriever:
    """Find passages by BM25 in this process; keeps the promise of ``Retriever``.

    With a *folder* it holds little in memory: what is indexed lies in files that are mapped. Opened with ``async
    with`` it reads them, and at the end it writes what is new; without a folder it need not be.
    """

    def __init__(
        self, folder: Folder | None = None, *, k1: float = K1, b: float = B, large: int = _LARGE, scan: Best = best
    ) -> None:
        self._folder = folder
        self._k1 = k1
        self._b = b
        self._large = large
        self._state = self._saved = State()
        self._writing = asyncio.Lock()
        self._joining: asyncio.Task[None] | None = None
        self._closing = False
        self._scan = scan
        self._searched = 0
        self._hastening: asyncio.Task[None] | None = None
        self.moments: dict[ReportId, float] = {}
        """When each report was added to the store, in seconds since 1970; kept with the files for whoever sets it."""
        self.mark: str | None = None
        """The store's mark when it held what is indexed; kept likewise. None where that cannot be said."""
        self._saved_mark: str | None = None

    async def __aenter__(self) -> Self:
        if self._folder is not None:
            kept = await asyncio.to_thread(self._folder.open, k1=self._k1, b=self._b)
            if kept is not None:
                self._state = self._saved = State.of(kept.parts)
                self.moments, self.mark, self._saved_mark = kept.moments, kept.mark, kept.mark
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        if self._hastening is not None:
            self._hastening.cancel()
            await asyncio.wait([self._hastening])
        if self._joining is not None:
            await self._joining
        if self._folder is not None:
            async with self._writing:
                await asyncio.to_thread(self._save)
            self._folder.close()

    async def retrieve(self, query: Query, *, limit: int, scope: Scope | None = None) -> list[Hit]:
        """Find the best *limit* passages within *scope*."""
        self._searched += 1
        if self._searched >= _OFTEN and self._hastening is None and _postings(self._state.parts) >= _WORTHWHILE:
            self._hastening = asyncio.create_task(self.hasten(query))
        return await asyncio.to_thread(self._state.search, query, limit=limit, scope=scope, scan=self._scan)

    async def hasten(self, query: Query) -> None:
        """Search by the compiled scan from now on, where it is installed and finds for *query* what is found without.

        What is wrong with it is said in the log.
        """
        try:
            compiled = await compiled_scan()
            if compiled is None:
                return
            search = partial(self._state.search, query, limit=_TRIED, scope=None)
            slow, fast = [await asyncio.to_thread(search, scan=scan) for scan in (self._scan, compiled)]
        except Exception:  # whatever is wrong with what was installed besides, questions are answered as before
            log.exception("the compiled scan is of no use; questions are answered without it")
            return
        if fast == slow:
            self._scan = compiled
            log.info("the compiled scan is in use")
        else:
            log.error("the compiled scan finds other passages; questions are answered without it")

    async def statistics(self, terms: Iterable[str]) -> Statistics:
        """Count passages, their mean length, and in how many passages each of *terms* stands."""
        return self._state.statistics(terms)

    async def reports(self) -> frozenset[ReportId]:
        """Name the reports that are indexed."""
        return frozenset(name for part in self._state.parts for name in part.held)

    async def add(self, report_id: ReportId, passages: Sequence[Entry]) -> None:
        """Index the passages of a report; a report that is held is replaced."""
        await self.add_all([(report_id, passages)])

    async def add_all(self, reports: Sequence[tuple[ReportId, Sequence[Entry]]]) -> None:
        """Index several reports at once, which is faster than one after the other."""
        async with self._writing:
            self._state = await asyncio.to_thread(self._added, self._state, reports)
        self._join_in_the_background()

    async def remove(self, report_id: ReportId) -> None:
        """Forget a report."""
        async with self._writing:
            self._state = self._state.without([report_id])

    async def sound(self) -> bool:
        """Read the files whole; where one is damaged, forget them all and say so in the log."""
        try:
            for part in self._state.parts:
                if self._folder is not None and self._folder.has(part):
                    await asyncio.to_thread(self._folder.check, part, going_on=lambda: not self._closing)
        except (OSError, Damaged) as error:
            log.warning("the index is made anew from the store: %s", error)
            async with self._writing:
                if self._folder is not None:
                    self._folder.drop()
                self._state, self.moments, self.mark = State(), {}, None
            return False
        return True

    def keeps(self) -> bool:
        """Tell whether what is indexed from now on is written into files by this program."""
        try:
            return self._folder is not None and self._folder.ours()
        except OSError:
            return False

    # ── Growing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _added(self, state: State, reports: Sequence[tuple[ReportId, Sequence[Entry]]]) -> State:
        state = state.without(name for name, _ in reports)
        parts = [*state.parts, Part.of(reports, k1=self._k1, b=self._b)]
        while len(parts) > _MANY and _postings(parts[-2:]) <= self._large:
            # Reports come faster than their parts are joined behind the scenes.
            parts[-2:] = [joined(parts[-2:], k1=self._k1, b=self._b)]
        return State.of(parts)

    def _join_in_the_background(self) -> None:
        if self._joining is None and not self._closing and self._due() is not None:
            self._joining = asyncio.create_task(self._join())

    def _due(self) -> int | None:
        """Find the first part with which all that come after it are to be joined."""
        parts = self._state.parts
        for first in range(len(parts) - 1):
            if _due(parts[first:]):
                return first
        return None

    async def _join(self) -> None:
        try:
            while not self._closing and (first := self._due()) is not None:
                taken = self._state.parts[first:]
                made = await asyncio.to_thread(self._made, taken)
                async with self._writing:
                    self._state = _replaced(self._state, taken, made)
                    if self._folder is not None and self._folder.has(made):
                        await asyncio.to_thread(self._save)
        except Exception:
            log.exception("parts of the index could not be joined; they are searched as they are")
        finally:
            self._joining = None

    def _made(self, parts: Sequence[Part]) -> Part:
        try:
            if self._folder is not None and _postings(parts) > self._large and self._folder.ours():
                return self._folder.joined(parts, k1=self._k1, b=self._b)
        except OSError as error:
            log.warning("the index cannot be written (%s); it is held in memory", error.strerror)
        return joined(parts, k1=self._k1, b=self._b)

    def _save(self) -> None:
        """Write what is not in a file into one, and switch to it; where another program writes, leave it to that."""
        folder, state = self._folder, self._state
        if folder is None or (state is self._saved and self.mark == self._saved_mark):
            return
        try:
            if not folder.ours():
                return
            written = [part for part in state.parts if folder.has(part)]
            new = [part for part in state.parts if not folder.has(part)]
            if new:
                written.append(folder.joined(new, k1=self._k1, b=self._b))
            mark = self.mark
            folder.switch(written, moments=self.moments, mark=mark)
            self._saved_mark = mark
            self._state = self._saved = State.of(sorted(written, key=lambda part: -len(part.okapi.postings)))
        except OSError as error:
            log.warning("the index cannot be written (%s); the next start makes it anew", error.strerror)


def _postings(parts: Sequence[Part]) -> int:
    return sum(len(part.okapi.postings) for part in parts)


def _due(parts: Sequence[Part]) -> bool:
    """Say whether the first of *parts* is to be joined with the others."""
    return _postings(parts[:1]) <= _RATIO * _postings(parts[1:])


def _replaced(state: State, taken: Sequence[Part], made: Part) -> State:
    """Put *made* in the place of the parts it was joined from; what has gone meanwhile goes from it too."""
    used = {id(part.okapi) for part in taken}
    now = [part for part in state.parts if id(part.okapi) in used]
    lives = {name for part in now for name in part.held}
    others = [part for part in state.parts if id(part.okapi) not in used]
    made = made.without(name for name in made.reports if name not in lives)
    return State.of(sorted([made, *others], key=lambda part: -len(part.okapi.postings)))
