"""Updates: repeated until confirmed, fetched by one listener at a time."""

from __future__ import annotations

import asyncio
import json

import pytest
from telegram import (
    Update,
)
from telegram.error import (
    Conflict,
    InvalidToken,
)

from bot.offline import OfflineTelegram
from tests.support.echoing import bot_of, collecting, echoing, seen
from tests.support.running import running


async def test_updates_come_again_until_they_are_confirmed(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    for text in "一二三":
        await world.say(text, user=wang)
    async with bot_of(world) as bot:
        first = await bot.get_updates(limit=2)
        again = await bot.get_updates()
        rest = await bot.get_updates(offset=first[-1].update_id + 1)
        last = await bot.get_updates(offset=-1)
        assert await bot.get_updates(offset=last[0].update_id + 1, timeout=0) == ()
    texts = [[update.message and update.message.text for update in updates] for updates in (first, again, rest, last)]
    assert texts == [["一", "二"], ["一", "二", "三"], ["三"], ["三"]]


async def test_an_update_can_be_made_to_come_twice(telegram: OfflineTelegram) -> None:
    updates: list[Update] = []
    async with running(telegram, collecting(updates)):
        await telegram.say("一", user=telegram.person("小王"))
        await telegram.quiet()
        telegram.updates.repeat(telegram.updates.history[-1])
        await telegram.quiet()
    assert len(updates) == 2
    assert updates[0].update_id == updates[1].update_id


async def test_pending_updates_are_dropped_only_on_request(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    async with bot_of(world) as bot:
        for drop in (False, True):
            await world.say("一", user=wang)
            await bot.delete_webhook(drop_pending_updates=drop)
            assert len(world.updates.pending) == (0 if drop else 1)
        await world.say("一", user=wang)
        await bot.set_webhook("https://example.org/hook", drop_pending_updates=True)
        assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_what_nobody_fetches_for_a_day_is_gone() -> None:
    now = 1_000_000.0
    world = OfflineTelegram(clock=lambda: now)
    wang = world.person("小王")
    await world.say("昨天", user=wang)
    now += 24 * 60 * 60 + 1
    await world.say("今天", user=wang)
    assert [update.message and update.message.text for update in await seen(world)] == ["今天"]


async def test_what_a_stopped_bot_missed_reaches_the_next_one(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    async with running(telegram, echoing):
        await telegram.say("一", user=wang)
        await telegram.quiet()
    await telegram.say("二", user=wang)
    async with running(telegram, echoing):
        await telegram.quiet()
    assert [message.text for message in telegram.from_bot(telegram.private(wang))] == ["一！", "二！"]


async def test_the_second_poller_ends_the_first(world: OfflineTelegram) -> None:
    async with bot_of(world) as one, bot_of(world) as other:
        first = asyncio.create_task(one.get_updates(timeout=5))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await world.say("好", user=world.person("小王"))
        assert len(await second) == 1


async def test_polling_is_a_conflict_while_a_webhook_is_set(world: OfflineTelegram) -> None:
    async with bot_of(world) as bot:
        await bot.set_webhook("https://example.org/hook", secret_token="a-secret")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).url == "https://example.org/hook"
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_a_wrong_token_is_unauthorized_and_an_unknown_method_not_found(world: OfflineTelegram) -> None:
    with pytest.raises(InvalidToken):
        await bot_of(world, "4242:other").initialize()
    with pytest.raises(InvalidToken):
        await bot_of(world, "malformed").initialize()
    assert world.calls == []
    assert await world.call(world.token, "sendNothing", {}, {}) == (
        404,
        b'{"ok": false, "error_code": 404, "description": "Not Found"}',
    )
    status, body = await world.call(world.token, "SENDMESSAGE", {"chat_id": "1", "reply_markup": "{"}, {})
    assert (status, json.loads(body)["description"]) == (400, "Bad Request: can't parse reply markup JSON object")
