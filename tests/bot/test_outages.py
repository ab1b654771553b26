"""When Telegram cannot be reached, or the program is killed: what was asked is answered all the same."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from bot import inbox
from bot.offline import Fault, OfflineTelegram, User
from corpus.bootstrap import open_library
from tests.support.service import Service

ASKED = "石桥村发现了多少个隐患"
FAULTS = {
    "a gateway's page": Fault.server_error(),
    "reset": Fault.reset(),
    "no reply": Fault.timeout(),
    "no JSON": Fault.garbage(),
    "flood": Fault.flood(1),
}


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 0.01)


async def settle(telegram: OfflineTelegram, service: Service) -> None:
    """Wait until the bot is done, also with what it put off."""
    await telegram.quiet()
    while service.application.waiting:
        await telegram.bell.wait(0.02)
        await telegram.quiet()


@pytest.fixture
def _errors_expected(service: Service) -> None:
    service.errors_expected = True


@pytest.mark.usefixtures("_errors_expected")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_an_answer_that_could_not_be_sent_is_sent_later_and_once(
    telegram: OfflineTelegram, service: Service, wang: User, fault: Fault
) -> None:
    telegram.faults["sendMessage"].extend([fault] * 3)
    await telegram.say(ASKED, user=wang)
    await settle(telegram, service)
    [answer] = telegram.from_bot(telegram.private(wang))
    assert "发现隐患27个" in answer.text
    query = await telegram.press(answer, "1 上下文")
    await settle(telegram, service)
    assert (query.answered, answer.edited) == (True, True)
    assert (await service.library.figures.summary()).questions == 1


@pytest.mark.usefixtures("_errors_expected")
async def test_an_outage_is_said_once_a_minute_and_afterwards_all_is_as_before(
    telegram: OfflineTelegram, service: Service, wang: User, li: User, caplog: pytest.LogCaptureFixture
) -> None:
    for user in (wang, li):
        await telegram.ask("/start", user=user)
    await service.application.updater.stop()
    telegram.faults.outage = Fault.reset()
    for update_id, user in enumerate((wang, li), 900_000):
        message = await telegram.say(ASKED, user=user)
        given = {"update_id": update_id, "message": message.json()}
        await service.application.update_queue.put(inbox.Update.de_json(given, service.application.bot))
    while service.application.waiting < 2:
        await telegram.bell.wait(0.01)
    assert [record.levelno for record in caplog.records if record.levelno >= logging.WARNING] == [logging.WARNING]
    telegram.faults.outage = None
    telegram.updates.drop()
    await settle(telegram, service)
    assert all("发现隐患27个" in service.last(telegram.private(user)).text for user in (wang, li))


@pytest.mark.usefixtures("_errors_expected")
async def test_what_could_not_be_sent_before_the_end_is_sent_by_the_next_start(
    telegram: OfflineTelegram, service: Service, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 3600)
    telegram.faults["sendMessage"].append(Fault.reset())
    await telegram.say(ASKED, user=wang)
    await telegram.quiet()
    assert telegram.from_bot(telegram.private(wang)) == []
    await service.restart()
    await telegram.quiet()
    [answer] = telegram.from_bot(telegram.private(wang))
    assert "发现隐患27个" in answer.text


@pytest.mark.usefixtures("_errors_expected")
async def test_a_chat_that_is_not_found_is_remembered_as_closed_and_is_no_error(
    telegram: OfflineTelegram, service: Service, wang: User, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults["sendMessage"].append(Fault.refusal(400, "Bad Request: chat not found"))
    await telegram.say(ASKED, user=wang)
    await settle(telegram, service)
    assert set(await service.library.chats.inactive()) == {wang.id}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert len(telegram.calls_of("sendMessage")) == 1, "it is not tried again"


async def test_killed_between_answering_and_saying_so_the_question_is_answered_once(
    telegram: OfflineTelegram, data_dir: Path, wang: User
) -> None:
    async with Service(telegram, data_dir) as service:
        await telegram.ask(ASKED, user=wang)
    # As a killed process leaves it: the answer stands, the update is not crossed off.
    body = json.dumps(telegram.updates.history[-1])
    async with open_library(service.settings()) as library, library.database.transaction() as transaction:
        transaction.execute("UPDATE updates SET body = ?", (body,))
    async with Service(telegram, data_dir):
        await telegram.quiet()
    [answer] = telegram.from_bot(telegram.private(wang))
    assert "发现隐患27个" in answer.text
