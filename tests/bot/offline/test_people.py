"""What people do on the played Telegram, as the bot is told of it."""

from __future__ import annotations

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
)

from bot.offline import OfflineTelegram
from tests.support.echoing import bot_of, seen


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/ask@yinjubot 几个问题", [("bot_command", "/ask@yinjubot")]),
        ("请看 /ask", [("bot_command", "/ask")]),
        ("/ask凤翔", []),
        ("😀 @yinjubot 几个", [("mention", "@yinjubot")]),
        ("请问@yinjubot 几个", []),
        ("@yinjubot几个", []),
        ("@yinjubot，几个", [("mention", "@yinjubot")]),
        ("#四优 和 #1", [("hashtag", "#四优")]),
        ("见 https://example.org/a?b=1。", [("url", "https://example.org/a?b=1。")]),
        ("见 example.cn/报告, 好", [("url", "example.cn/报告")]),
        ("写给 a.b@example.org", [("email", "a.b@example.org")]),
    ],
)
async def test_entities_are_found_as_telegram_finds_them(
    world: OfflineTelegram, text: str, entities: list[tuple[str, str]]
) -> None:
    said = await world.say(text, user=world.person("小王"))
    assert [(entity.type, entity.of(text)) for entity in said.entities] == entities
    [update] = await seen(world)
    assert update.message
    assert [update.message.parse_entity(entity) for entity in update.message.entities] == [it for _, it in entities]


async def test_privacy_mode_lets_through_what_is_meant_for_the_bot_and_service_messages(world: OfflineTelegram) -> None:
    wang, li = world.person("小王"), world.person("小李")
    group = world.group("办公室", wang)
    answer = world.stand(group, world.bot, "原文")
    await world.say("闲谈", user=wang, chat=group)
    await world.say("/help", user=wang, chat=group)
    await world.say("/help@otherbot", user=wang, chat=group)
    await world.say("@yinjubot 几个", user=wang, chat=group)
    await world.say("@yinjubot2 几个", user=wang, chat=group)
    await world.say("还有呢", user=wang, chat=group, reply_to=answer)
    await world.join(group, li, by=wang)
    texts = [update.message.text for update in await seen(world) if update.message]
    assert texts == ["/help", "@yinjubot 几个", "还有呢", None]
    query = await world.inline_query("四优", user=wang)
    query.results = [{"type": "article", "id": "1", "title": "题", "input_message_content": {"message_text": "文"}}]
    await world.choose(query, 0, chat=group)
    _, sent, chosen = await seen(world)
    assert sent.message
    assert (sent.message.via_bot and sent.message.via_bot.id, sent.message.text) == (world.bot.id, "文")
    assert chosen.chosen_inline_result
    assert (chosen.chosen_inline_result.result_id, chosen.chosen_inline_result.query) == ("1", "四优")
    world.privacy = False
    await world.say("闲谈", user=wang, chat=group)
    assert len(await seen(world)) == 1


