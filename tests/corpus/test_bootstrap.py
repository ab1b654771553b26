"""What is open together works together."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from config.layers import load
from corpus.bootstrap import open_library
from corpus.model import Answer
from corpus.search import Searcher
from corpus.store import Feed


class Slow:
    """Be a searcher that takes its time; note which questions it began, and how many it had at once."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.now = self.most = 0

    async def answer(self, question: str, **options: Any) -> Answer:
        self.begun.append(int(question))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.002)
        self.now -= 1
        return Answer(question, question, "none", 0.0, (), ())


async def test_a_crowd_is_answered_in_the_order_it_asked_and_few_at_once(tmp_path: Path) -> None:
    async with open_library(load(data_dir=tmp_path)) as library:
        slow = Slow()
        crowd = replace(library, searcher=cast(Searcher, slow))
        await asyncio.gather(*(crowd.answer(str(n)) for n in range(20)))
    assert slow.most == 2
    assert sorted(slow.begun) == list(range(20))
    assert all(abs(place - asked) < slow.most for place, asked in enumerate(slow.begun)), slow.begun


async def test_terms_that_another_analyzer_made_are_made_anew_when_the_store_is_opened(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path)
    async with open_library(settings) as library:
        await library.ingest_samples()
        feed = Feed(library.database)
        made = {name: await feed.entries(name) for name in await feed.moments()}
        for entries in made.values():
            await feed.replace_terms([(one.passage_id, ["桥"]) for one in entries], analyzer="another")
    async with open_library(settings) as library:
        feed = Feed(library.database)
        assert {name: await feed.entries(name) for name in await feed.moments()} == made
        assert await feed.analyzer() == library.analyzer.fingerprint
