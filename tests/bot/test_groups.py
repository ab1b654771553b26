"""Groups: what the bot answers, what it leaves alone, and who may press; inside the process and over HTTP."""

from __future__ import annotations

from pathlib import Path

from bot.offline import Chat, OfflineTelegram, User
from tests.support.running import Way, every_way
from tests.support.service import Service

BRIDGE = "石桥村发现了多少个隐患"


@every_way
async def test_a_group_asks_in_three_ways_turns_pages_and_is_left_alone_else(
    telegram: OfflineTelegram, data_dir: Path, group: Chat, wang: User, li: User, way: Way
) -> None:
    telegram.privacy = False
    async with Service(telegram, data_dir, way=way):
        assert await telegram.ask("今天天气真好", user=wang, chat=group) == []
        assert await telegram.ask("@yinjubot2 " + BRIDGE, user=wang, chat=group) == []
        assert await telegram.ask("/ask@otherbot " + BRIDGE, user=wang, chat=group) == []

        [by_command] = await telegram.ask("/ask " + BRIDGE, user=wang, chat=group)
        [by_mention] = await telegram.ask("@YinjuBot " + BRIDGE, user=wang, chat=group)
        [by_reply] = await telegram.ask("修好几座石桥", user=li, chat=group, reply_to=by_mention)
        assert all("发现隐患27个" in one.text for one in (by_command, by_mention, by_reply))

        stranger = await telegram.press(by_command, "下一页", user=li)
        await telegram.quiet()
        assert stranger.text == "这是别人的提问；请自己问一次，就可以翻页了。"
        assert not by_command.edited
        owner = await telegram.press(by_command, "下一页", user=wang)
        await telegram.quiet()
        assert (owner.text, by_command.edited) == (None, True)


async def test_the_words_of_a_mentioned_message_are_asked_where_the_mention_stands_alone(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User, li: User
) -> None:
    said = await telegram.say(BRIDGE, user=wang, chat=group)
    [answer] = await telegram.ask("@yinjubot", user=li, chat=group, reply_to=said)
    assert "发现隐患27个" in answer.text
    [other] = await telegram.ask("/ask", user=li, chat=group, reply_to=said)
    assert "发现隐患27个" in other.text


async def test_a_picture_whose_caption_mentions_the_bot_is_a_question(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    picture = telegram.keep_file("photo", "a.png", b"png")
    [answer] = await telegram.ask(f"@yinjubot {BRIDGE}", user=wang, chat=group, file=picture)
    assert "发现隐患27个" in answer.text
    telegram.privacy = False
    assert await telegram.ask(BRIDGE, user=wang, chat=group, file=picture) == []


@every_way
async def test_in_a_topic_the_answer_stays_there_and_small_talk_is_left_alone(
    telegram: OfflineTelegram, service: Service, wang: User
) -> None:
    telegram.privacy = False
    forum = telegram.supergroup("论坛", wang, topics=["党建"])
    thread = forum.topics["党建"]
    assert await telegram.ask("大家好", user=wang, chat=forum, thread=thread) == []
    [answer] = await telegram.ask("/ask " + BRIDGE, user=wang, chat=forum, thread=thread)
    assert answer.thread == thread
    [general] = await telegram.ask("/ask " + BRIDGE, user=wang, chat=forum)
    assert not general.in_topic


@every_way
async def test_an_edit_that_mentions_the_bot_is_a_question_and_its_next_edit_changes_the_answer(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    telegram.privacy = False
    said = await telegram.say("有人知道吗", user=wang, chat=group)
    await telegram.quiet()
    assert telegram.from_bot(group) == []
    await telegram.edit_message(said, "@yinjubot " + BRIDGE)
    await telegram.quiet()
    [answer] = telegram.from_bot(group)
    await telegram.edit_message(said, "@yinjubot 青杨村果园面积有多少亩")
    await telegram.quiet()
    assert telegram.from_bot(group) == [answer]
    assert "果园面积达到1800亩" in answer.text
    await telegram.edit_message(said, "算了")
    await telegram.quiet()
    assert "果园面积达到1800亩" in answer.text


async def test_a_post_forwarded_from_a_linked_channel_is_nobodys_question(
    telegram: OfflineTelegram, service: Service, group: Chat
) -> None:
    channel = telegram.channel("频道", discussion=group)
    await telegram.post(channel, "@yinjubot " + BRIDGE)
    await telegram.quiet()
    assert telegram.from_bot(group) == []


@every_way
async def test_an_anonymous_administrator_is_answered_and_can_turn_pages(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    [answer] = await telegram.ask("/ask " + BRIDGE, user=wang, chat=group, anonymous=True)
    query = await telegram.press(answer, "下一页", user=wang)
    await telegram.quiet()
    assert (query.text, answer.edited) == (None, True)


async def test_a_reader_of_english_gets_english_around_the_quotation(
    telegram: OfflineTelegram, service: Service, group: Chat, wang: User
) -> None:
    john = telegram.person("John", language="en")
    group.members[john.id] = "member"
    [answer] = await telegram.ask("/ask " + BRIDGE, user=john, chat=group)
    assert "All quotations are verbatim." in answer.text
    await telegram.press(answer, "Useful", user=wang)
    await telegram.quiet()
    assert "All quotations are verbatim." in answer.text, "whoever presses, the answer stays in the asker's language"
