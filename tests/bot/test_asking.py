"""Questions and their answers in private, as people see them."""

from __future__ import annotations

import pytest

from bot.offline import OfflineTelegram, User
from tests.support.reports import VILLAGES
from tests.support.running import every_way
from tests.support.service import Service

BRIDGE = "石桥村发现了多少个隐患"
VERBATIM = "以上均为原文摘录，未作改写。"
GONE = "这条回答已过期，请重新提问。"


@every_way
async def test_a_question_in_private_is_answered_by_a_quotation_with_its_source(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say(BRIDGE, user=wang)
    await telegram.quiet()
    answer = service.last(question.chat)
    assert answer.reply_to is question
    assert "全村先后组织40人次勘察河道，发现隐患27个，当年修好石桥三座。" in answer.text
    assert "出处：石桥村：修桥补路暖民心 › 一、桥修得牢 · 第2段 · 石桥村 · 原文" in answer.text
    assert answer.text.endswith(VERBATIM)
    links = [entity.extra["url"] for entity in answer.entities if entity.type == "text_link"]
    assert links
    assert all(link.startswith("https://t.me/yinjubot?start=p_") for link in links)


@every_way
async def test_pages_turn_to_and_fro(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    first = answer.text
    await telegram.press(answer, "下一页")
    await telegram.quiet()
    assert "第 4–" in answer.text
    await telegram.press(answer, "上一页")
    await telegram.quiet()
    assert answer.text == first
    assert telegram.from_bot(answer.chat) == [answer]


@every_way
async def test_context_opens_the_paragraphs_around_a_quote_in_place_and_closes(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    closed = answer.text
    await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    opened = answer.text
    assert "石桥村把修桥补路当作头等大事" in opened
    assert "桥面加宽到五米" in opened
    await telegram.press(answer, "1 收起")
    await telegram.quiet()
    assert answer.text == closed


@every_way
async def test_buttons_work_after_a_restart(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    await service.restart()
    query = await telegram.press(answer, "下一页")
    await telegram.quiet()
    assert (query.answered, query.alert) == (True, False)
    assert "第 4–" in answer.text


async def test_the_source_of_a_quote_can_be_copied_as_a_writer_needs_it(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask("云溪县水库巡查发现多少渗漏点", user=wang)
    copies = {button.text: button.copies for button in answer.buttons if button.copies}
    assert copies["1 复制出处"] == (
        "云溪县水利局办公室. 云溪县水库安全管理工作总结[R]. 云溪县水利局办公室, 2023-05-18: 第2段."
    )


async def test_the_words_of_an_opened_quote_can_be_copied(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    copies = {button.text: button.copies for button in answer.buttons if button.copies}
    assert list(copies) == ["1 复制出处", "1 复制原文"]
    assert copies["1 复制出处"] == "石桥村. 石桥村：修桥补路暖民心[R]//河湾镇经验材料汇编. 第2段."
    assert str(copies["1 复制原文"]).startswith("全村先后组织40人次勘察河道，发现隐患27个")
    assert str(copies["1 复制原文"]) in VILLAGES


async def test_a_blacked_out_figure_is_said_to_be_so_in_the_report(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask("电商直播间卖出多少吨苹果", user=wang)
    assert "卖出苹果***吨" in answer.text
    assert "原文此处已隐去。" in answer.text


@every_way
async def test_feedback_counts_once_a_person_and_can_be_changed(
    telegram: OfflineTelegram, service: Service, wang: User, li: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)

    async def press(start: str, user: User) -> str | None:
        label = next(button.text for button in answer.buttons if button.text.startswith(start))
        query = await telegram.press(answer, label, user=user)
        await telegram.quiet()
        return query.text

    def shown() -> list[str]:
        return [button.text for button in answer.buttons[-2:]]

    assert await press("有用", wang) == "谢谢，已记下：有用。"
    assert shown() == ["有用 1", "没用"]
    assert await press("有用", wang) == "谢谢，已记下：有用。"
    assert shown() == ["有用 1", "没用"]
    await press("没用", li)
    assert shown() == ["有用 1", "没用 1"]
    await press("没用", wang)
    assert shown() == ["有用", "没用 2"]
    total = await service.library.ballots.total()
    assert (total.useful, total.useless) == (0, 2)


@every_way
async def test_what_the_reports_do_not_say_is_not_answered(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask("zxcvbnm qwerty", user=wang)
    assert "资料里没有找到能回答这个问题的原文。" in answer.text
    assert not [entity for entity in answer.entities if "blockquote" in entity.type]
    [button] = answer.buttons
    await telegram.press(answer, button)
    await telegram.quiet()
    assert "现有报告 3 份" in service.last(answer.chat).text


@every_way
async def test_a_reply_to_an_answer_is_asked_in_its_context(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [bridge] = await telegram.ask(BRIDGE, user=wang)
    await telegram.ask("青杨村果园面积多大", user=wang)
    await telegram.ask("修好几座石桥呢", user=wang, reply_to=bridge)
    kept = await service.library.conversations.last_answer(chat=wang.id, owner=wang.id, now=1e10)
    assert kept
    assert (kept.question, kept.context) == ("修好几座石桥呢", (BRIDGE,))


async def test_a_question_of_its_own_is_not_mixed_with_the_one_before(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    await telegram.ask(BRIDGE, user=wang)
    [answer] = await telegram.ask("青杨村果园面积有多少亩", user=wang)
    assert "理解为" not in answer.text
    [answer] = await telegram.ask("那河湾镇呢", user=wang)
    assert "理解为：果园面积有多少亩 · 那河湾镇呢" in answer.text


async def test_what_may_have_been_meant_is_a_button_that_asks_it(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    # 引患 sounds like 隐患; the rest of the question is found as it is.
    [answer] = await telegram.ask("石桥村发现引患多少个", user=wang)
    await telegram.press(answer, "您是不是要找：石桥村发现隐患多少个")
    await telegram.quiet()
    meant = service.last(answer.chat)
    assert meant is not answer
    assert meant.text.startswith("石桥村发现隐患多少个")
    assert "发现隐患27个" in meant.text


async def test_last_year_is_told_by_its_number(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask("去年石桥村修了几座桥", user=wang)
    assert "理解为：2022年石桥村修了几座桥" in answer.text


@every_way
async def test_an_edited_question_edits_its_answer_also_one_that_was_turned(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say(BRIDGE, user=wang)
    await telegram.quiet()
    answer = service.last(question.chat)
    await telegram.press(answer, "下一页")
    await telegram.press(answer, "有用")
    await telegram.quiet()
    await telegram.edit_message(question, "青杨村果园面积有多少亩")
    await telegram.quiet()
    assert telegram.from_bot(question.chat) == [answer]
    assert "果园面积达到1800亩" in answer.text
    assert "有用" in [button.text for button in answer.buttons], "what was said of the old answer is forgotten"
    await telegram.press(answer, "下一页")
    await telegram.quiet()
    assert answer.text.startswith("青杨村果园面积有多少亩")


async def test_an_edit_that_changes_no_word_is_no_question(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say(BRIDGE, user=wang)
    await telegram.quiet()
    telegram.forget()
    await telegram.edit_message(question, BRIDGE)
    await telegram.quiet()
    assert telegram.events == []


async def test_where_the_answer_was_deleted_an_edited_question_is_answered_anew(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say(BRIDGE, user=wang)
    await telegram.quiet()
    old = await telegram.delete_message(service.last(question.chat))
    await telegram.edit_message(question, "青杨村果园面积有多少亩")
    await telegram.quiet()
    answer = service.last(question.chat)
    assert answer is not old
    assert "果园面积达到1800亩" in answer.text
    await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    assert answer.edited


async def test_an_edit_may_turn_a_command_into_a_question(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    said = await telegram.say("/help", user=wang)
    await telegram.quiet()
    await telegram.edit_message(said, "/ask 青杨村果园面积有多少亩")
    await telegram.quiet()
    assert "果园面积达到1800亩" in service.last(said.chat).text


@every_way
async def test_a_deleted_question_is_answered_all_the_same(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    question = await telegram.say(BRIDGE, user=wang)
    await telegram.delete_message(question)
    await telegram.quiet()
    answer = service.last(question.chat)
    assert (answer.reply_to, "发现隐患27个" in answer.text) == (None, True)


@every_way
async def test_a_press_below_a_deleted_answer_does_no_harm(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    await telegram.delete_message(answer)
    query = await telegram.press(answer, "下一页", user=wang)
    await telegram.quiet()
    assert query.answered


@every_way
async def test_a_press_that_waited_too_long_does_no_harm(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    telegram.query_seconds = -1
    await telegram.press(answer, "下一页")
    await telegram.quiet()
    assert "第 4–" in answer.text


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("　 \n", "请写出要问的内容"),
        ("？！……", "请写出要问的内容"),
        ("问" * 100_000, "问题太长了，请缩短到 1000 字以内。"),
        ("😀" * 500, "请写出要问的内容"),
        ("<b>石桥</b> &amp; </blockquote>发现隐患", "<b>石桥</b> &amp; </blockquote>发现隐患"),
        ("石桥\x00\x1b[31m\u202e发现多少隐患", "发现隐患27个"),
        ('"石桥" AND (发现 OR -隐患) title:*', "原文"),
        ("'; DROP TABLE reports; --", "原文"),
        ("{question} %s ${x} {0}", "原文"),
    ],
)
async def test_a_hostile_question_is_answered_kindly(
    telegram: OfflineTelegram, service: Service, wang: User, said: str, answered: str
) -> None:
    answers = await telegram.ask(said, user=wang)
    assert len(answers) == 1
    assert answered in answers[0].text


@pytest.mark.parametrize(
    "data", ["v1:AAAAAAAAAAAA:0:0", "v1:", "v1:x:-1:0", "f1:AAAAAAAAAAAA:0:0:1", "f1:", "\x00", "😀" * 16, "h1:x"]
)
async def test_a_forged_press_is_answered_and_changes_nothing(
    telegram: OfflineTelegram, service: Service, wang: User, data: str
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    before = answer.text
    query = await telegram.press_data(answer, data, user=wang)
    await telegram.quiet()
    assert (query.answered, query.text, answer.text) == (True, GONE, before)


async def test_a_page_that_was_never_offered_is_no_error(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    data = str(answer.buttons[0].data).rsplit(":", 2)[0]
    for made_up in (f"{data}:999:0", f"{data}:0:999"):
        query = await telegram.press_data(answer, made_up, user=wang)
        await telegram.quiet()
        assert (query.answered, query.text) == (True, None)


async def test_the_button_of_another_answer_turns_nothing_here(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [bridge] = await telegram.ask(BRIDGE, user=wang)
    [orchard] = await telegram.ask("青杨村果园面积有多少亩", user=wang)
    before = orchard.text
    query = await telegram.press_data(orchard, str(bridge.buttons[0].data), user=wang)
    await telegram.quiet()
    assert (query.text, orchard.text) == (GONE, before)


async def test_a_quote_whose_report_was_replaced_says_that_the_text_was_updated(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    link = next(entity.extra["url"] for entity in answer.entities if entity.type == "text_link")
    await service.ingest("villages.md", VILLAGES.replace("发现隐患27个", "发现隐患28个"))
    [shown] = await telegram.ask(f"/start {link.partition('start=')[2]}", user=wang)
    assert "原文已更新：这份报告（villages.md）已换成新的版本" in shown.text
    await telegram.press(answer, "1 上下文")
    await telegram.quiet()
    assert "27" not in answer.text
    [again] = await telegram.ask(BRIDGE, user=wang)
    assert "发现隐患28个" in again.text


@every_way
async def test_the_original_shows_the_whole_passage(telegram: OfflineTelegram, service: Service, wang: User) -> None:
    [answer] = await telegram.ask(BRIDGE, user=wang)
    link = next(entity.extra["url"] for entity in answer.entities if entity.type == "text_link")
    [shown] = await telegram.ask(f"/start {link.partition('start=')[2]}", user=wang)
    assert "全村先后组织40人次勘察河道，发现隐患27个，当年修好石桥三座。村里请来老石匠把关" in shown.text


async def test_what_holds_no_question_is_told_what_does(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    [said] = await telegram.ask("/weather 石桥村", user=wang)
    assert said.text == "没有这个命令。直接输入问题即可；/help 有全部说明。"
    picture = telegram.keep_file("photo", "a.png", b"png")
    [said] = await telegram.ask("", user=wang, file=picture)
    assert said.text == "我只读文字：请把问题写出来。"
    [said] = await telegram.ask(BRIDGE, user=wang, file=picture)
    assert "发现隐患27个" in said.text
