"""Reading on: the list of reports, their cards and outlines, passages, and which reports are asked."""

from __future__ import annotations

import pytest

from bot.offline import Chat, Message, OfflineTelegram, User
from tests.support.running import every_way
from tests.support.service import Service

BRIDGE = "石桥村发现了多少个隐患"


async def press(telegram: OfflineTelegram, message: Message, label: str, user: User | None = None) -> str | None:
    button = next(one for one in message.buttons if one.text.startswith(label))
    query = await telegram.press(message, button, user=user)
    await telegram.quiet()
    assert query.answered
    return query.text


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


@every_way
async def test_the_list_leads_to_a_card_an_outline_a_section_and_back_up(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [shown] = await telegram.ask("/reports", user=wang)
    assert shown.text.startswith("现有报告 3 份")
    await press(telegram, shown, "第 2 份")
    assert shown.text.startswith("河湾镇经验材料汇编\n文件：villages.md\n共 3 篇、9 段、")
    await press(telegram, shown, "目录")
    assert labels(shown)[:3] == ["1. 石桥村：修桥补路暖民心", "2. 青杨村：一片果园富一村", "3. 柳林村：书屋开到家门口"]
    await press(telegram, shown, "2. 青杨村")
    assert labels(shown) == ["1. 一、技术送到地头", "2. 二、销路打到城里", "从头读", "报告目录"]
    await press(telegram, shown, "2. 二、销路")
    assert "村里办起合作社，统一包装、统一定价，电商直播间卖出苹果***吨。城里人扫码就能看到果树。" in shown.text
    assert labels(shown) == ["上一段", "下一段", "本篇目录", "报告目录"]
    await press(telegram, shown, "下一段")
    assert shown.text.startswith("柳林村：书屋开到家门口"), "one walks from article to article"
    await press(telegram, shown, "上一段")
    await press(telegram, shown, "本篇目录")
    await press(telegram, shown, "报告目录")
    await press(telegram, shown, "报告信息")
    assert "文件：villages.md" in shown.text
    assert telegram.from_bot(shown.chat) == [shown]


async def test_the_first_passage_has_none_before_it_and_a_single_article_one_outline(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [shown] = await telegram.ask("/reports 水库", user=wang)
    await press(telegram, shown, "第 1 份")
    assert "发布：云溪县水利局办公室（报头）\n日期：2023-05-18（报头）" in shown.text
    await press(telegram, shown, "目录")
    assert labels(shown)[:3] == ["1. 一、巡查不留死角", "2. 二、预警跑在前头", "3. 三、队伍练得过硬"]
    await press(telegram, shown, "从头读")
    assert labels(shown)[0] == "下一段"


@pytest.mark.parametrize(
    ("words", "found"), [("汇编", "河湾镇经验材料汇编"), ("2023 水利", "云溪县水库"), ("<b>", "没有")]
)
async def test_reports_are_found_by_words_of_their_titles(
    telegram: OfflineTelegram, service: Service, wang: User, words: str, found: str
) -> None:
    [shown] = await telegram.ask(f"/reports {words}", user=wang)
    assert found in shown.text
    assert ("第 2 份" in labels(shown)) is False


async def test_many_reports_fill_pages_that_keep_what_was_searched(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    for number in range(12):
        await service.ingest(f"report-{number:02}.md", f"# 乡镇工作总结之{number}\n\n全年完成任务{number + 100}件。\n")
    [shown] = await telegram.ask("/reports 乡镇工作总结", user=wang)
    assert shown.text.startswith("标题里有“乡镇工作总结”的报告 12 份")
    await press(telegram, shown, "下一页")
    assert "11. " in shown.text
    assert "第 2 / 2 页" in shown.text
    await press(telegram, shown, "上一页")
    assert "第 1 / 2 页" in shown.text
    [long] = await telegram.ask("/reports " + "工作" * 200, user=wang)
    assert "没有标题里有" in long.text


@every_way
async def test_chosen_reports_alone_are_asked_until_one_tap_clears_the_choice(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [shown] = await telegram.ask("/scope", user=wang)
    assert shown.text.startswith("现在查找全部报告")
    await press(telegram, shown, "云溪县水库")
    assert shown.text.startswith("现在只查找这 1 份报告\n· 云溪县水库安全管理工作总结")
    assert "已选 · 云溪县水库安全管理工作总结" in labels(shown)
    await service.restart()
    [bridge] = await telegram.ask(BRIDGE, user=wang)
    assert "27" not in bridge.text
    [water] = await telegram.ask("全年开展水库巡查多少次", user=wang)
    assert water.text.endswith("查找范围：《云溪县水库安全管理工作总结》，共 1 份报告。")
    assert await press(telegram, water, "查找全部报告") == "已改为查找全部报告。"
    assert "624次" in water.text, "the answer stays"
    [bridge] = await telegram.ask(BRIDGE, user=wang)
    assert "发现隐患27个" in bridge.text


async def test_a_choice_follows_a_report_that_is_replaced(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [shown] = await telegram.ask("/scope", user=wang)
    await press(telegram, shown, "云溪县水库")
    await service.ingest("water.md", "# 云溪县水库新总结\n\n全年开展水库巡查700次。\n\n另有说明一段。\n")
    [water] = await telegram.ask("全年开展水库巡查多少次", user=wang)
    assert "巡查700次" in water.text
    assert "《云溪县水库新总结》" in water.text


async def test_in_a_group_only_administrators_choose(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User, li: User
) -> None:
    group.members[li.id] = "administrator"
    [refused] = await telegram.ask("/scope", user=wang, chat=group)
    assert refused.text == "群里查找哪些报告，由群管理员来选。"
    [shown] = await telegram.ask("/scope", user=li, chat=group)
    assert await press(telegram, shown, "云溪县水库", user=wang) == "群里查找哪些报告，由群管理员来选。"
    await press(telegram, shown, "云溪县水库", user=li)
    assert "现在只查找这 1 份报告" in shown.text


async def test_buttons_of_a_report_that_is_gone_say_so(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [shown] = await telegram.ask("/reports", user=wang)
    for data in ("c1:000000000000", "o1:000000000000:0:0", "p1:000000000000-1"):
        query = await telegram.press_data(shown, data, user=wang)
        await telegram.quiet()
        assert (query.text, query.alert) == ("这条回答已过期，请重新提问。", True)
    query = await telegram.press_data(shown, "s1:t:000000000000:0", user=wang)
    await telegram.quiet()
    assert query.answered
