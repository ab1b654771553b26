"""A reader's own: history, files, and words to watch for."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from docx import Document

from bot.handlers import personal
from bot.offline import Chat, Fault, OfflineTelegram, User
from corpus.bootstrap import open_library
from tests.support.running import every_way
from tests.support.service import Service

BRIDGE = "石桥村发现了多少个隐患"
NEWS = "# 新镇防汛工作总结\n\n新镇组织防汛演练九次。\n\n全镇储备沙袋八千只。\n\n值班电话全天畅通。\n"


class Round:
    """Stand in for what a job is given: the bot."""

    def __init__(self, service: Service) -> None:
        self.bot = service.application.bot


async def look_over(service: Service) -> None:
    job: Any = service.application.job_queue
    [only] = [one for one in job.jobs() if "look_over" in str(one.callback)]
    await only.callback(Round(service))


@every_way
async def test_ones_own_questions_are_asked_again_by_a_tap(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    for number in range(11):
        await telegram.ask(f"水库巡查{number}次吗", user=wang)
    await telegram.ask(BRIDGE, user=wang)
    await telegram.ask(BRIDGE, user=wang)
    [shown] = await telegram.ask("/history", user=wang)
    assert shown.text.startswith("您问过的 12 个问题")
    assert shown.buttons[0].text == BRIDGE
    await telegram.press(shown, BRIDGE)
    await telegram.quiet()
    assert "发现隐患27个" in service.last(shown.chat).text
    await telegram.press(shown, "下一页")
    await telegram.quiet()
    assert "第 2 / 2 页" in shown.text
    [other] = await telegram.ask("/history", user=li)
    assert other.text == "您还没有提过问题。"
    query = await telegram.press_data(other, str(shown.buttons[0].data), user=li)
    await telegram.quiet()
    assert query.text == "这条回答已过期，请重新提问。"


@every_way
async def test_an_answer_is_exported_with_its_sources(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    [nothing] = await telegram.ask("/export", user=wang, chat=group)
    assert nothing.text.startswith("没有可以导出的回答。")
    [answer] = await telegram.ask("/ask " + BRIDGE, user=wang, chat=group)
    [offered] = await telegram.ask("/export", user=wang, chat=group, reply_to=answer)
    assert offered.text == "把 1 条回答连同出处存成文件："
    await telegram.press(offered, "文本 .txt", user=wang)
    await telegram.quiet()
    plain = service.last(group)
    assert plain.file
    [at_once] = await telegram.ask("/export txt", user=wang, chat=group, reply_to=answer)
    assert at_once.file
    assert at_once.file.content == plain.file.content
    written = (plain.file.content or b"").decode()
    assert "发现隐患27个" in written
    assert "石桥村. 石桥村：修桥补路暖民心[R]//河湾镇经验材料汇编. 第2段." in written


async def test_an_export_that_was_offered_holds_ones_own_answers_alone(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    await telegram.ask(BRIDGE, user=wang)
    [offered] = await telegram.ask("/export", user=wang)
    assert [button.text for button in offered.buttons] == ["Word .docx", "文本 .txt"]
    [shown] = await telegram.ask("/start", user=li)
    for forged in (
        str(offered.buttons[0].data),
        f"ex:{(await service.library.conversations.history(owner=wang.id, limit=1))[0].id}:txt",
    ):
        query = await telegram.press_data(shown, forged, user=li)
        await telegram.quiet()
        assert (query.alert, query.text) == (True, "这条回答已过期，请重新提问。")
    await telegram.press(offered, "Word .docx")
    await telegram.quiet()
    sent = service.last(offered.chat).file
    assert sent
    assert sent.name == "yinju.docx"


@every_way
async def test_the_history_is_exported_as_a_document(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    await telegram.ask(BRIDGE, user=wang)
    await telegram.ask("火星\x00基地<b>有几台挖掘机", user=wang)
    [sent] = await telegram.ask("/export docx", user=wang)
    assert sent.file
    assert sent.file.name == "yinju.docx"
    said = [paragraph.text for paragraph in Document(io.BytesIO(sent.file.content or b"")).paragraphs]
    assert BRIDGE in said
    assert any("发现隐患27个" in one for one in said)


@every_way
async def test_a_report_that_another_process_takes_in_is_told_to_who_watches_for_it(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    [kept] = await telegram.ask("/watch 防汛演練", user=wang)
    assert kept.text.startswith("已关注")
    await telegram.ask("/watch 没有的词", user=li)
    async with open_library(service.settings()) as elsewhere:
        result = await elsewhere.ingester.ingest_bytes(NEWS.encode(), name="news.md")
        assert result.status == "added"
    await look_over(service)
    told = service.last(telegram.private(wang)).text
    assert told.startswith("新报告《新镇防汛工作总结》里有“防汛演練”，共 1 段：\n新镇组织防汛演练九次。\n出处：")
    assert len(telegram.from_bot(telegram.private(li))) == 1
    telegram.forget()
    await look_over(service)
    assert telegram.events == [], "once is enough"


async def test_who_has_blocked_the_bot_is_left_alone_and_nobody_else_misses_anything(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    await telegram.ask("/watch 沙袋", user=wang)
    await telegram.ask("/watch 沙袋", user=li)
    await telegram.block(wang)
    await service.ingest("news.md", NEWS)
    await look_over(service)
    assert "全镇储备沙袋八千只。" in service.last(telegram.private(li)).text
    await service.ingest("more.md", NEWS.replace("新镇", "旧镇"))
    telegram.forget()
    await look_over(service)
    assert [call.parameters["chat_id"] for call in telegram.calls_of("sendMessage")] == [li.id]


async def test_what_could_not_be_told_is_told_in_the_next_round(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    await telegram.ask("/watch 沙袋", user=wang)
    await service.ingest("news.md", NEWS)
    telegram.faults["sendMessage"].append(Fault.reset())
    await look_over(service)
    await look_over(service)
    assert "全镇储备沙袋八千只。" in service.last(telegram.private(wang)).text


async def test_watches_are_listed_and_ended(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [how] = await telegram.ask("/watch", user=wang)
    assert how.text == "请写出要关注的词，例如：/watch 模范机关"
    await telegram.ask("/watch 沙袋", user=wang)
    [listed] = await telegram.ask("/watch", user=wang)
    assert listed.text.endswith("· 沙袋")
    [ended] = await telegram.ask("/unwatch 沙袋", user=wang)
    assert ended.text == "已取消 1 个关注。"
    await service.ingest("news.md", NEWS)
    telegram.forget()
    await look_over(service)
    await asyncio.sleep(0)
    assert telegram.events == []
    assert personal.MOST_WATCHES == 20
