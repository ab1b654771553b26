"""Inline queries and guests: answers in chats where the bot is no member."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.offline import OfflineTelegram, User
from tests.support.running import Way, every_way
from tests.support.service import Service


@every_way
async def test_an_inline_query_offers_ten_quotes_a_page_and_sends_one_with_its_source(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    work = "\n\n".join(f"第{n}季度全镇开展安全生产检查{n + 20}次，整改到位。" for n in range(1, 26))
    await service.ingest("checks.md", f"# 安全生产检查总结\n\n{work}\n")
    query = await telegram.inline_query("安全生产检查开展多少次", user=wang)
    await telegram.quiet()
    assert (len(query.results), query.next_offset, query.personal, query.button) == (10, "10", False, None)
    assert query.cache_time <= 60
    first = query.results[0]
    assert first["title"].startswith("安全生产检查总结")
    assert "季度全镇开展安全生产检查" in first["description"]
    sent = await telegram.choose(query, 0, chat=telegram.between(wang, li))
    assert "季度全镇开展安全生产检查" in sent.text
    assert "出处：安全生产检查总结" in sent.text

    seen = [result["id"] for result in query.results]
    while query.next_offset and len(seen) < 100:
        query = await telegram.inline_query("安全生产检查开展多少次", user=wang, offset=query.next_offset)
        await telegram.quiet()
        seen += [result["id"] for result in query.results]
    assert len(set(seen)) == len(seen)
    assert len(seen) >= 20


@pytest.mark.parametrize("asked", ["", "  ", "？？？", "zxcvbnm qwerty"])
async def test_an_empty_result_leads_to_help(
    telegram: OfflineTelegram, service: Service, wang: User, asked: str
) -> None:
    query = await telegram.inline_query(asked, user=wang)
    await telegram.quiet()
    assert (query.results, query.button) == ([], {"text": "怎么用：先来私聊问一句", "start_parameter": "inline"})
    [told] = await telegram.ask("/start inline", user=wang)
    assert told.text.startswith("我是引据")


@pytest.mark.parametrize("offset", ["-1", "abc", "999999", "９"])
async def test_a_made_up_offset_is_no_error(
    telegram: OfflineTelegram, service: Service, wang: User, offset: str
) -> None:
    query = await telegram.inline_query("石桥村发现隐患", user=wang, offset=offset)
    await telegram.quiet()
    assert query.answered


async def test_where_access_is_restricted_results_are_personal_and_strangers_get_none(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User
) -> None:
    async with Service(telegram, data_dir, access={"mode": "allowlist", "users": frozenset({wang.id})}):
        mine = await telegram.inline_query("石桥村发现多少隐患", user=wang)
        others = await telegram.inline_query("石桥村发现多少隐患", user=li)
        await telegram.quiet()
    assert (bool(mine.results), mine.personal) == (True, True)
    assert (others.results, others.personal) == ([], True)
    assert others.button == {"text": "还不能用：先来私聊看怎么申请", "start_parameter": "inline"}


async def test_who_sends_queries_without_end_is_asked_to_wait_and_may_ask_on_in_private(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User
) -> None:
    async with Service(telegram, data_dir, limits={"questions_per_person": 2}):
        queries = [await telegram.inline_query("石桥村发现多少隐患", user=wang) for _ in range(7)]
        other = await telegram.inline_query("石桥村发现多少隐患", user=li)
        await telegram.quiet()
        assert [bool(one.results) for one in queries].count(True) == 6
        [slow] = [one for one in queries if not one.results]
        assert slow.button
        assert slow.button["text"] == "问得太快了，请稍等一会儿再问。"
        assert (slow.cache_time, slow.personal) == (0, True)
        assert other.results
        [answer] = await telegram.ask("石桥村发现了多少个隐患", user=wang)
        assert "发现隐患27个" in answer.text


async def test_a_query_that_is_too_old_is_no_error(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    telegram.query_seconds = -1
    await telegram.inline_query("石桥村发现隐患", user=wang)
    await telegram.say("@yinjubot 石桥村发现隐患", user=wang, chat=telegram.between(wang, li))
    await telegram.quiet()


@every_way
async def test_a_guest_answers_by_its_query_and_by_nothing_else(
    telegram: OfflineTelegram, data_dir: Path, wang: User, li: User, way: Way
) -> None:
    async with Service(telegram, data_dir, way=way):
        chat = telegram.between(wang, li)
        telegram.forget()
        await telegram.say("@yinjubot 石桥村发现了多少个隐患", user=wang, chat=chat)
        await telegram.quiet()
        said = [call.method for call in telegram.calls if call.method not in ("getMe", "getUpdates")]
        assert said == ["answerGuestQuery"]
        answer = telegram.messages(chat)[-1]
        assert "发现隐患27个" in answer.text
        assert answer.buttons == []


async def test_a_guest_explains_an_empty_question(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    chat = telegram.between(wang, li)
    await telegram.say("@yinjubot", user=wang, chat=chat)
    await telegram.quiet()
    assert telegram.messages(chat)[-1].text == "请写出要问的内容，一句话即可。"
