"""Faults and floods between the bot and the played Telegram."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import (
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.offline import Fault, OfflineTelegram
from tests.support.echoing import bot_of, echoing
from tests.support.running import Way, running


@pytest.mark.parametrize("way", ["inside", "polling"])
@pytest.mark.parametrize(
    ("fault", "error", "carried_out"),
    [
        (Fault.flood(7), RetryAfter, False),
        (Fault.server_error(502), NetworkError, False),
        (Fault.refusal(500, "Internal Server Error"), NetworkError, False),
        (Fault.timeout(), TimedOut, False),
        (Fault.reset(), NetworkError, False),
        (Fault.garbage(), TelegramError, False),
        (Fault.garbage(b""), TelegramError, False),
        (Fault.timeout(carried_out=True), TimedOut, True),
        (Fault.reset(carried_out=True), NetworkError, True),
    ],
    ids=lambda value: f"{value.lost or value.status}" if isinstance(value, Fault) else None,
)
async def test_a_fault_spoils_one_call_and_no_more(
    telegram: OfflineTelegram, way: Way, fault: Fault, error: type[TelegramError], carried_out: bool
) -> None:
    wang = telegram.person("小王")
    telegram.private(wang).members[telegram.bot.id] = "member"
    async with running(telegram, echoing, way) as application:
        telegram.faults["sendMessage"].append(fault)
        with pytest.raises(error) as raised:
            await application.bot.send_message(wang.id, "一", read_timeout=0.3)
        if isinstance(raised.value, RetryAfter):
            assert raised.value.retry_after == timedelta(seconds=7)
        assert bool(telegram.from_bot(telegram.private(wang))) is carried_out
        await application.bot.send_message(wang.id, "二")
    assert telegram.from_bot(telegram.private(wang))[-1].text == "二"
    assert [call.status for call in telegram.calls_of("sendMessage")] == [None if fault.lost else fault.status, 200]


@pytest.mark.parametrize("way", ["inside", "polling"])
async def test_after_an_outage_the_bot_goes_on_and_nothing_is_lost(telegram: OfflineTelegram, way: Way) -> None:
    wang = telegram.person("小王")
    async with running(telegram, echoing, way):
        telegram.faults.outage = Fault.reset()
        await telegram.say("一", user=wang)
        with pytest.raises(TimeoutError, match=r"updates not confirmed \['message'\], calls under way \[\]"):
            await telegram.quiet(0.1)
        telegram.faults.outage = None
        await telegram.quiet()
    assert [message.text for message in telegram.from_bot(telegram.private(wang))] == ["一！"]


async def test_any_call_and_a_slow_call_can_be_spoiled(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    async with running(telegram, echoing) as application:
        telegram.faults["*"].append(Fault.server_error(504))
        with pytest.raises(NetworkError, match="Gateway Timeout"):
            await application.bot.get_me()
        telegram.faults["sendMessage"].append(Fault.slow(0.05))
        await telegram.say("一", user=wang)
        await telegram.quiet()
        assert len(telegram.from_bot(telegram.private(wang))) == 1


def seconds(period: int | timedelta) -> float:
    return period.total_seconds() if isinstance(period, timedelta) else period


async def test_flood_limits_bite_when_they_are_switched_on() -> None:
    now = 1_000_000.0
    world = OfflineTelegram(floods=True, clock=lambda: now)
    people = [world.person(f"{n}") for n in range(40)]
    for one in people:
        await world.say("/start", user=one)
    group = world.group("群")

    async def sent(chat_id: int) -> float:
        try:
            await bot.send_message(chat_id, "一")
        except RetryAfter as error:
            return seconds(error.retry_after)
        return 0

    async with bot_of(world) as bot:
        assert [await sent(people[0].id), await sent(people[0].id), await sent(people[1].id)] == [0, 1, 0]
        now += 1
        assert [await sent(one.id) for one in people] == [0] * 30 + [1] * 10
        for _ in range(20):
            now += 1
            assert await sent(group.id) == 0
        now += 1
        assert await sent(group.id) == 40
        now += 40
        assert await sent(group.id) == 0
