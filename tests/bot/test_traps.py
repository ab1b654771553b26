"""What others fell into: each trap, sprung on purpose."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from bot.offline import Chat, Fault, OfflineTelegram, User
from corpus.bootstrap import Library
from tests.support.running import every_way
from tests.support.service import Service

ASKED = "石桥村发现了多少个隐患"


@every_way
async def test_the_same_update_twice_is_worked_on_once_also_after_a_restart(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    for said in (ASKED, "/privacy"):
        await telegram.ask(said, user=wang)
    both = telegram.updates.history[-2:]
    for again in (False, True):
        if again:
            await service.restart()
        for update in both:
            telegram.updates.repeat(update)
            await telegram.quiet()
    assert len(telegram.from_bot(telegram.private(wang))) == 2
    assert len(telegram.calls_of("editMessageText")) == 0


async def test_no_message_shows_a_preview_of_its_links(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask(ASKED, user=wang)
    await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    calls = [*telegram.calls_of("sendMessage"), *telegram.calls_of("editMessageText")]
    assert [call.parameters["link_preview_options"] for call in calls] == [{"is_disabled": True}] * 2


async def test_a_second_press_of_the_same_button_is_no_error(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(ASKED, user=wang)
    button = next(one for one in answer.buttons if one.text == "下一页")
    pressed = [await telegram.press(answer, button) for _ in range(3)]
    await telegram.quiet()
    assert all(query.answered for query in pressed)
    assert "第 4–" in answer.text


async def test_a_mention_after_emoji_and_beside_another_bot_is_found_by_its_place(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    telegram.privacy = False
    [answer] = await telegram.ask(f"😀👨‍👩‍👧𠮷 @yinjubot {ASKED}", user=wang, chat=group)
    assert answer.text.startswith(f"😀👨‍👩‍👧𠮷 {ASKED} · ")
    [answer] = await telegram.ask(f"😀 @yinjubot2 @yinjubot {ASKED}", user=wang, chat=group)
    assert "发现隐患27个" in answer.text
    assert await telegram.ask(f"😀 @yinjubot2 {ASKED}", user=wang, chat=group) == []
    written = telegram.say(f"email@yinjubot {ASKED}", user=wang, chat=group, entities=())
    await written
    await telegram.quiet()
    assert len(telegram.from_bot(group)) == 2, "what is no entity is no mention"


async def test_a_flood_limit_of_one_chat_is_waited_out_and_stalls_no_other(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User
) -> None:
    async with Service(telegram, data_dir, flood_limits=True):
        telegram.faults["sendMessage"].append(Fault.flood(1))
        await telegram.say(ASKED, user=wang)
        while not telegram.calls_of("sendMessage"):
            await telegram.bell.wait(0.1)
        await telegram.say(ASKED, user=li)
        await telegram.quiet()
    sent = [event.message.chat.id for event in telegram.events if event.kind == "sent" and event.message]
    assert sent == [li.id, wang.id]
    assert len(telegram.calls_of("sendMessage")) == 3


@pytest.mark.parametrize(("minutes", "said"), [(60, "抱歉，我刚才不在线"), (0, "发现隐患27个")])
async def test_a_question_that_waited_for_hours_is_met_with_an_apology_or_answered(
    telegram: OfflineTelegram, data_dir: Path, wang: User, minutes: int, said: str
) -> None:
    telegram.clock = lambda: time.time() - 2 * 60 * 60
    async with Service(telegram, data_dir, telegram={"stale_minutes": minutes}):
        [reply] = await telegram.ask(ASKED, user=wang)
        assert said in reply.text


async def test_an_error_is_a_short_number_to_people_and_all_of_it_to_the_log(
    telegram: OfflineTelegram,
    service: Service,
    wang: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.errors_expected = True
    [answer] = await telegram.ask("/reports", user=wang)

    async def fail(*given: Any, **more: Any) -> Any:
        raise RuntimeError("the disk /dev/secret is on fire")

    monkeypatch.setattr(Library, "answer", fail)
    [reply] = await telegram.ask(ASKED, user=wang)
    number = re.fullmatch("出了点问题，没能回答。编号 ([0-9a-f]{8})，请把它告诉管理员。", reply.text)
    assert number
    assert f"error {number[1]}" in caplog.text
    assert "/dev/secret" in caplog.text
    monkeypatch.setattr(type(service.library.reports), "holding", fail)
    query = await telegram.press(answer, "第 1 份")
    await telegram.quiet()
    assert (query.alert, (query.text or "")[:5]) == (True, "出了点问题")


@every_way
async def test_start_says_what_it_is_how_much_it_holds_and_offers_three_questions_of_its_own_headings(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [said] = await telegram.ask("/start", user=wang)
    assert said.text.split("\n")[1:] == ["现有报告 3 份、文章 5 篇、段落 21 段。", "可以直接输入问题，也可以先试试："]
    assert len(said.buttons) == 3
    headings = {h.text for r in await service.library.reports.ids() for h in await service.library.outlines.headings(r)}
    assert {button.text for button in said.buttons} <= headings
    await telegram.press(said, 0)
    await telegram.quiet()
    answer = service.last(said.chat)
    assert answer.text.startswith(said.buttons[0].text)
    assert "以上均为原文摘录" in answer.text


async def test_where_nothing_is_found_the_nearest_headings_are_marked_as_no_answer_and_lead_on(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask("岐山县的果园怎么样", user=wang)
    assert answer.text.split("\n")[1:3] == ["资料里没有找到能回答这个问题的原文。", answer.text.split("\n")[2]]
    assert answer.text.split("\n")[2].startswith("资料里没有出现：")
    assert "相近的标题（不是答案）：" in answer.text
    links = [one for one in answer.entities if one.type == "text_link"]
    assert 1 <= len(links) <= 3
    [button] = answer.buttons
    assert button.text == "看有哪些报告"
    [shown] = await telegram.ask(f"/start {str(links[0].extra['url']).partition('start=')[2]}", user=wang)
    assert "本篇目录" in [one.text for one in shown.buttons]


@pytest.mark.parametrize("way", ["inside", "polling"])
async def test_an_update_that_cannot_be_read_is_passed_over_and_what_it_says_stands_in_no_log(
    telegram: OfflineTelegram, service: Service, wang: User, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.updates.add("message", {"text": "谁也不该看见", "date": "?"})
    await telegram.ask(ASKED, user=wang)
    assert "隐患27个" in service.last(telegram.private(wang)).text
    assert [one.getMessage().split(" ", 2)[2] for one in caplog.records if one.levelname == "ERROR"] == [
        "cannot be read (TypeError); it is passed over"
    ]
    assert "谁也不该看见" not in caplog.text
