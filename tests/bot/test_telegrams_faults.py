"""What Telegram and the network do to a bot: a row of the README's table each, and what comes of it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import inbox, serving
from bot.offline import Chat, Fault, OfflineTelegram, User
from bot.serving import ServingError, serve
from config.layers import load
from corpus.bootstrap import open_library
from corpus.errors import StoreError
from corpus.store import Conversations
from tests.support.counts import counts
from tests.support.loopback import Loopback
from tests.support.service import Service

LIMITS = {"questions_per_person": 1000, "questions_per_chat": 1000}
ASKED = "石桥村发现了多少个隐患"
FOUND = "隐患27个"

# Telegram did not do what it was asked, or did it and the reply was lost.
NOT_DONE = {
    "500": Fault.server_error(500),
    "502 from a gateway": Fault.server_error(502),
    "504": Fault.server_error(504),
    "429 without a time": Fault.refusal(429, "Too Many Requests"),
    "a reset": Fault.reset(),
    "a hang": Fault.timeout(),
    "half a JSON": Fault.garbage(),
    "nothing": Fault.garbage(b""),
    "JSON that is no reply": Fault.garbage(b"{}"),
    "JSON that is no object": Fault.garbage(b"[]"),
    "null": Fault.garbage(b"null"),
}
REPLY_LOST = {
    "a reset": Fault.reset(carried_out=True),
    "a hang": Fault.timeout(carried_out=True),
    "half a JSON": Fault.garbage(carried_out=True),
}


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(inbox, "LONGEST_PAUSE", 0.05)
    counts["faults injected"] += 1


@pytest.fixture
async def service(telegram: OfflineTelegram, data_dir: Path) -> AsyncIterator[Service]:
    """Serve, where calls fail."""
    async with Service(telegram, data_dir, errors_expected=True) as serving_:
        yield serving_


async def settle(telegram: OfflineTelegram, service: Service) -> None:
    """Wait until the bot is done, also with what it put off."""
    await telegram.quiet(20)
    while service.application.waiting:
        await telegram.bell.wait(0.02)
        await telegram.quiet(20)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - what is waited for happens in the played world and rings no bell
            await asyncio.sleep(0.005)


def answers(world: OfflineTelegram, chat: Chat) -> int:
    return sum(FOUND in message.text for message in world.from_bot(chat))


@pytest.mark.parametrize("name", NOT_DONE)
async def test_an_answer_that_did_not_go_out_goes_out_once(
    telegram: OfflineTelegram, service: Service, wang: User, name: str
) -> None:
    telegram.faults["sendMessage"].extend([NOT_DONE[name]] * 3)
    await telegram.say(ASKED, user=wang)
    await settle(telegram, service)
    counts["questions asked"] += 1
    counts["questions lost"] += not answers(telegram, telegram.private(wang))
    assert answers(telegram, telegram.private(wang)) == 1


@pytest.mark.parametrize("name", REPLY_LOST)
async def test_an_answer_whose_reply_was_lost_is_given_again_rather_than_never(
    telegram: OfflineTelegram, service: Service, wang: User, name: str
) -> None:
    telegram.faults["sendMessage"].append(REPLY_LOST[name])
    await telegram.say(ASKED, user=wang)
    await settle(telegram, service)
    assert answers(telegram, telegram.private(wang)) == 2
    await service.restart()
    await telegram.quiet()
    assert answers(telegram, telegram.private(wang)) == 2


@pytest.mark.parametrize("name", [*NOT_DONE, "the press has expired"])
async def test_a_page_is_turned_though_the_press_could_not_be_answered(
    telegram: OfflineTelegram, service: Service, wang: User, name: str
) -> None:
    expired = Fault.refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    [answer] = await telegram.ask(ASKED, user=wang)
    before = answer.text
    telegram.faults["answerCallbackQuery"].append(NOT_DONE.get(name, expired))
    telegram.faults["editMessageText"].extend([] if name not in NOT_DONE else [NOT_DONE[name]] * 2)
    await telegram.press(answer, "1 上下文")
    await settle(telegram, service)
    # An answer that cannot be read as a reply is no outage; the press was told, as far as we know.
    assert answer.text != before


async def test_faults_of_getupdates_lose_nothing_and_repeat_nothing(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = {**NOT_DONE, **{f"{name}, delivered": fault for name, fault in REPLY_LOST.items()}}
    faults["429"] = Fault.flood(1)

    async def through(number: int, fault: Fault) -> int:
        world = OfflineTelegram()
        wang = world.person("小王")
        folder = Path(shutil.copytree(data_dir, tmp_path / f"{number}"))
        # Of copies of one data directory each needs a collection of its own; the service reads this as it starts.
        monkeypatch.setenv("YINJU_RETRIEVAL__MILVUS__COLLECTION", f"t{uuid.uuid4().hex}")
        async with Service(world, folder):
            world.faults["getUpdates"].append(fault)
            await world.say(ASKED, user=wang)
            await world.quiet(30)
        return answers(world, world.private(wang))

    counts["faults injected"] += len(faults)
    came = await asyncio.gather(*(through(number, fault) for number, fault in enumerate(faults.values())))
    assert dict(zip(faults, came, strict=True)) == dict.fromkeys(faults, 1)


async def test_a_flood_limit_in_one_chat_stalls_no_other(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User
) -> None:
    async with Service(telegram, data_dir, flood_limits=True, limits=LIMITS):
        telegram.faults["sendMessage"].append(Fault.flood(2))
        for _ in range(40):
            await telegram.say(ASKED, user=wang)
        await until(lambda: telegram.calls_of("sendMessage"))
        await telegram.say(ASKED, user=li)
        await until(lambda: answers(telegram, telegram.private(li)))
        # In the chat that waits nothing else is tried meanwhile, which would only take its room.
        assert [call.parameters["chat_id"] for call in telegram.calls_of("sendMessage")] == [wang.id, li.id]
        await telegram.quiet(30)
    assert answers(telegram, telegram.private(wang)) == 40


async def test_when_the_house_is_full_a_polite_word_is_said_once_a_minute_and_nothing_else(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User
) -> None:
    async with Service(telegram, data_dir, flood_limits=True, limits={**LIMITS, "waiting": 100}) as serving_:
        telegram.faults.outage = Fault.reset()
        for _ in range(30):
            await telegram.say(ASKED, user=wang)
        telegram.faults.outage = None
        # The word and the answer to somebody else may meet one of them.
        telegram.faults["sendMessage"].extend([Fault.slow(2)] * 2)
        await telegram.say(ASKED, user=li)
        await telegram.quiet(30)
        assert serving_.application.turns.waiting == 0
    chat = telegram.private(wang)
    words = [message for message in telegram.from_bot(chat) if "现在提问的人太多" in message.text]
    assert (answers(telegram, chat), len(words)) == (10, 1)  # a tenth of the house is one chat's share
    assert answers(telegram, telegram.private(li)) == 1


async def test_a_press_when_the_house_is_full_is_answered(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(ASKED, user=wang)
    service.application.turns._most = 0
    query = await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    assert (query.alert, query.answered) == (True, True)
    [said] = telegram.calls_of("answerCallbackQuery")
    assert "现在提问的人太多" in said.parameters["text"]


async def test_while_nothing_can_be_written_telegram_keeps_what_is_to_come(
    telegram: OfflineTelegram, service: Service, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, tries = Conversations.receive, []

    async def full(self: Conversations, update_id: int, body: str) -> bool:
        tries.append(update_id)
        if len(tries) < 5:
            raise StoreError("the disk is full")
        return await receive(self, update_id, body)

    monkeypatch.setattr(Conversations, "receive", full)
    await telegram.say(ASKED, user=wang)
    await until(lambda: len(tries) >= 2)
    assert telegram.updates.pending, "not confirmed"
    await telegram.quiet()
    assert answers(telegram, telegram.private(wang)) == 1


async def test_told_to_stop_while_a_limit_holds_it_up_it_stops_and_the_next_run_answers(
    telegram: OfflineTelegram, service: Service, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "GRACE_SECONDS", 0.1)
    service.flood_limits = True
    await service.restart()
    telegram.faults["sendMessage"].append(Fault.flood(3600))
    await telegram.say(ASKED, user=wang)
    await until(lambda: telegram.calls_of("sendMessage"))
    await service._stack.aclose()
    assert answers(telegram, telegram.private(wang)) == 0
    telegram.faults["sendMessage"].clear()
    await service.__aenter__()
    await telegram.quiet()
    assert answers(telegram, telegram.private(wang)) == 1


# ── A whole run ──────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def run(
    world: OfflineTelegram, data_dir: Path, *, address: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run what ``yinju run`` runs, over HTTP."""
    async with Loopback(world) as api:
        settings = load(data_dir=data_dir)
        changes = {"base_url": address or api.base_url, "base_file_url": api.base_file_url}
        settings = settings.model_copy(update={"telegram": settings.telegram.model_copy(update=changes)})
        async with open_library(settings) as library:
            task = asyncio.create_task(serve(library, settings, token=world.token))
            try:
                yield task
            finally:
                if not task.done():
                    os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 30)


