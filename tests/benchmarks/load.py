"""How the bot bears a crowd: ``python -m tests.benchmarks.load``.

The real application on the in-process Bot API answers from reports made here. What is measured is the way from an
update's arrival to the bot's call that sends the answer; waiting for Telegram's flood limits comes after that.
Machines differ and so do their afternoons: what to compare are the ratios to the idle bot of the same run.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import math
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from telegram.ext import ExtBot

from bot.offline import Chat, OfflineTelegram, User
from config.layers import load
from corpus.bootstrap import open_library
from tests.support import made_reports
from tests.support.service import Service

PEOPLE, PRIVATE, GROUPS = 50, 5, 15
A_FOLDER = 500
SEND = ExtBot._do_post
LIFTED = {"questions_per_person": 10**6, "questions_per_chat": 10**6}


@dataclass(frozen=True)
class Measured:
    """Hold one way of asking: milliseconds from update to send call, and what became of the questions.

    *slowest_chat* is the p50 of the chat where it is highest, of those with five questions or more: nobody starves.
    """

    way: str
    questions: int
    seconds: float
    p50: float
    p95: float
    p99: float
    slowest_chat: float
    lost: int
    twice: int


class Crowd:
    """Ask questions of a serving bot, and note when each is asked and when the bot calls to send its answer."""

    def __init__(self, service: Service, questions: Sequence[str]) -> None:
        self.service, self.world = service, service.world
        self._questions = questions
        self._chance = random.Random(7)
        self._asked: dict[tuple[int, int], float] = {}
        self._sent: dict[tuple[int, int], float] = {}
        self._answers: Counter[tuple[int, int]] = Counter()
        self._waiting: dict[tuple[int, int], asyncio.Event] = {}

        # The last thing the bot does before its calls wait for flood limits; the object itself takes no new attribute.
        async def posted(bot: Any, endpoint: str, data: dict[str, Any], **more: Any) -> Any:
            return await self._noted(bot, endpoint, data, **more)

        ExtBot._do_post = posted  # type: ignore[method-assign]

    async def _noted(self, bot: Any, endpoint: str, data: dict[str, Any], **more: Any) -> Any:
        asked = (data.get("chat_id"), getattr(data.get("reply_parameters"), "message_id", None))
        answers = endpoint == "sendMessage" and asked in self._asked
        if answers:
            self._sent.setdefault(asked, time.perf_counter())
        result = await SEND(bot, endpoint, data, **more)
        if answers:
            self._answers[asked] += 1
            self._waiting[asked].set()
        return result

    async def ask(self, user: User, chat: Chat) -> None:
        """Ask one question and wait for its answer."""
        words = self._chance.choice(self._questions)
        text = words if chat.type == "private" else f"/ask {words}"
        began = time.perf_counter()
        message = await self.world.say(text, user=user, chat=chat)
        key = (chat.id, message.id)
        self._waiting[key] = answered = asyncio.Event()
        self._asked[key] = began
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(120):
                await answered.wait()

    async def measure(self, way: str, asking: Awaitable[object]) -> Measured:
        """Measure what *asking* asks."""
        for noted in (self._asked, self._sent, self._answers, self._waiting):
            noted.clear()
        began = time.perf_counter()
        await asking
        seconds = time.perf_counter() - began
        times = sorted((self._sent.get(key, math.inf) - at) * 1000 for key, at in self._asked.items())
        by_chat: dict[int, list[float]] = {}
        for (chat, message), at in self._asked.items():
            by_chat.setdefault(chat, []).append((self._sent.get((chat, message), math.inf) - at) * 1000)
        medians = [statistics.median(each) for each in by_chat.values() if len(each) >= 5]
        self.world.forget()
        return Measured(
            way=way,
            questions=len(times),
            seconds=round(seconds, 1),
            **{name: round(times[math.ceil(len(times) * share) - 1], 1) for name, share in SHARES.items()},
            slowest_chat=round(max(medians, default=0.0), 1),
            lost=sum(not self._answers[key] for key in self._asked),
            twice=sum(count > 1 for count in self._answers.values()),
        )


SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


async def one_after_the_other(crowd: Crowd, user: User, *, count: int) -> None:
    """Ask *count* questions, each when the one before is answered; nobody else does."""
    for _ in range(count):
        await crowd.ask(user, crowd.world.private(user))


async def closed_loop(crowd: Crowd, places: Sequence[tuple[User, Chat]], *, seconds: float) -> None:
    """Let everybody ask as fast as they get answers."""
    end = time.perf_counter() + seconds

    async def person(user: User, chat: Chat) -> None:
        while time.perf_counter() < end:
            await crowd.ask(user, chat)

    await asyncio.gather(*(person(user, chat) for user, chat in places))


async def open_loop(crowd: Crowd, people: Sequence[User], *, rate: float, seconds: float) -> None:
    """Let questions come at *rate* a second whether or not the ones before are answered, by chance as in a crowd."""
    chance, tasks = random.Random(11), []
    end = time.perf_counter() + seconds
    due = time.perf_counter()
    while (due := due + chance.expovariate(rate)) < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        user = people[len(tasks) % len(people)]
        tasks.append(asyncio.create_task(crowd.ask(user, crowd.world.private(user))))
    await asyncio.gather(*tasks)


@asynccontextmanager
async def ingesting(files: Path, home: Path, *, seed: int) -> AsyncIterator[None]:
    """Let another process take in one new folder of reports after the other meanwhile, as ``yinju ingest`` does."""
    going_on = asyncio.create_task(_folders(files, home, seed))
    try:
        yield
        if going_on.done():
            going_on.result()
    finally:
        going_on.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await going_on


async def _folders(files: Path, home: Path, seed: int) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as writer:  # what is measured is left alone
        for number in itertools.count(seed):
            folder = files / str(number)
            await asyncio.get_running_loop().run_in_executor(writer, written, folder, number)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "ingest", str(folder), "--data-dir", str(home),
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
                env=os.environ | {"YINJU_INGEST__PROCESSES": "1"},
            )  # fmt: skip
            try:
                if code := await process.wait():
                    raise RuntimeError(f"the ingest has failed (exit {code})")
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()


def written(folder: Path, seed: int, *, files: int = A_FOLDER) -> list[str]:
    """Write *files* reports of our own into a folder, and give their texts."""
    texts = []
    for name, text in made_reports.reports(files, seed=seed):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        texts.append(text)
    return texts


def asked_of(texts: Sequence[str], *, count: int) -> list[str]:
    """Make questions of words that the reports hold."""
    chance = random.Random(5)
    sentences = [one for text in texts for one in text.replace("\n", "。").split("。") if len(one) > 12]
    made = []
    for _ in range(count):
        sentence = chance.choice(sentences)
        start = chance.randrange(len(sentence) - 10)
        made.append(sentence[start : start + chance.randint(4, 10)] + chance.choice(["", "多少", "有哪些", "怎么做的"]))
    return made


def megabytes() -> float:
    """Tell how much memory this process holds (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def leak(crowd: Crowd, people: Sequence[User], *, count: int) -> list[float]:
    """Ask *count* questions and tell the megabytes held after the first tenth and at each quarter."""
    marks = []
    stops = [count // 10, *(count * n // 4 for n in range(1, 5))]
    for first, last in zip([0, *stops], stops, strict=False):
        for start in range(first, last, 10):
            some = people[: min(10, last - start)]
            await crowd.measure("", asyncio.gather(*(crowd.ask(one, crowd.world.private(one)) for one in some)))
            for one in some:  # the played world remembers every message; Telegram's memory is not ours
                crowd.world.private(one).messages.clear()
            crowd.world.callbacks.clear()
        marks.append(round(megabytes(), 1))
    return marks


def _machine(busy: float) -> dict[str, Any]:
    """Name the machine; *busy* is its load average before the first question, which is others' work."""
    return {
        "cores": os.cpu_count(),
        "load before": round(busy, 1),
        "system": platform.platform(),
        "python": sys.version.split()[0],
    }


async def _all(home: Path, *, files: int, seconds: float, questions: int) -> dict[str, Any]:
    busy = os.getloadavg()[0]
    held = written(home / "held", 2026, files=files)
    async with open_library(load(data_dir=home / "data")) as library:
        async for result in library.ingester.ingest([home / "held"]):
            assert result.status == "added", result.error
    world = OfflineTelegram(floods=True)
    people = [world.person(f"{number}号") for number in range(200)]
    crowd_people = people[:PEOPLE]
    groups = [world.supergroup(f"{number}号群", *crowd_people) for number in range(GROUPS)]
    places = [(user, world.private(user)) for user in crowd_people[:PRIVATE]]
    places += [(user, groups[number % GROUPS]) for number, user in enumerate(crowd_people[PRIVATE:])]
    async with Service(world, home / "data", flood_limits=True, errors_expected=True, limits=LIFTED) as service:
        crowd = Crowd(service, asked_of(held, count=2000))
        await crowd.measure("", open_loop(crowd, people, rate=10, seconds=3))  # what comes first warms up
        world.floods = False
        found = [await crowd.measure("idle", one_after_the_other(crowd, people[0], count=questions // 2))]
        world.floods = True
        for rate in (10, 30):
            way = f"{rate} a second"
            found.append(await crowd.measure(way, open_loop(crowd, people, rate=rate, seconds=seconds)))
        async with ingesting(home / "coming", home / "data", seed=1):
            found.append(await crowd.measure("50 people", closed_loop(crowd, places, seconds=2 * seconds)))
        world.floods = False
    async with Service(world, home / "data", flood_limits=False, limits=LIFTED) as service:
        crowd = Crowd(service, asked_of(held, count=2000))
        async with ingesting(home / "coming", home / "data", seed=1001):
            way = closed_loop(crowd, places, seconds=seconds)
            found.append(await crowd.measure("50 people, no flood limits", way))
        asking = one_after_the_other(crowd, people[0], count=questions // 2)
        found.append(await crowd.measure("idle again", asking))
    ten, closed, unlimited = found[1], found[3], found[4]
    # Of before and after: what else the machine does changes while this runs.
    usual, rare = ((getattr(found[0], name) + getattr(found[-1], name)) / 2 for name in ("p50", "p99"))
    return {
        "reports": files,
        "ways": [asdict(one) for one in found],
        "lost": sum(one.lost for one in found),
        "twice": sum(one.twice for one in found),
        "p99 at 10 a second to idle p99 (at most 5)": round(ten.p99 / rare, 2),
        "p95 of 50 people to idle p50 (at most 60)": round(closed.p95 / usual, 1),
        "the same without flood limits": round(unlimited.p95 / usual, 1),
        "machine": _machine(busy),
    }


async def _leak(home: Path, *, files: int, questions: int) -> dict[str, Any]:
    made = list(made_reports.reports(files, seed=2026))
    world = OfflineTelegram()
    people = [world.person(f"{number}号") for number in range(10)]
    async with Service(world, home / "data", flood_limits=False, limits=LIFTED) as service:
        for name, text in made:
            await service.ingest(name, text)
        crowd = Crowd(service, asked_of([text for _, text in made], count=2000))
        return {"questions": questions, "megabytes": await leak(crowd, people, count=questions)}


@click.command()
@click.option("--files", default=200, show_default=True, help="How many reports are held at first.")
@click.option("--seconds", default=30.0, show_default=True, help="How long each way of asking lasts.")
@click.option("--questions", default=300, show_default=True, help="How many are asked of the idle bot.")
@click.option("--leak", "leaking", default=0, help="Ask so many questions instead, and look at the memory.")
def main(files: int, seconds: float, questions: int, leaking: int) -> None:
    """Measure answers to a crowd against those of an idle bot."""
    logging.disable()  # every flood limit that is met would be a line
    home = Path(tempfile.mkdtemp(prefix="yinju-bench-"))
    try:
        if leaking:
            figures = asyncio.run(_leak(home, files=files, questions=leaking))
        else:
            figures = asyncio.run(_all(home, files=files, seconds=seconds, questions=questions))
    finally:
        shutil.rmtree(home)
    if "ways" in figures:
        table = Table("way", "questions", "s", "p50 ms", "p95 ms", "p99 ms", "slowest chat", "lost", "twice")
        for one in figures["ways"]:
            table.add_row(*map(str, one.values()))
        Console(stderr=True).print(table)
    click.echo(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
