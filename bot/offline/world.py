"""The played world: who there is, what they said, and the plain verbs with which people act on it."""

from __future__ import annotations

import asyncio
import itertools
import mimetypes
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.offline.content import result_content
from bot.offline.faults import Faults
from bot.offline.markup import Entity, find_entities
from bot.offline.methods import member_json
from bot.offline.nouns import (
    Button,
    Call,
    CallbackQuery,
    Chat,
    Event,
    File,
    GuestQuery,
    InlineQuery,
    Json,
    Message,
    Status,
    User,
)
from bot.offline.server import Server
from bot.offline.transport import OfflineRequest
from bot.offline.updates import Bell, Updates

ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
CHANNEL = User(136817688, "Channel", "Channel_Bot", is_bot=True)
TELEGRAM = User(777000, "Telegram")


class OfflineTelegram:
    """Play Telegram for one bot.

    *privacy*, *inline* and *guest* are BotFather's switches. *floods* makes Telegram's flood limits bite.
    *clock* gives Unix time: message dates and the age of queries follow it, waiting does not.
    """

    def __init__(
        self,
        *,
        token: str = "4242:offline",  # noqa: S107 - opens nothing but this played world
        username: str = "yinjubot",
        privacy: bool = True,
        inline: bool = True,
        guest: bool = True,
        floods: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.bot = User(int(token.split(":", 1)[0]), "引据", username, is_bot=True)
        self.privacy = privacy
        self.inline = inline
        self.guest = guest
        self.floods = floods
        self.clock = clock
        self.query_seconds = 60.0  # Telegram publishes no figure
        self.people: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.guest_queries: dict[str, GuestQuery] = {}
        self.inline_messages: dict[str, Message] = {}
        self.settings: dict[tuple[str, ...], Any] = {}
        self.calls: list[Call] = []
        self.polls: list[Call] = []
        self.events: list[Event] = []
        self.faults = Faults()
        self.server = Server(self)
        self.bell = Bell()
        self.updates = Updates(clock, self.bell)
        self._ids = itertools.count(10_001)
        self._application: Any = None

    # ── Who and where ────────────────────────────────────────────────────────────────────────────────────────────────

    def person(self, name: str, *, username: str | None = None, language: str | None = "zh-hans") -> User:
        """Bring somebody into the world."""
        user = User(next(self._ids), name, username, language)
        self.people[user.id] = user
        return user

    def private(self, user: User) -> Chat:
        """Find the private chat of *user* with the bot; it opens for the bot once the person writes."""
        return self.chats.setdefault(user.id, Chat(user.id, "private", person=user, members={user.id: "member"}))

    def group(self, title: str, *members: User, admins: Iterable[User] = (), bot: Status | None = "member") -> Chat:
        """Found a basic group; *bot* is how the bot stands in it, None: it was never there."""
        return self._found(Chat(-next(self._ids), "group", title), members, admins, bot)

    def supergroup(
        self,
        title: str,
        *members: User,
        admins: Iterable[User] = (),
        topics: Iterable[str] = (),
        username: str | None = None,
        bot: Status | None = "member",
    ) -> Chat:
        """Found a supergroup; with *topics* it is a forum, and ``chat.topics[name]`` is the thread id."""
        chat = Chat(-1_000_000_000_000 - next(self._ids), "supergroup", title, username)
        for topic in topics:
            chat.forum = True
            chat.last_id += 2
            chat.topics[topic] = chat.last_id
        return self._found(chat, members, admins, bot)

    def channel(self, title: str, *, discussion: Chat | None = None, bot: Status | None = "administrator") -> Chat:
        """Found a channel; its posts are forwarded to *discussion*, a supergroup, where one is linked."""
        chat = Chat(-1_000_000_000_000 - next(self._ids), "channel", title, discussion=discussion)
        return self._found(chat, (), (), bot)

    def _found(self, chat: Chat, members: Iterable[User], admins: Iterable[User], bot: Status | None) -> Chat:
        standing: tuple[tuple[Iterable[User], Status], ...] = ((members, "member"), (admins, "administrator"))
        for people, status in standing:
            chat.members.update(dict.fromkeys((person.id for person in people), status))
        if bot:
            chat.members[self.bot.id] = bot
        self.chats[chat.id] = chat
        return chat

    def messages(self, chat: Chat) -> list[Message]:
        """List the messages that stand in *chat* now, oldest first."""
        return [message for message in chat.messages.values() if not message.deleted]

    def from_bot(self, chat: Chat) -> list[Message]:
        """List the bot's own messages that stand in *chat* now, oldest first."""
        return [message for message in self.messages(chat) if message.sender == self.bot]

    def calls_of(self, method: str) -> list[Call]:
        """List the recorded calls of *method*."""
        return [call for call in self.calls if call.method == method]

    # ── What people do ───────────────────────────────────────────────────────────────────────────────────────────────

    async def say(
        self,
        text: str,
        *,
        user: User,
        chat: Chat | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        entities: Iterable[Entity] | None = None,
        anonymous: bool = False,
        file: File | None = None,
    ) -> Message:
        """Let *user* write; without *chat*, to the bot in private. *anonymous*: as an administrator without a name.

        Telegram finds the *entities* itself unless they are given. Where the bot is no member but is mentioned,
        the message reaches it as a guest message.
        """
        chat = chat or self.private(user)
        if chat.type == "private":
            self.unblocked(chat)
        message = self.stand(
            chat,
            ANONYMOUS if anonymous else user,
            text,
            tuple(find_entities(text) if entities is None else entities),
            reply_to=reply_to,
            thread=thread,
            file=file,
        )
        if anonymous:
            message.sender_chat = chat
        self._deliver(message)
        return message

    async def send_document(
        self,
        name: str,
        content: bytes | None,
        *,
        user: User,
        chat: Chat | None = None,
        caption: str = "",
        size: int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Let *user* send a file; with *size* and no *content*, one too large to be worth playing."""
        return await self.say(
            caption, user=user, chat=chat, reply_to=reply_to, file=self.keep_file("document", name, content, size)
        )

    async def edit_message(self, message: Message, text: str) -> Message:
        """Let the sender change a message."""
        message.text, message.entities = text, tuple(find_entities(text))
        message.edit_date = int(self.clock())
        if self._hears(message):
            kind = "edited_channel_post" if message.chat.type == "channel" else "edited_message"
            self.updates.add(kind, message.json())
        return message

    async def delete_message(self, message: Message) -> Message:
        """Let somebody delete a message; Telegram tells no bot of it."""
        message.deleted = True
        return message

    async def press(self, message: Message, button: str | int | Button, *, user: User | None = None) -> CallbackQuery:
        """Let *user* (in private, the person there) press a *button*: by its number from 0, its text, or its data.

        Raise LookupError where there is no such button, ValueError where it is none that calls back.
        """
        presser = user or message.chat.person
        if presser is None:
            raise ValueError("say which user presses the button")
        query = CallbackQuery(f"c{next(self._ids)}", presser, _find(message, button), self.clock(), message)
        self.callbacks[query.id] = query
        self.updates.add("callback_query", query.json())
        return query

    async def press_data(self, message: Message, data: str, *, user: User) -> CallbackQuery:
        """Let *user* send *data* as if a button of *message* held it: what a forged or an outdated client can do."""
        query = CallbackQuery(f"c{next(self._ids)}", user, data, self.clock(), message)
        self.callbacks[query.id] = query
        self.updates.add("callback_query", query.json())
        return query

    async def inline_query(self, query: str, *, user: User, offset: str = "", chat_type: str = "sender") -> InlineQuery:
        """Let *user* type ``@bot query`` somewhere; the results appear in the query returned."""
        asked = InlineQuery(f"i{next(self._ids)}", user, query, offset, chat_type, self.clock())
        self.inline_queries[asked.id] = asked
        if self.inline:
            self.updates.add("inline_query", asked.json())
        return asked

    async def choose(self, query: InlineQuery, number: int, *, chat: Chat) -> Message:
        """Let the asker send result *number* (from 0) of an answered inline query into *chat*."""
        result = query.results[number]
        message = self.stand_result(chat, query.user, result)
        message.via_bot = self.bot
        chosen = {"result_id": result["id"], "from": query.user.json(), "query": query.query}
        self.updates.add("chosen_inline_result", chosen | {"inline_message_id": message.inline_id})
        return message

    async def post(self, channel: Chat, text: str) -> Message:
        """Post in a *channel*; where a discussion group is linked, Telegram forwards the post there."""
        entities = tuple(find_entities(text))
        message = self.stand(channel, None, text, entities)
        message.sender_chat = channel
        self._deliver(message)
        if channel.discussion:
            forwarded = self.stand(channel.discussion, TELEGRAM, text, entities)
            forwarded.sender_chat = channel
            origin = {"type": "channel", "date": message.date, "chat": channel.json(), "message_id": message.id}
            forwarded.extra = {"is_automatic_forward": True, "forward_origin": origin}
            self._deliver(forwarded)
        return message

    async def say_as_channel(self, channel: Chat, text: str, *, chat: Chat, reply_to: Message | None = None) -> Message:
        """Write in a group in the name of a *channel*."""
        message = self.stand(chat, CHANNEL, text, tuple(find_entities(text)), reply_to=reply_to)
        message.sender_chat = channel
        self._deliver(message)
        return message

    async def react(self, message: Message, emoji: str, *, user: User) -> Message:
        """Let *user* put an *emoji* to a message, or take it back with an empty one."""
        old = message.reactions.get(user.id, [])
        message.reactions[user.id] = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if message.chat.type == "private" or message.chat.members.get(self.bot.id) == "administrator":
            changed = {"chat": message.chat.json(), "message_id": message.id, "date": int(self.clock())}
            changed |= {"user": user.json(), "old_reaction": old, "new_reaction": message.reactions[user.id]}
            self.updates.add("message_reaction", changed)
        return message

    # ── Coming and going ─────────────────────────────────────────────────────────────────────────────────────────────

    async def join(self, chat: Chat, user: User, *, by: User | None = None) -> Message:
        """Let *user* (a person, or ``world.bot``) come into a group, brought by somebody or on their own."""
        self._change_member(chat, user, "member", by=by or user)
        return self._service(chat, by or user, new_chat_members=[user.json()])

    async def leave(self, chat: Chat, user: User) -> Message:
        """Let *user* leave a group."""
        message = self._service(chat, user, left_chat_member=user.json())
        self._change_member(chat, user, "left", by=user)
        return message

    async def kick(self, chat: Chat, user: User, *, by: User) -> Message:
        """Let an administrator throw *user* (a person, or ``world.bot``) out of a group."""
        message = self._service(chat, by, left_chat_member=user.json())
        self._change_member(chat, user, "kicked", by=by)
        return message

    async def promote(self, chat: Chat, user: User, *, by: User, status: Status = "administrator") -> None:
        """Give *user* (a person, or ``world.bot``) another *status* in a group."""
        self._change_member(chat, user, status, by=by)

    async def block(self, user: User) -> None:
        """Let *user* block the bot."""
        self._change_member(self.private(user), self.bot, "kicked", by=user)

    async def unblock(self, user: User) -> None:
        """Let *user* take the bot back."""
        self._change_member(self.private(user), self.bot, "member", by=user)

    def unblocked(self, chat: Chat) -> None:
        """Open a private chat for the bot, as writing to it does."""
        if chat.members.get(self.bot.id) == "kicked" and chat.person:
            self._change_member(chat, self.bot, "member", by=chat.person)
        chat.members[self.bot.id] = "member"

    async def migrate(self, group: Chat, *, by: User) -> Chat:
        """Turn a basic *group* into a supergroup, which is another chat with another id."""
        chat = Chat(-1_000_000_000_000 - next(self._ids), "supergroup", group.title, members=dict(group.members))
        self.chats[chat.id] = chat
        self._service(group, by, migrate_to_chat_id=chat.id)
        self._service(chat, by, migrate_from_chat_id=group.id)
        group.migrated_to = chat
        return chat

    def _change_member(self, chat: Chat, user: User, status: Status, *, by: User) -> None:
        old = chat.members.get(user.id, "left")
        chat.members[user.id] = status
        mine = user == self.bot
        if not mine and chat.members.get(self.bot.id) != "administrator":
            return
        changed = {"chat": chat.json(), "from": by.json(), "date": int(self.clock())}
        changed["old_chat_member"] = member_json(user, old)
        changed["new_chat_member"] = member_json(user, status)
        self.updates.add("my_chat_member" if mine else "chat_member", changed)

    def _service(self, chat: Chat, by: User, **content: Any) -> Message:
        message = self.stand(chat, by, "")
        message.extra = content
        self._deliver(message)
        return message

    # ── How things come to stand: for people and for the Bot API ─────────────────────────────────────────────────────

    def stand(
        self,
        chat: Chat,
        sender: User | None,
        text: str,
        entities: tuple[Entity, ...] = (),
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        reply_markup: Json | None = None,
        file: File | None = None,
    ) -> Message:
        """Write a message into *chat* and tell nobody."""
        if thread is None and reply_to and reply_to.chat is chat:
            # In a forum a reply goes to its topic; in a plain supergroup a chain of replies bears its first one's id.
            thread = reply_to.thread or (reply_to.id if chat.type == "supergroup" and not chat.forum else None)
        chat.last_id += 1
        date = int(self.clock())
        message = Message(chat.last_id, chat, date, sender, text, entities, reply_to, thread, reply_markup, file)
        chat.messages[message.id] = message
        return message

    def stand_result(self, chat: Chat, sender: User, result: Json) -> Message:
        """Write a result of an inline or a guest query into *chat* and tell nobody."""
        text, entities = result_content(result)
        message = self.stand(chat, sender, text, entities, reply_markup=result.get("reply_markup"))
        message.inline_id = f"m{next(self._ids)}"
        self.inline_messages[message.inline_id] = message
        return message

    def keep_file(self, kind: Any, name: str, content: bytes | None, size: int | None = None) -> File:
        """Keep a file, and return it with the id it goes by."""
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = File(f"f{next(self._ids)}", name, kind, mime, size or len(content or b""), content)
        self.files[file.id] = file
        return file

    def _deliver(self, message: Message) -> None:
        chat = message.chat
        if self._hears(message):
            self.updates.add("channel_post" if chat.type == "channel" else "message", message.json())
        elif self.guest and chat.type != "channel" and not self._is_member(chat) and self._is_mentioned(message):
            query = GuestQuery(f"g{next(self._ids)}", message, self.clock())
            self.guest_queries[query.id] = query
            self.updates.add("guest_message", message.json() | {"guest_query_id": query.id})

    def _is_member(self, chat: Chat) -> bool:
        return chat.members.get(self.bot.id) in {"member", "administrator", "creator", "restricted"}

    def _is_mentioned(self, message: Message) -> bool:
        name = f"@{self.bot.username}".lower()
        marks = {entity.of(message.text).lower() for entity in message.entities if entity.type == "mention"}
        return name in marks

    def _hears(self, message: Message) -> bool:
        """Tell whether this message of somebody else reaches the bot, by membership and by privacy mode."""
        chat = message.chat
        if not self._is_member(chat):
            return False
        if chat.type in {"private", "channel"} or not self.privacy or chat.members[self.bot.id] == "administrator":
            return True
        service = not message.text and not message.file
        mine = message.reply_to is not None and self.bot in {message.reply_to.sender, message.reply_to.via_bot}
        return service or mine or self._is_mentioned(message) or self._is_commanded(message)

    def _is_commanded(self, message: Message) -> bool:
        commands = [entity.of(message.text) for entity in message.entities if entity.type == "bot_command"]
        for command in commands:
            _, _, addressee = command.partition("@")
            if not addressee or addressee.lower() == (self.bot.username or "").lower():
                return True
        return False

    # ── The bot's side ───────────────────────────────────────────────────────────────────────────────────────────────

    def request(self) -> OfflineRequest:
        """Make what python-telegram-bot talks to instead of the network; any number may be open at a time."""
        return OfflineRequest(self)

    async def call(
        self, token: str, method: str, parameters: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]
    ) -> tuple[int, bytes]:
        """Carry out one call of the Bot API: HTTP status and body. Raise LostConnection where a fault says so."""
        return await self.server.call(token, method, parameters, files)

    def download(self, token: str, path: str) -> tuple[int, bytes]:
        """Answer a download by its ``file_path``: HTTP status and body."""
        return self.server.download(token, path)

    def watch(self, application: Any) -> None:
        """Say which telegram.ext.Application is the bot, so that ``quiet`` waits for its handlers too."""
        self._application = application

    async def quiet(self, timeout: float = 10.0, *, settle: float = 0.0) -> None:  # noqa: ASYNC109 - tests say it so
        """Wait until the bot has taken every update, its handlers are done and no call is under way.

        For a bot that is not watched (another process), *settle* is how many seconds nothing must happen.
        Raise TimeoutError, saying what is still open, after *timeout* seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while not await self._settled(settle):
                    pass
        except TimeoutError:
            waiting = [next(key for key in update if key != "update_id") for update in self.updates.pending]
            open_calls = [call.method for call in self.server.under_way]
            raise TimeoutError(
                f"the bot is not quiet after {timeout} s: updates not confirmed {waiting}, calls under way {open_calls}"
            ) from None

    async def _settled(self, settle: float) -> bool:
        if self.updates.pending or self.server.under_way:
            await self.bell.wait()
            return False
        rings = self.bell.rings
        await self._handled()
        if settle:
            await self.bell.wait(settle)
        else:
            await asyncio.sleep(0)
        return self.bell.rings == rings

    async def _handled(self) -> None:
        if self._application is None or not self._application.running:
            return
        await self._application.update_queue.join()
        # PTB has no public way to wait for handlers that run with block=False and for Application.create_task.
        tasks: set[asyncio.Task[Any]] = getattr(self._application, "_Application__create_task_tasks", set())
        if tasks:
            await asyncio.wait(tasks)


def _find(message: Message, button: str | int | Button) -> str:
    if isinstance(button, int):
        found = message.buttons[button]
    elif isinstance(button, Button):
        found = button
    else:
        matching = [one for one in message.buttons if button in (one.text, one.data)]
        if not matching:
            raise LookupError(
                f"no button {button!r} under the message; there are {[one.text for one in message.buttons]}"
            )
        found = matching[0]
    if found.data is None:
        raise ValueError(f"the button {found.text!r} does not call back")
    return found.data
