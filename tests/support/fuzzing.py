"""Inputs that nobody would write: made from good ones by chance, and what must hold whatever they are.

A target makes an input from a seed and checks it. What fails is kept in ``tests/findings/<target>/`` and is tried
again by ``make test`` for ever after. ``python -m tests.support.fuzzing --minutes 30`` (``make fuzz``) goes on as long
as it is told.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import seed

import config
from bot.offline import OfflineTelegram
from bot.views import plain
from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.errors import ReadError
from corpus.model import Parsed
from corpus.readers import ReadLimits
from corpus.structure import parse
from tests.corpus.test_hostile_files import ARTICLE, GOOD, HOSTILE
from tests.support import strangers
from tests.support.botapi import wrong_calls
from tests.support.reports import LIBRARY
from tests.support.service import Service

FINDINGS = Path(__file__).parent.parent / "findings"
RULES = load_rules(config.resource("noise.toml"))
LIMITS = ReadLimits(bytes=1_000_000, characters=100_000, line=20_000, members=100, unpacked=2_000_000, pages=20)

Check = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True)
class Target:
    """Make an input from a chance, and check it; a check that fails raises."""

    make: Callable[[Random], bytes]
    check: Check


# ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = (
    "一、", "（一）", "1.", "第一章", "# ", "## ", "###### ", "\u3000\u3000", "\n", "\n\n", "\r\n", "\u2028",
    "\x0c", "\x00", "县水利局", "2023年5月18日", "第 7 期", "（总第108期）", "**", "***", "……", "“", "”",
    "《", "》", "。", "，", "；", "：", "、", "隐患27个", "百分之三十", "二〇二三年", "去年", "本报告",
    "来源：", "http://a.example/x?y=1", "<b>", "&lt;", "&#0;", "|", "|---|", "目  录", "……………12", "- 3 -",
    "\u200b", "\ufeff", "\u202e", "𠮷", "😀", "👨‍👩‍👧", "e\u0301", "\ud83d", "ﷺ", "Ａ", "㈠", "½", "0" * 40,
    "甲" * 300, "(" * 60, "\"", "-水库", "标题:", "年份:2023", "单位:水利局", "AND", "*", "%",
    "'; DROP TABLE reports; --", "石桥村发现了多少个隐患", "哪些", "和", "与", "比较", "那柳林村呢", "？", "?",
    "怎么样", "多少", "{id}", "{0}", "%s", "\\", "../",
)  # fmt: skip


def words(chance: Random, most: int = 40) -> str:
    """Put pieces together, now and then cutting one."""
    made = []
    for _ in range(chance.randint(0, most)):
        piece = chance.choice(PIECES)
        made.append(piece if chance.random() < 0.8 else piece[: chance.randint(0, len(piece))])
        if chance.random() < 0.1:
            made.append(
                chr(chance.choice((chance.randrange(0x20), chance.randrange(0x250), chance.randrange(0x10FFFF))))
            )
    return "".join(made)


def encoded(text: str) -> bytes:
    """Write text down, halves of pairs too."""
    return text.encode("utf-8", "surrogatepass")


def decoded(content: bytes) -> str:
    """Read what ``encoded`` wrote; of anything else what can be read."""
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


def spoiled(chance: Random, content: bytes) -> bytes:
    """Cut, flip, double, fill and insert."""
    changed = bytearray(content)
    for _ in range(chance.choice((0, 1, 1, 2, 4, 16, 64))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                del changed[at : at + chance.choice((1, 4, 100, 5000))]
            case 1 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 2:
                changed[at:at] = changed[at : at + chance.choice((1, 16, 1000))] * chance.choice((1, 2, 50))
            case 3:
                changed[at:at] = chance.choice((b"\0", b"\xff", b"<", b"(", b"\n", b"\x1b", b"PK\x03\x04")) * 9
            case 4:
                changed[at : at + 8] = chance.randbytes(8)
            case _:
                changed[at:at] = encoded(words(chance, 3))
    return bytes(changed[:900_000])


_GOOD: dict[str, bytes] = {}


def a_file(chance: Random) -> bytes:
    """Make a file: its name, a line break, its bytes."""
    if not _GOOD:
        _GOOD.update({name: make() for name, make in GOOD.items()})
        _GOOD.update({f"{n}-{one[0]}"[-60:]: one[1]() for n, one in enumerate(HOSTILE.values()) if "/" not in one[0]})
    name = chance.choice(sorted(_GOOD))
    content = spoiled(chance, _GOOD[name])
    if chance.random() < 0.1:
        name = chance.choice(("a.txt", "a.md", "a.docx", "a.pdf", "a.html", "a.zip"))
    return encoded(name.replace("\n", " ")) + b"\n" + content


def a_text(chance: Random) -> bytes:
    """Make a report as text or Markdown."""
    lines = [words(chance, 12) for _ in range(chance.randint(0, 40))]
    for line in ARTICLE.title, "一、抓学习", "全镇办结民生实事三十五件，群众满意。":
        lines.insert(chance.randint(0, len(lines)), line)
    return encoded("\n".join(lines))


def a_question(chance: Random) -> bytes:
    """Make a question, and perhaps the one before it."""
    return encoded(words(chance, 12) + ("\x1e" + words(chance, 6) if chance.random() < 0.3 else ""))


DATA = (
    "v1:AAAAAAAAAAAA:0:0", "f1:AAAAAAAAAAAA:0:0:1", "r1:0", "c1:aaaaaaaaaaaa", "o1:aaaaaaaaaaaa:0:0",
    "p1:aaaaaaaaaaaa-1:0", "s1:q:3", "s1:l:en", "x1:yes", "u1:AAAAAAAAAAAA:y", "d1:aaaaaaaaaaaa:y",
    "h1:aaaaaaaaaaaa:1", "q1:0", "g1:aaaaaaaaaaaa:0", "reports", "start=p_aaaaaaaaaaaa-1",
)  # fmt: skip


def a_press(chance: Random) -> bytes:
    """Make the data of a button, as a forged client would send it: at most 64 bytes."""
    return spoiled(chance, chance.choice(DATA).encode())[:64]


# ── Checking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def verbatim(parsed: Parsed) -> None:
    """Hold a parsed report to its promise: passages and noise are the source's own characters."""
    for passage in parsed.passages:
        assert passage.text == "".join(piece.of(parsed.text) for piece in passage.pieces)
        assert passage.text.strip(), "an empty passage"
    for piece in parsed.noise:
        assert piece.text == piece.span.of(parsed.text)
    assert len({passage.id for passage in parsed.passages}) == len(parsed.passages)
    json.dumps([plain.passage(passage) for passage in parsed.passages])


