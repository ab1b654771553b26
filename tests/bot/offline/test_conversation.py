"""A conversation on the played Telegram: inside the process, over HTTP by polling, and by webhook; and its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from telegram import (
    Update,
)
from telegram.ext import (
    Application,
    MessageHandler,
    filters,
)

from bot.offline import Entity, OfflineTelegram
from tests.support.echoing import WAYS, Context, echoing
from tests.support.running import Way, running


@pytest.mark.parametrize("way", WAYS)
async def test_a_question_is_answered_as_a_reply_and_a_button_turns_the_page(
    telegram: OfflineTelegram, way: Way
) -> None:
    async with running(telegram, echoing, way):
        reader = telegram.person("小王")
        question = await telegram.say("几个😀问题", user=reader)
        await telegram.quiet()
        [said, answer] = telegram.messages(telegram.private(reader))
        assert said is question
        assert (answer.text, answer.reply_to) == ("几个😀问题！", question)
        assert answer.entities == (Entity("bold", 0, 6),)
        query = await telegram.press(answer, "更多")
        await telegram.quiet()
        assert (query.answered, query.text) == (True, "好的")
        assert (answer.text, answer.edited, answer.buttons) == ("第二页", True, [])


async def test_asking_returns_what_the_bot_sent_in_answer(telegram: OfflineTelegram) -> None:
    wang, li = telegram.person("小王"), telegram.person("小李", number=77)
    async with running(telegram, echoing):
        await telegram.ask("一", user=wang)
        answers = await telegram.ask("二", user=li)
        assert [(answer.text, answer.chat.id) for answer in answers] == [("二！", 77)]
        telegram.forget()
        assert (telegram.calls, telegram.events, telegram.updates.history) == ([], [], [])
        assert len(telegram.messages(telegram.private(wang))) == 2


@pytest.mark.parametrize("way", WAYS)
async def test_an_edit_by_a_person_reaches_the_bot(telegram: OfflineTelegram, way: Way) -> None:
    async with running(telegram, echoing, way):
        question = await telegram.say("一", user=telegram.person("小王"))
        await telegram.quiet()
        await telegram.edit_message(question, "二")
        await telegram.quiet()
        assert [message.text for message in telegram.messages(question.chat)] == ["二", "一！", "改为 二"]
        assert question.edited


def slowly(**options: Any) -> Callable[[Application[Any, Any, Any, Any, Any, Any]], None]:
    async def answer(update: Update, context: Context) -> None:
        assert update.message
        await asyncio.to_thread(time.sleep, 0.02)  # as a database in a thread: nothing of the loop's is under way
        await update.message.reply_text("慢")
        await asyncio.to_thread(time.sleep, 0.02)
        await update.message.reply_text("慢慢")

    return lambda application: application.add_handler(MessageHandler(filters.TEXT, answer, **options))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("handler", "builder"), [({}, {}), ({"block": False}, {}), ({}, {"concurrent_updates": True})])
async def test_quiet_waits_for_slow_and_for_concurrent_handlers(
    telegram: OfflineTelegram, way: Way, handler: dict[str, Any], builder: dict[str, Any]
) -> None:
    people = [telegram.person(f"{n}") for n in range(3)]
    async with running(telegram, slowly(**handler), way, **builder):
        for one in people:
            await telegram.say("一", user=one)
        await telegram.quiet()
        for one in people:
            assert [message.text for message in telegram.from_bot(telegram.private(one))] == ["慢", "慢慢"]


async def test_quiet_at_a_bot_that_has_nothing_to_do_is_immediate(telegram: OfflineTelegram) -> None:
    async with running(telegram, echoing):
        started = time.monotonic()
        await telegram.quiet()
        assert time.monotonic() - started < 0.5


async def test_for_a_bot_that_is_not_watched_quiet_waits_until_nothing_happens(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    async with running(telegram, slowly()):
        telegram.watch(None)
        await telegram.say("一", user=wang)
        await telegram.quiet(settle=0.2)
    assert len(telegram.from_bot(telegram.private(wang))) == 2


async def test_events_tell_what_people_saw_the_bot_do(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    async with running(telegram, echoing) as application:
        await application.bot.initialize()
        await telegram.say("一", user=wang)
        await telegram.quiet()
        [answer] = telegram.from_bot(telegram.private(wang))
        query = await telegram.press(answer, 0)
        await telegram.quiet()
        await application.bot.send_chat_action(wang.id, "typing")
        await application.bot.delete_message(wang.id, answer.id)
    assert [(event.kind, event.message, event.query) for event in telegram.events] == [
        ("sent", answer, None),
        ("answered", answer, query),
        ("edited", answer, None),
        ("typing", None, None),
        ("deleted", answer, None),
    ]
