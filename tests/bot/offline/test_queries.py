"""Callback, inline and guest queries on the played Telegram."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.error import (
    BadRequest,
    TelegramError,
)

from bot.offline import Entity, OfflineTelegram
from tests.support.echoing import MORE, WAYS, bot_of, echoing, seen
from tests.support.running import Way, running


async def test_a_callback_is_answered_in_time_or_not_at_all() -> None:
    now = 1_000_000.0
    world = OfflineTelegram(clock=lambda: now)
    wang, li = world.person("小王"), world.person("小李")
    group = world.group("群", wang, li)
    async with bot_of(world) as bot:
        sent = await bot.send_message(group.id, "一", reply_markup=MORE)
        answer = world.from_bot(group)[0]
        assert answer.date == 1_000_000
        old = await world.press(answer, 0, user=li)
        now += 61
        new = await world.press(answer, "more", user=wang)
        await world.delete_message(answer)
        gone = await world.press(answer, answer.buttons[0], user=wang)
        updates = await bot.get_updates()
        assert [update.callback_query and update.callback_query.data for update in updates] == ["more"] * 3
        accessible = [update.callback_query and update.callback_query.message for update in updates]
        assert [message and message.is_accessible for message in accessible] == [True, True, False]
        assert updates[0].callback_query
        assert updates[0].callback_query.from_user.id == li.id
        for query_id in (old.id, "c1"):
            with pytest.raises(
                BadRequest, match="Query is too old and response timeout expired or query id is invalid"
            ):
                await bot.answer_callback_query(query_id)
        await bot.answer_callback_query(new.id, "请稍候", show_alert=True)
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.answer_callback_query(gone.id, "长" * 201)
    assert (old.answered, new.answered, new.text, new.alert, gone.answered) == (False, True, "请稍候", True, False)
    assert sent.message_id == answer.id


async def test_only_buttons_that_are_there_and_call_back_can_be_pressed(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    markup = {"inline_keyboard": [[{"text": "复制出处", "copy_text": {"text": "［1］"}}]]}
    answer = world.stand(world.private(wang), world.bot, "一", reply_markup=markup)
    assert (answer.buttons[0].copies, answer.rows) == ("［1］", [answer.buttons])
    with pytest.raises(LookupError, match="no button '下一页' under the message; there are \\['复制出处'\\]"):
        await world.press(answer, "下一页")
    with pytest.raises(ValueError, match="the button '复制出处' does not call back"):
        await world.press(answer, "复制出处")


async def test_a_forged_press_reaches_the_bot(world: OfflineTelegram) -> None:
    wang, li = world.person("小王"), world.person("小李")
    answer = world.stand(world.private(wang), world.bot, "一")
    await world.press_data(answer, "v1:7:2", user=li)
    [update] = await seen(world)
    assert update.callback_query
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("v1:7:2", li.id)


@pytest.mark.parametrize("way", WAYS)
async def test_an_inline_query_is_answered_and_a_chosen_result_is_sent_and_edited(
    telegram: OfflineTelegram, way: Way
) -> None:
    wang, li = telegram.person("小王"), telegram.person("小李")
    elsewhere = telegram.group("别处", wang, li, bot=None)
    async with running(telegram, echoing, way) as application:
        query = await telegram.inline_query("四优", user=wang)
        await telegram.quiet()
        assert query.answered
        assert [(event.kind, event.query) for event in telegram.events] == [("answered", query)]
        assert ([result["title"] for result in query.results], query.next_offset) == (["题"], "10")
        sent = await telegram.choose(query, 0, chat=elsewhere)
        assert (sent.text, sent.entities, sent.via_bot) == ("四优", (Entity("italic", 0, 2),), telegram.bot)
        await application.bot.edit_message_text("改", inline_message_id=sent.inline_id)
        assert sent.text == "改"
        await telegram.quiet()


def articles(count: int, *, text: str = "文", number: str = "{}") -> list[InlineQueryResultArticle]:
    content = InputTextMessageContent(text)
    return [InlineQueryResultArticle(number.format(n), "题", content) for n in range(count)]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"results": articles(51)}, "RESULTS_TOO_MUCH"),
        ({"results": articles(2, number="同")}, "RESULT_ID_DUPLICATE"),
        ({"results": articles(1, number="号" * 22)}, "RESULT_ID_INVALID"),
        ({"results": articles(1, text="长" * 4097)}, "message is too long"),
        ({"results": [], "next_offset": "下" * 22}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": InlineQueryResultsButton("用法", start_parameter="不行")}, "START_PARAM_INVALID"),
    ],
)
async def test_inline_answers_beyond_telegrams_limits_are_refused(
    world: OfflineTelegram, given: dict[str, Any], fault: str
) -> None:
    query = await world.inline_query("四优", user=world.person("小王"))
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest):
            await Bot.answer_inline_query(bot, query.id, **given)
        assert world.calls[-1].error == f"Bad Request: {fault}"
        assert not query.answered
        button = InlineQueryResultsButton("用法", start_parameter="help")
        await bot.answer_inline_query(query.id, articles(50), button=button)
        assert query.button == {"text": "用法", "start_parameter": "help"}
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_inline_query(query.id, [])


@pytest.mark.parametrize("way", WAYS)
async def test_a_mention_where_the_bot_is_no_member_is_a_guest_query_answered_once(
    telegram: OfflineTelegram, way: Way
) -> None:
    wang, li = telegram.person("小王"), telegram.person("小李")
    chats = [telegram.supergroup("别处", wang, bot=None), telegram.between(wang, li)]
    async with running(telegram, echoing, way) as application:
        for chat in chats:
            asked = await telegram.say("@yinjubot 几个", user=wang, chat=chat)
            await telegram.say("闲谈", user=wang, chat=chat)
            await telegram.quiet()
            [answer] = telegram.from_bot(chat)
            assert (answer.text, answer.reply_to) == ("客人答：@yinjubot 几个", asked)
            with pytest.raises(TelegramError):
                await application.bot.send_message(chat.id, "不请自来")
        [first, _] = telegram.guest_queries
        with pytest.raises(BadRequest, match="Query is too old"):
            await application.bot.answer_guest_query(first, articles(1)[0])


async def test_botfathers_switches(world: OfflineTelegram) -> None:
    world.privacy, world.inline, world.guest = False, False, False
    wang = world.person("小王")
    await world.inline_query("四优", user=wang)
    await world.say("@yinjubot 几个", user=wang, chat=world.group("别处", wang, bot=None))
    assert await seen(world) == []
    async with bot_of(world) as bot:
        me = await bot.get_me()
    assert (me.can_read_all_group_messages, me.supports_inline_queries, me.supports_guest_queries) == (
        True,
        False,
        False,
    )