async def test_another_poller_ends_it_with_a_sentence(telegram: OfflineTelegram, data_dir: Path) -> None:
    async with run(telegram, data_dir) as task:
        await until(lambda: telegram.polls)
        telegram.faults["getUpdates"].append(
            Fault.refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance")
        )
        wang = telegram.person("小王")
        await telegram.say("/start", user=wang)
        with pytest.raises(ServingError, match="another program is polling with the same token"):
            await task


async def test_a_token_revoked_while_it_serves_ends_it_with_a_sentence(
    telegram: OfflineTelegram, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(telegram, data_dir) as task:
        await until(lambda: telegram.polls)
        telegram.faults["getUpdates"].append(Fault.refusal(401, "Unauthorized"))
        wang = telegram.person("小王")
        await telegram.say("/start", user=wang)
        with pytest.raises(ServingError, match="Telegram has refused the token"):
            await task


async def test_what_was_asked_before_the_token_was_revoked_is_answered_with_the_next(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    telegram.faults["sendMessage"].append(Fault.refusal(401, "Unauthorized"))
    await telegram.say(ASKED, user=wang)
    await until(lambda: service.application.waiting)
    await service.restart()
    await telegram.quiet()
    assert answers(telegram, telegram.private(wang)) == 1


async def test_a_token_refused_at_the_start_ends_it_with_a_sentence(telegram: OfflineTelegram, data_dir: Path) -> None:
    telegram.faults["getMe"].append(Fault.refusal(401, "Unauthorized"))
    async with run(telegram, data_dir) as task:
        with pytest.raises(ServingError, match="Telegram has refused the token"):
            await task


async def test_a_name_that_is_not_found_is_tried_again_and_told_to_stop_it_stops(
    telegram: OfflineTelegram, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with run(telegram, data_dir, address="http://no-such-name.invalid/bot") as task:
        await until(lambda: "Telegram cannot be reached" in caplog.text)
        assert not task.done()
    assert task.exception() is None


async def test_after_an_hour_without_telegram_it_goes_on_and_said_a_line_a_minute_at_most(
    telegram: OfflineTelegram, data_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    wang, now = telegram.person("小王"), 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds  # an hour passes as fast as it is waited for
        await asyncio.sleep(0.001)

    hurried = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    clock = SimpleNamespace(monotonic=lambda: now)
    async with run(telegram, data_dir):
        await telegram.say(ASKED, user=wang)
        await until(lambda: answers(telegram, telegram.private(wang)) == 1)
        monkeypatch.setattr(inbox, "FIRST_PAUSE", 2.0)
        monkeypatch.setattr(inbox, "LONGEST_PAUSE", 60.0)
        monkeypatch.setattr(serving, "time", clock)
        for name in ("bot.inbox", "telegram.ext._utils.networkloop"):
            monkeypatch.setattr(f"{name}.asyncio", hurried)
        telegram.faults["sendMessage"].extend([Fault.reset()] * 3)
        await telegram.say(ASKED, user=wang)  # it is received; then everything is out of reach
        await until(lambda: len(telegram.calls_of("sendMessage")) >= 3)
        telegram.faults.outage, began = Fault.server_error(502), now
        await telegram.say(ASKED, user=wang)
        await until(lambda: now - began > 3600)
        telegram.faults.outage = None
        await until(lambda: answers(telegram, telegram.private(wang)) == 3)
        passed = now - began
    said = [record for record in caplog.records if "cannot be reached" in record.getMessage()]
    assert 1 <= len(said) <= passed / 60 + 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_readmes_table_and_these_tests_are_about_the_same_faults() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (Path(__file__).parents[2] / readme).read_text("utf-8")
        rows = re.findall(r"^\| (?!---)(?:`[^`]+`|[^|])+\|.*`(test_[a-z_]+)`.*\|$", text, flags=re.MULTILINE)
        named = {name for name in globals() if name.startswith("test_")}
        assert len(rows) >= 9
        assert set(rows) <= named
