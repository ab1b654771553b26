"""A program that takes reports in, replaces them and moves the index, until it is killed.

Its arguments are a data directory, the address of a Milvus and a seed. It writes a line when it begins, and one for
each thing it has done.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from config.layers import load
from config.settings import Settings
from corpus.bootstrap import Library, open_library
from corpus.errors import EngineError

WORDS = ("桥梁", "道路", "水渠", "农田", "沟渠", "石塔", "巡查", "整改", "培训", "群众", "干部", "资金", "村庄", "果园")


def on_milvus(data_dir: Path, uri: str) -> Settings:
    """Take the defaults, with the index in a Milvus."""
    settings = load(data_dir=data_dir)
    milvus = settings.retrieval.milvus.model_copy(update={"uri": uri, "timeout": 5.0})
    retrieval = settings.retrieval.model_copy(update={"engine": "milvus", "milvus": milvus})
    return settings.model_copy(update={"retrieval": retrieval})


def made_up(dice: random.Random) -> str:
    """Make up a report of some paragraphs."""
    lines = ("".join(dice.choices(WORDS, k=dice.randint(4, 60))) + f"{dice.randint(1, 999)}处。" for _ in range(40))
    return "# 河湾镇工作总结\n\n" + "\n\n".join(lines)


async def one_thing(library: Library, dice: random.Random) -> str:
    """Do one thing that changes what is held, or where."""
    what = dice.choice(["ingest"] * 6 + ["remove", "reindex"])
    if what == "ingest":  # under one of a few names, so that most replace another
        await library.ingester.ingest_bytes(made_up(dice).encode(), name=f"{dice.randint(1, 6)}.md")
    elif what == "remove":
        for report_id in sorted(await library.reports.ids())[:1]:
            await library.reports.remove(report_id)
    else:
        await library.index.start_over()
    await library.index.catch_up()
    if dice.random() < 0.2:
        await library.index.freshen()
    return what


async def restless(data_dir: Path, uri: str, seed: int) -> None:
    """Do one thing after another; while Milvus is away, go on with the store."""
    dice = random.Random(seed)
    async with open_library(on_milvus(data_dir, uri)) as library:
        await asyncio.to_thread(library.analyzer.warm)
        print("begins", flush=True)
        while True:
            try:
                print(await one_thing(library, dice), flush=True)
            except EngineError:
                print("away", flush=True)
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(restless(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