async def read(content: bytes) -> None:
    """Read a file as ingest does: reports or errors of one line, nothing else."""
    name, _, rest = content.partition(b"\n")
    began = time.process_time()
    for each in readers.parse_all(rest, name=decoded(name), limits=LIMITS):
        if isinstance(each, ReadError):
            assert str(each).isprintable(), str(each)
        else:
            verbatim(parse(clean(each, RULES)))
    assert time.process_time() - began < 30, "it takes too long"


async def structure(content: bytes) -> None:
    """Parse a text as two kinds of file."""
    for name in ("a.txt", "a.md"):
        await read(name.encode() + b"\n" + decoded(content).encode("utf-8", "replace"))


def targets(serving: Service) -> dict[str, Target]:
    """List what is fuzzed; queries and presses on a service that is open."""
    world = serving.world
    reader = world.person("小王")

    async def ask(content: bytes) -> None:
        question, _, before = decoded(content).partition("\x1e")
        answer = await serving.library.answer(question, context=[before] if before else [])
        for quote in answer.quotes:
            assert quote.text in quote.passage.text
            assert 0 <= quote.answer.start <= quote.answer.end <= len(quote.text)
            assert all(0 <= span.start <= span.end <= len(quote.text) for span in quote.highlights)
        json.dumps(plain.answer(answer))
        said = question.encode("utf-8", "replace").decode()[:4000]
        if said.strip():
            await world.say(said, user=reader)
            await heard()

    async def press(content: bytes) -> None:
        data = content.decode("utf-8", "ignore")
        if not data:
            return
        message = world.from_bot(world.private(reader))[-1]
        query = await world.press_data(message, data, user=reader)
        await world.say(f"/start {data}"[:64], user=reader)
        await heard()
        assert query.answered, data

    async def heard() -> None:
        await world.quiet(30)
        assert not serving.errors, serving.errors
        assert not (wrong := wrong_calls(world)), wrong
        world.forget()

    return {
        "readers": Target(a_file, read),
        "structure": Target(a_text, structure),
        "pages": Target(strangers.a_page, read),
        "word files": Target(strangers.a_word_file, read),
        "archives": Target(strangers.an_archive, read),
        "settings": Target(strangers.a_table, strangers.settings),
        "understanding": Target(a_question, strangers.understood),
        "queries": Target(a_question, ask),
        "presses": Target(a_press, press),
    }


@asynccontextmanager
async def opened(folder: Path) -> Any:
    """Serve a small library to the targets that need one."""
    limits = {"questions_per_person": 10**6, "questions_per_chat": 10**6}
    async with Service(OfflineTelegram(), folder, limits=limits) as serving:
        for name, text in LIBRARY.items():
            await serving.ingest(name, text)
        await serving.world.ask("石桥村发现了多少个隐患", user=serving.world.person("小李"))
        await serving.world.ask("/start", user=serving.world.person("小张"))
        found = targets(serving)
        await found["queries"].check(encoded("石桥村发现了多少个隐患"))
        yield found


def kept(target: str) -> Iterator[bytes]:
    """Give what was found before."""
    for path in sorted((FINDINGS / target).glob("*")):
        yield path.read_bytes()


# ── Going on for long ────────────────────────────────────────────────────────────────────────────────────────────────


async def _fuzz(minutes: float, start: int) -> int:
    ends, tried, found = time.monotonic() + minutes * 60, dict[str, int](), 0
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as listed:
            for number in itertools.count(start):
                for name, target in listed.items():
                    content = target.make(Random(f"{name} {number}"))
                    tried[name] = tried.get(name, 0) + 1
                    try:
                        await target.check(content)
                    except Exception:
                        found += 1
                        path = FINDINGS / name / hashlib.sha256(content).hexdigest()[:12]
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(content)
                        print(f"found: {path}", traceback.format_exc(limit=-4), flush=True)
                        if found >= 20:
                            return found
                if number % 200 == 0:
                    found += _render(number)
                    print(f"{tried}, {found} found", flush=True)
                if time.monotonic() > ends:
                    break
    print(f"fuzzed {sum(tried.values())} inputs: {tried}; {found} found", flush=True)
    return found


def _render(number: int) -> int:
    """Run the properties of everything that is shown, with another seed."""
    from tests.bot.views import test_answers

    found = 0
    for name, test in vars(test_answers).items():
        if name.startswith("test_") and hasattr(test, "hypothesis"):
            try:
                seed(number)(test)()
            except Exception:
                found += 1
                print(f"found: {name}", traceback.format_exc(limit=-4), flush=True)
    return found


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--start", type=int, default=int(time.time()))
    given = arguments.parse_args()
    sys.exit(1 if asyncio.run(_fuzz(given.minutes, given.start)) else 0)
