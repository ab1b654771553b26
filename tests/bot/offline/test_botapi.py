"""The checker of calls: what it must object to, and what it must let pass."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from bot.offline import Call, OfflineTelegram
from tests.support.botapi import checked, specification, wrong, wrong_calls
from tests.support.echoing import bot_of

needs_specification = pytest.mark.skipif(
    specification() is None, reason="the Bot API's specification does not lie beside the project"
)


def faults(method: str, parameters: dict[str, Any], files: dict[str, tuple[str, bytes]] | None = None) -> list[str]:
    return wrong(Call(method, parameters, files or {}, 0.0))


def article(**more: Any) -> dict[str, Any]:
    return {"type": "article", "id": "1", "title": "题", "input_message_content": {"message_text": "文"}} | more


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "按"} | button]]}


@pytest.mark.shared_data
@needs_specification
@pytest.mark.parametrize(
    ("method", "parameters", "fault"),
    [
        ("sendNothing", {}, "there is no such method"),
        ("sendMessage", {"text": "好"}, "chat_id is missing"),
        ("sendMessage", {"chat_id": 1, "text": "好", "txt": "好"}, "txt is unknown"),
        ("sendMessage", {"chat_id": 1.5, "text": "好"}, "chat_id is no Integer: 1.5"),
        ("sendMessage", {"chat_id": True, "text": "好"}, "chat_id is no Integer: True"),
        ("sendMessage", {"chat_id": 1, "text": "好", "protect_content": 1}, "protect_content is no Boolean: 1"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "好", "reply_parameters": {"message_id": "7"}},
            "reply_parameters.message_id is no Integer: '7'",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "好", "reply_markup": keyboard(callback="x")},
            "reply_markup.inline_keyboard[0][0].callback is unknown",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "好", "entities": [{"type": "bold", "offset": 0}]},
            "entities[0].length is missing",
        ),
        ("setMyCommands", {"commands": {"command": "ask"}}, "commands is no array: {'command': 'ask'}"),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "chat"}},
            "scope.chat_id is missing",
        ),
        (
            "answerGuestQuery",
            {"guest_query_id": "g", "result": article(titel="x")},
            "result.titel is unknown",
        ),
        ("sendDocument", {"chat_id": 1, "document": 7}, "document is no file: 7"),
    ],
)
def test_calls_that_the_specification_does_not_know(method: str, parameters: dict[str, Any], fault: str) -> None:
    assert fault in faults(method, parameters)


@pytest.mark.parametrize(
    ("method", "parameters", "fault"),
    [
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "UTF-16 units of text: 4098, allowed are 1 to 4096"),
        ("sendMessage", {"chat_id": 1, "text": " "}, "UTF-16 units of text: 0, allowed are 1 to 4096"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "<b></b>", "parse_mode": "HTML"},
            "UTF-16 units of text: 0, allowed are 1 to 4096",
        ),
        ("editMessageText", {"text": "<b>好</b>，" * 101, "parse_mode": "HTML"}, "entities: 101, allowed are 0 to 100"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "<p>", "parse_mode": "HTML"},
            'the text is no valid HTML: Unsupported start tag "p" at byte offset 0',
        ),
        (
            "sendDocument",
            {"chat_id": 1, "document": "f", "caption": "长" * 1025},
            "UTF-16 units of text: 1025, allowed are 0 to 1024",
        ),
        (
            "editMessageReplyMarkup",
            {"reply_markup": keyboard(callback_data="好" * 22)},
            "bytes of callback_data: 66, allowed are 1 to 64",
        ),
        (
            "editMessageReplyMarkup",
            {"reply_markup": keyboard(callback_data="")},
            "bytes of callback_data: 0, allowed are 1 to 64",
        ),
        (
            "editMessageReplyMarkup",
            {"reply_markup": keyboard(copy_text={"text": "引" * 257})},
            "characters of copy_text: 257, allowed are 1 to 256",
        ),
        ("editMessageReplyMarkup", {"reply_markup": keyboard()}, "a button does exactly one thing: {'text': '按'}"),
        ("answerCallbackQuery", {"callback_query_id": "c", "text": "长" * 201}, "text: 201, allowed are 0 to 200"),
        (
            "answerInlineQuery",
            {"inline_query_id": "i", "results": [article(id=str(n)) for n in range(51)]},
            "results: 51, allowed are 0 to 50",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "i", "results": [article(), article()]},
            "two results have the same id",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "i", "results": [], "next_offset": "下" * 22},
            "next_offset: 66, allowed are 0 to 64",
        ),
        (
            "answerGuestQuery",
            {"guest_query_id": "g", "result": article(id="号" * 22)},
            "bytes of a result's id: 66, allowed are 1 to 64",
        ),
        (
            "answerGuestQuery",
            {"guest_query_id": "g", "result": article(input_message_content={"message_text": ""})},
            "UTF-16 units of text: 0, allowed are 1 to 4096",
        ),
        ("setMyCommands", {"commands": [{"command": "Ask", "description": "问"}]}, "'Ask' is no name for a command"),
        (
            "setMyCommands",
            {"commands": [{"command": "ask", "description": ""}]},
            "description of a command: 0, allowed are 1 to 256",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "问"}] * 101},
            "commands: 101, allowed are 0 to 100",
        ),
        ("setMyName", {"name": "名" * 65}, "name: 65, allowed are 0 to 64"),
        ("setMyName", {"name": "名", "language_code": "zh-hans"}, "language_code has two letters, not 'zh-hans'"),
        ("setMyDescription", {"description": "述" * 513}, "description: 513, allowed are 0 to 512"),
        ("setMyShortDescription", {"short_description": "述" * 121}, "short_description: 121, allowed are 0 to 120"),
        ("getUpdates", {"limit": 101}, "limit: 101, allowed are 1 to 100"),
    ],
)
def test_calls_beyond_a_limit(method: str, parameters: dict[str, Any], fault: str) -> None:
    assert faults(method, parameters) == [fault]


@pytest.mark.parametrize(
    ("method", "parameters", "files"),
    [
        ("sendMessage", {"chat_id": "@qun", "text": "好" * 4096, "link_preview_options": {"is_disabled": True}}, {}),
        ("sendDocument", {"chat_id": 1, "caption": "好"}, {"document": ("一.txt", b"1")}),
        ("sendDocument", {"chat_id": 1, "document": "attach://a"}, {"a": ("一.txt", b"1")}),
        ("sendMessage", {"chat_id": 1, "text": "好", "reply_markup": {"remove_keyboard": True}}, {}),
        ("answerInlineQuery", {"inline_query_id": "i", "results": [article(reply_markup=keyboard(url="t.me/x"))]}, {}),
        ("getUpdates", {"offset": -1, "timeout": 10, "allowed_updates": ["message"]}, {}),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat_member", "chat_id": 1, "user_id": 2}}, {}),
    ],
)
def test_calls_that_are_right(method: str, parameters: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> None:
    assert faults(method, parameters, files) == []


async def test_every_call_that_reached_the_world_is_checked_also_one_that_was_refused(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        await bot.send_message(
            wang.id,
            "好",
            reply_parameters=ReplyParameters(1),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("按", callback_data="x")]]),
        )
        assert wrong_calls(world) == []
        await world.call(world.token, "sendMessage", {"chat_id": str(wang.id), "text": ""}, {})
        await bot.get_updates(limit=101)
    assert wrong_calls(world) == [
        "sendMessage: UTF-16 units of text: 0, allowed are 1 to 4096",
        "getUpdates: limit: 101, allowed are 1 to 100",
    ]


async def test_a_wrong_call_fails_the_test_that_made_it() -> None:
    with pytest.raises(AssertionError, match="sendMessage: UTF-16 units of text: 0"), checked() as world:
        await world.call(world.token, "sendMessage", {"chat_id": "1", "text": ""}, {})
