"""Questions and their answers, as people see them."""

from __future__ import annotations

from bot.offline import OfflineTelegram, User
from tests.support.service import Service


async def test_a_question_in_private_is_answered_by_a_quotation_with_its_source(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say("石桥村发现了多少个隐患", user=wang)
    await telegram.quiet()
    answer = service.last(question.chat)
    assert answer.reply_to is question
    assert "全村先后组织40人次勘察河道，发现隐患27个，当年修好石桥三座。" in answer.text
    assert "出处：石桥村：修桥补路暖民心 › 一、桥修得牢 · 第2段 · 石桥村 · 原文" in answer.text
    assert answer.text.endswith("以上均为原文摘录，未作改写。")


async def test_buttons_work_after_a_restart(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask("石桥村发现了多少个隐患", user=wang)
    await service.restart()
    query = await telegram.press(answer, "下一页")
    await telegram.quiet()
    assert (query.answered, query.alert) == (True, False)
    assert "第 4–" in answer.text
