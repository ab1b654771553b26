"""What a bot may send, edit and delete on the played Telegram, and in which words it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.offline import Entity, OfflineTelegram
from bot.offline.entities import tidy
from bot.offline.markup import parse_html
from tests.support.echoing import MORE, bot_of, echoing, seen
from tests.support.running import running


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>粗</b>与<strong>粗</strong>", "粗与粗", [("bold", 0, 1), ("bold", 2, 1)]),
        ("😀<i>斜</i><em>斜</em>", "😀斜斜", [("italic", 2, 1), ("italic", 3, 1)]),
        ("<u>下</u><ins>下</ins>", "下下", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>删</s><strike>删</strike><del>删</del>", "删删删", [("strikethrough", n, 1) for n in range(3)]),
        (
            "<tg-spoiler>藏</tg-spoiler><span class='tg-spoiler'>藏</span>",
            "藏藏",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("<b>外<i>内</i></b>", "外内", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<blockquote>引<b>用</b></blockquote>", "引用", [("blockquote", 0, 2), ("bold", 1, 1)]),
        ("<blockquote expandable>引</blockquote>", "引", [("expandable_blockquote", 0, 1)]),
        ("<code>码</code><pre>块</pre>", "码块", [("code", 0, 1), ("pre", 1, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<code>一<b>二</b></code>", "一二", [("code", 0, 2)]),
        ("&lt;b&gt; &amp;amp; &quot;&#65;&#x4e2d;", '<b> &amp; "A中', []),
        ("&nbsp; & &unknown;", "&nbsp; & &unknown;", []),
        ("<b></b>空", "空", []),
        ("  <b> 字 </b>  ", "字", [("bold", 0, 1)]),
        ("<B>大写</b>", "大写", [("bold", 0, 2)]),
        ("<b>一</>", "一", [("bold", 0, 1)]),
        ("<a href='https://t.me/yinjubot?start=p_1'>原文</a>", "原文", [("text_link", 0, 2)]),
        ("<a href='tg://user?id=10001'>小王</a>", "小王", [("text_mention", 0, 2)]),
        ("<a href='x'>无处</a>", "无处", []),
        ("见 @yinjubot 与 <code>@yinjubot</code>", "见 @yinjubot 与 @yinjubot", [("mention", 2, 9), ("code", 14, 9)]),
        ("a\rb\tc\x00d", "ab c d", []),
    ],
)
async def test_html_becomes_text_and_entities(
    telegram: OfflineTelegram, source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    wang = telegram.person("小王")
    await telegram.say("好", user=wang)
    async with bot_of(telegram) as bot:
        sent = await bot.send_message(wang.id, source, parse_mode="HTML")
    assert sent.text == text
    assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == entities


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ('<pre><code class="language-python">x</code></pre>', {"type": "pre", "language": "python"}),
        ('<code class="language-python"><pre>x</pre></code>', {"type": "pre", "language": "python"}),
        ('<code class="language-python">x</code>', {"type": "code"}),
        ("<pre><code>x</code></pre>", {"type": "pre"}),
        ("<a href=\"https://a.b/?c=1&amp;d='2'\">x</a>", {"type": "text_link", "url": "https://a.b/?c=1&d='2'"}),
        ("<a>a.b</a>", {"type": "text_link", "url": "http://a.b"}),
        ("<tg-emoji emoji-id='5'>x</tg-emoji>", {"type": "custom_emoji", "custom_emoji_id": "5"}),
        (
            "<a href='tg://user?id=5'>x</a>",
            {"type": "text_mention", "user": {"id": 5, "is_bot": False, "first_name": ""}},
        ),
    ],
)
def test_a_tag_says_more_than_its_type(source: str, entity: dict[str, Any]) -> None:
    text, entities = tidy(*parse_html(source))
    assert entities[0].json() == {"offset": 0, "length": len(text)} | entity


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("中<b>粗", 'Can\'t find end tag corresponding to start tag "b"'),
        ("中</b>", "Unexpected end tag at byte offset 3"),
        ("<b>一</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("<b><i>一</b></i>", 'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<p>段</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href='x'", "Unclosed start tag at byte offset 0"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a ", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=ä>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>一</b", "Unclosed end tag at byte offset 6"),
        ("<span class='x'>y</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "&#xd800;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code "
            "units",
        ),
    ],
)
async def test_invalid_html_is_refused_in_telegrams_words(world: OfflineTelegram, source: str, fault: str) -> None:
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest):
            await bot.send_message(wang.id, source, parse_mode="HTML")
    assert world.calls[-1].error == f"Bad Request: can't parse entities: {fault}"
    assert world.from_bot(world.private(wang)) == []


def buttons(**kind: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("按", **kind)]])


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"text": "  \n "}, "Bad Request: message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "好" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "<b>" + "好" * 4097 + "</b>", "parse_mode": "HTML"}, "Bad Request: message is too long"),
        ({"text": "好", "parse_mode": "htm"}, "Bad Request: unsupported parse_mode"),
        ({"text": "好", "reply_markup": buttons(callback_data="好" * 22)}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "好", "reply_markup": buttons(callback_data="")}, "Bad Request: BUTTON_DATA_INVALID"),
        (
            {"text": "好", "reply_markup": buttons(copy_text=CopyTextButton("引" * 257))},
            "Bad Request: BUTTON_COPY_TEXT_INVALID",
        ),
        (
            {"text": "好", "reply_markup": buttons()},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "好", "reply_markup": buttons(url="无处")},
            "Bad Request: inline keyboard button URL '无处' is invalid: Wrong HTTP URL",
        ),
        ({"text": "好", "message_thread_id": 1}, "Bad Request: message thread not found"),
        ({"text": "好", "reply_to_message_id": 999}, "Bad Request: message to be replied not found"),
    ],
)
async def test_what_telegram_refuses_to_send(world: OfflineTelegram, given: dict[str, Any], fault: str) -> None:
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        with pytest.raises(BadRequest):
            await bot.send_message(wang.id, **given)
    assert (world.calls[-1].error, world.calls[-1].status) == (fault, 400)
    assert world.from_bot(world.private(wang)) == []


async def test_the_most_that_telegram_takes_is_taken(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    await telegram.say("好", user=wang)
    async with bot_of(telegram) as bot:
        await bot.send_message(wang.id, "<b>" + "好" * 4094 + "😀</b>", parse_mode="HTML")
        await bot.send_message(wang.id, "好", reply_markup=buttons(callback_data="好" * 21 + "a"))
        await bot.send_message(wang.id, "好", reply_markup=buttons(copy_text=CopyTextButton("引" * 256)))
        many = await bot.send_message(wang.id, "<b>好</b>，" * 100, parse_mode="HTML")
        alone = await bot.send_message(wang.id, "好", reply_to_message_id=999, allow_sending_without_reply=True)
    assert (len(many.entities), alone.reply_to_message) == (100, None)


async def test_entities_beyond_the_hundredth_are_dropped(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        many = await bot.send_message(wang.id, "<b>好</b>，" * 101, parse_mode="HTML")
    assert (len(many.entities), many.text) == (100, "好，" * 101)


async def test_edits_and_deletions_of_what_is_not_there_or_not_new_are_refused(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    asked = await world.say("好", user=wang)
    async with bot_of(world) as bot:
        sent = await bot.send_message(wang.id, "一", reply_markup=MORE)
        for fault, text, message_id, markup in [
            (
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message",
                "<b></b>一",
                sent.message_id,
                MORE,
            ),
            ("message to edit not found", "二", 999, None),
            ("message can't be edited", "二", asked.id, None),
        ]:
            with pytest.raises(BadRequest):
                await bot.edit_message_text(text, wang.id, message_id, parse_mode="HTML", reply_markup=markup)
            assert world.calls[-1].error == f"Bad Request: {fault}"
        await bot.edit_message_text("一", wang.id, sent.message_id)
        assert world.from_bot(world.private(wang))[0].buttons == []
        await sent.delete()
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await sent.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await sent.edit_text("二")
    assert world.messages(asked.chat) == [asked]


async def test_a_message_of_others_is_deleted_in_private_or_by_an_administrator(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    group = world.group("群", wang)
    in_private = await world.say("/a", user=wang)
    in_group = await world.say("/a", user=wang, chat=group)
    async with bot_of(world) as bot:
        await bot.delete_message(wang.id, in_private.id)
        with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
            await bot.delete_message(group.id, in_group.id)
        await world.promote(group, world.bot, by=wang)
        await bot.delete_messages(group.id, [in_group.id, 999])
    assert in_private.deleted
    assert in_group.deleted


async def test_an_answer_in_a_topic_stays_in_it_and_a_closed_one_is_closed(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    forum = telegram.supergroup("论坛", wang, topics=["甲", "乙"])
    async with running(telegram, echoing):
        await telegram.say("@yinjubot 一", user=wang, chat=forum, thread=forum.topics["乙"])
        await telegram.quiet()
        [answer] = telegram.from_bot(forum)
        assert (answer.thread, answer.in_topic) == (forum.topics["乙"], True)
    assert 1 not in forum.topics.values()
    async with bot_of(telegram) as bot:
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "答", message_thread_id=1)
    forum.closed_topics.add(forum.topics["甲"])
    async with bot_of(telegram) as bot:
        with pytest.raises(BadRequest, match="Topic_closed"):
            await bot.send_message(forum.id, "答", message_thread_id=forum.topics["甲"])


async def test_files_go_up_and_down(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    await telegram.send_document("报告.txt", "全文".encode(), user=wang, caption="请看 @yinjubot")
    await telegram.send_document("大.pdf", None, user=wang, size=21 * 1024 * 1024)
    small, large = [update.message for update in await seen(telegram)]
    assert small
    assert small.document
    assert large
    assert large.document
    assert (small.caption, small.document.file_name, small.document.file_size) == ("请看 @yinjubot", "报告.txt", 6)
    assert [entity.type for entity in small.caption_entities] == ["mention"]
    async with bot_of(telegram) as bot:
        file = await bot.get_file(small.document.file_id)
        assert bytes(await file.download_as_bytearray()).decode() == "全文"
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(large.document.file_id)
        await bot.send_document(wang.id, "导出".encode(), filename="导出.txt", caption="<b>给您</b>", parse_mode="HTML")
        photo = await bot.send_photo(wang.id, b"\x89PNG")
        await bot.send_photo(wang.id, photo.photo[-1].file_id)
    document, *photos = telegram.from_bot(telegram.private(wang))
    assert document.file
    assert document.file.content
    assert (document.file.name, document.file.content.decode(), document.text) == ("导出.txt", "导出", "给您")
    assert [photo.file and photo.file.content for photo in photos] == [b"\x89PNG"] * 2


async def test_captions_and_keyboards_are_edited_by_their_own_methods(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    await telegram.say("好", user=wang)
    async with bot_of(telegram) as bot:
        file = await bot.send_document(wang.id, b"1", filename="一.txt", caption="旧", reply_markup=MORE)
        text = await bot.send_message(wang.id, "一", reply_markup=MORE)
        await file.edit_caption("<b>新</b>", parse_mode="HTML")
        await text.edit_reply_markup(None)
        for fault, refused in [
            ("there is no text in the message to edit", file.edit_text("二")),
            ("there is no caption in the message to edit", text.edit_caption("二")),
            ("message caption is too long", file.edit_caption("长" * 1025)),
        ]:
            with pytest.raises(BadRequest):
                await refused
            assert telegram.calls[-1].error == f"Bad Request: {fault}"
        telegram.calls.pop()  # the caption that is too long, on purpose
        with pytest.raises(BadRequest):
            await bot.edit_message_text("三", inline_message_id="nowhere")
        assert telegram.calls[-1].error == "Bad Request: MESSAGE_ID_INVALID"
    document, plain = telegram.from_bot(telegram.private(wang))
    assert (document.text, document.entities, document.buttons) == ("新", (Entity("bold", 0, 1),), [])
    assert (plain.text, plain.buttons, plain.edited) == ("一", [], True)


async def test_files_and_keyboards_that_are_too_large_or_empty_are_refused(world: OfflineTelegram) -> None:
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await bot.send_document(wang.id, bytes(50 * 1024 * 1024 + 1))
        with pytest.raises(BadRequest, match="File must be non-empty"):
            await bot.send_document(wang.id, b"")
        with pytest.raises(BadRequest, match="Wrong remote file identifier specified"):
            await bot.send_document(wang.id, "nothing")
        with pytest.raises(BadRequest, match="Invalid file_id"):
            await bot.get_file("nothing")
        many = InlineKeyboardMarkup([[InlineKeyboardButton("按", callback_data="x")] * 5] * 20)
        await bot.send_message(wang.id, "好", reply_markup=many)
        more = InlineKeyboardMarkup([*many.inline_keyboard, [InlineKeyboardButton("按", callback_data="x")]])
        with pytest.raises(BadRequest, match="Reply_markup_too_long"):
            await bot.send_message(wang.id, "好", reply_markup=more)
        blank = InlineKeyboardMarkup([[InlineKeyboardButton(" ", callback_data="x")]])
        with pytest.raises(BadRequest, match='field "text" must be of type string'):
            await bot.send_message(wang.id, "好", reply_markup=blank)


async def test_what_is_two_days_old_can_no_longer_be_deleted() -> None:
    now = 1_000_000.0
    world = OfflineTelegram(clock=lambda: now)
    wang = world.person("小王")
    await world.say("好", user=wang)
    async with bot_of(world) as bot:
        old = await bot.send_message(wang.id, "一")
        now += 48 * 60 * 60 + 1
        with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
            await old.delete()
        await (await bot.send_message(wang.id, "二")).delete()


async def test_the_bot_reacts_to_messages_that_stand(telegram: OfflineTelegram) -> None:
    wang = telegram.person("小王")
    said = await telegram.say("好", user=wang)
    async with bot_of(telegram) as bot:
        await bot.set_message_reaction(wang.id, said.id, "👍")
        assert said.reactions == {telegram.bot.id: [{"type": "emoji", "emoji": "👍"}]}
        with pytest.raises(BadRequest, match="Message to react not found"):
            await bot.set_message_reaction(wang.id, 999, "👍")


async def test_a_channel_takes_posts_of_an_administrator_in_its_own_name(telegram: OfflineTelegram) -> None:
    channel, other = telegram.channel("频道"), telegram.channel("别的", bot="member")
    said = await telegram.say("好", user=telegram.person("小王"))
    async with bot_of(telegram) as bot:
        post = await bot.send_message(channel.id, "公告")
        await post.edit_text("更正")
        with pytest.raises(Forbidden, match="bot is not an administrator of the channel chat"):
            await bot.send_message(other.id, "公告")
        with pytest.raises(BadRequest, match="Chat member status can't be changed in private chats"):
            await bot.leave_chat(said.chat.id)
    assert (post.from_user, post.sender_chat and post.sender_chat.id) == (None, channel.id)
    [standing] = telegram.messages(channel)
    assert (standing.text, standing.sender, standing.sender_chat) == ("更正", None, channel)