async def test_a_message_in_a_topic_replies_to_the_opening_of_its_topic(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    forum = world.supergroup("论坛", wang, topics=["甲", "乙"])
    await world.say("/ask 一", user=wang, chat=forum, thread=forum.topics["乙"])
    await world.say("/ask 二", user=wang, chat=forum)
    in_topic, in_general = [update.message for update in await seen(world)]
    assert in_topic
    assert in_topic.reply_to_message
    assert in_general
    assert (in_topic.is_topic_message, in_topic.message_thread_id) == (True, forum.topics["乙"])
    assert in_topic.reply_to_message.forum_topic_created
    assert (in_general.is_topic_message, in_general.message_thread_id) == (None, None)
    assert in_general.chat.is_forum


async def test_a_chain_of_replies_outside_of_topics_bears_a_thread_id_that_cannot_be_sent_to(
    world: OfflineTelegram,
) -> None:
    wang = world.person("小王")
    group = world.supergroup("群", wang)
    first = await world.say("/ask 一", user=wang, chat=group)
    await world.say("/ask 二", user=wang, chat=group, reply_to=first)
    reply = (await seen(world))[1].message
    assert reply
    assert (reply.message_thread_id, reply.is_topic_message) == (first.id, None)
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(group.id, "答", message_thread_id=first.id)


async def test_channels_discussions_and_nameless_administrators_show_as_telegram_shows_them(
    world: OfflineTelegram,
) -> None:
    wang = world.person("小王")
    group = world.supergroup("讨论", admins=[wang])
    channel = world.channel("频道", discussion=group)
    world.privacy = False
    await world.post(channel, "公告")
    await world.say("/settings", user=wang, chat=group, anonymous=True)
    await world.say_as_channel(channel, "以频道名义", chat=group)
    post, forwarded, nameless, named = await seen(world)
    assert post.channel_post
    assert post.channel_post.from_user is None
    assert post.channel_post.text == "公告"
    assert forwarded.message
    assert forwarded.message.is_automatic_forward
    assert forwarded.message.from_user
    assert forwarded.message.from_user.id == 777000
    assert nameless.message
    assert nameless.message.from_user
    assert nameless.message.sender_chat
    assert (nameless.message.from_user.id, nameless.message.sender_chat.id) == (1087968824, group.id)
    assert named.message
    assert named.message.from_user
    assert named.message.sender_chat
    assert (named.message.from_user.id, named.message.sender_chat.id) == (136817688, channel.id)


async def test_an_edited_message_says_when_it_was_edited() -> None:
    now = 1_000_000.0
    world = OfflineTelegram(clock=lambda: now)
    said = await world.say("一", user=world.person("小王"))
    now += 60
    await world.edit_message(said, "二")
    first, second = await seen(world)
    assert first.message
    assert second.edited_message
    assert (first.message.text, first.message.edit_date) == ("一", None)
    assert (second.edited_message.text, second.edited_message.message_id) == ("二", said.id)
    assert second.edited_message.edit_date
    assert second.edited_message.edit_date.timestamp() == 1_000_060


async def test_coming_and_going_of_the_bot_and_of_people(world: OfflineTelegram) -> None:
    wang, li = world.person("小王"), world.person("小李")
    group = world.group("群", admins=[wang], bot=None)
    await world.join(group, world.bot, by=wang)
    await world.promote(group, world.bot, by=wang)
    await world.join(group, li)
    await world.leave(group, li)
    await world.kick(group, world.bot, by=wang)
    shown: list[object] = []
    for update in await seen(world):
        if change := update.my_chat_member:
            shown.append((change.from_user.first_name, change.old_chat_member.status, change.new_chat_member.status))
        elif update.message:
            left = update.message.left_chat_member
            shown.append(([user.first_name for user in update.message.new_chat_members], left and left.first_name))
    assert shown == [
        ("小王", "left", "member"),
        (["引据"], None),
        ("小王", "member", "administrator"),
        (["小李"], None),
        ([], "小李"),
        ([], "引据"),
        ("小王", "administrator", "kicked"),
    ]
    async with bot_of(world) as bot:
        with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
            await bot.send_message(group.id, "在吗")


async def test_updates_on_request_come_only_to_a_bot_that_asks_for_them(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    said = await world.say("好", user=wang)
    await world.react(said, "👍", user=wang)
    assert [update.message_reaction for update in await seen(world)] == [None]
    async with bot_of(world) as bot:
        await bot.get_updates(timeout=0, allowed_updates=["message_reaction"])
    await world.say("不要", user=wang)
    await world.react(said, "", user=wang)
    [update] = await seen(world)
    assert update.message_reaction
    assert (len(update.message_reaction.old_reaction), update.message_reaction.new_reaction) == (1, ())


async def test_blocking_forbids_and_writing_again_allows(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(wang.id, "你好")
        world.private(wang)
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(wang.id, "你好")
        await world.say("/start", user=wang)
        await bot.send_message(wang.id, "你好")
        await world.block(wang)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(wang.id, "你好")
        await world.say("/start", user=wang)
        await bot.send_message(wang.id, "你好")
    changes = [update.my_chat_member for update in await seen(world)]
    assert [change and change.new_chat_member.status for change in changes] == [None, "kicked", "member", None]


async def test_a_group_that_became_a_supergroup_says_where_it_went(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    group = world.group("群", wang)
    supergroup = await world.migrate(group, by=wang)
    old, new = [update.message for update in await seen(world)]
    assert old
    assert new
    assert (old.migrate_to_chat_id, new.migrate_from_chat_id) == (supergroup.id, group.id)
    async with bot_of(world) as bot:
        with pytest.raises(ChatMigrated) as raised:
            await bot.send_message(group.id, "在吗")
        assert raised.value.new_chat_id == supergroup.id
        await bot.send_message(supergroup.id, "在")
