"""The played world: who there is, what stands in which chat, what of it reaches the bot, and the bot's way in."""

from __future__ import annotations

import asyncio
import itertools
import mimetypes
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.offline.content import result_content
from bot.offline.entities import Entity
from bot.offline.faults import Faults
from bot.offline.nouns import (
    Call,
    CallbackQuery,
    Chat,
    ChatType,
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


class World:
    """Hold all there is for one bot.

    *privacy*, *inline* and *guest* are BotFather's switches. *floods* makes Telegram's flood limits bite.
    *clock* gives Unix time: message dates and the age of queries follow it, waiting does not. Updates, messages and
    queries are numbered from *first_id*; give another one where the bot remembers an earlier world.
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
        first_id: int = 1,
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
        self.updates = Updates(clock, self.bell, first_id=first_id)
        self.ids = itertools.count(first_id)
        self._first_id = first_id
        self._application: Any = None

    # ── Who and where ────────────────────────────────────────────────────────────────────────────────────────────────

    def person(
        self, name: str, *, username: str | None = None, language: str | None = "zh-hans", number: int | None = None
    ) -> User:
        """Bring somebody into the world; *number* is their id, by default one that nobody has yet."""
        user = User(number or 10_001 + len(self.people), name, username, language)
        self.people[user.id] = user
        return user

    def private(self, user: User) -> Chat:
        """Find the private chat of *user* with the bot; it opens for the bot once the person writes."""
        if user.id not in self.chats:
            self.chats[user.id] = self._chat(user.id, "private", person=user, members={user.id: "member"})
        return self.chats[user.id]

    def between(self, one: User, other: User) -> Chat:
        """Open a private chat of two people: the bot may be called in as a guest, but never reaches it by its id."""
        return self._chat(other.id, "private", person=other, members={one.id: "member", other.id: "member"})

    def group(self, title: str, *members: User, admins: Iterable[User] = (), bot: Status | None = "member") -> Chat:
        """Found a basic group; *bot* is how the bot stands in it, None: it was never there."""
        return self._found(self._chat(self._number(0), "group", title=title), members, admins, bot)

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
        chat = self._chat(self._number(1_000_000_000_000), "supergroup", title=title, username=username)
        chat.last_id += 1  # the first message of a supergroup tells of its founding; 1 is also what General goes by
        for topic in topics:
            chat.forum = True
            opening = self.stand(chat, ANONYMOUS, "")
            opening.extra = {"forum_topic_created": {"name": topic, "icon_color": 7322096}}
            chat.topics[topic] = opening.thread = opening.id
        return self._found(chat, members, admins, bot)

    def channel(self, title: str, *, discussion: Chat | None = None, bot: Status | None = "administrator") -> Chat:
        """Found a channel; its posts are forwarded to *discussion*, a supergroup, where one is linked."""
        chat = self._chat(self._number(1_000_000_000_000), "channel", title=title, discussion=discussion)
        return self._found(chat, (), (), bot)

    def _number(self, base: int) -> int:
        return -base - 20_001 - len(self.chats)

    def _chat(self, number: int, kind: ChatType, **known: Any) -> Chat:
        return Chat(number, kind, last_id=self._first_id - 1, **known)

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

    def forget(self) -> None:
        """Forget the records (calls, polls, events, past updates) but not the world: for long runs."""
        for record in (self.calls, self.polls, self.events, self.updates.history):
            record.clear()

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
            # A reply goes to its topic; outside of topics a chain of replies bears the id of its first message.
            thread = reply_to.thread or (reply_to.id if chat.type == "supergroup" else None)
        chat.last_id += 1
        date = int(self.clock())
        message = Message(chat.last_id, chat, date, sender, text, entities, reply_to, thread, reply_markup, file)
        chat.messages[message.id] = message
        return message

    def stand_result(self, chat: Chat, sender: User, result: Json) -> Message:
        """Write a result of an inline or a guest query into *chat* and tell nobody."""
        text, entities = result_content(result)
        message = self.stand(chat, sender, text, entities, reply_markup=result.get("reply_markup"))
        message.inline_id = f"m{next(self.ids)}"
        self.inline_messages[message.inline_id] = message
        return message

    def keep_file(self, kind: Any, name: str, content: bytes | None, size: int | None = None) -> File:
        """Keep a file, and return it with the id it goes by."""
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = File(f"f{next(self.ids)}", name, kind, mime, size or len(content or b""), content)
        self.files[file.id] = file
        return file

    def deliver(self, message: Message) -> None:
        chat = message.chat
        if self.hears(message):
            self.updates.add("channel_post" if chat.type == "channel" else "message", message.json())
        elif self.guest and chat.type != "channel" and not self._is_member(chat) and self._is_mentioned(message):
            query = GuestQuery(f"g{next(self.ids)}", message, self.clock())
            self.guest_queries[query.id] = query
            self.updates.add("guest_message", message.json() | {"guest_query_id": query.id})

    def _is_member(self, chat: Chat) -> bool:
        return chat.members.get(self.bot.id) in {"member", "administrator", "creator", "restricted"}

    def _is_mentioned(self, message: Message) -> bool:
        name = f"@{self.bot.username}".lower()
        marks = {entity.of(message.text).lower() for entity in message.entities if entity.type == "mention"}
        return name in marks

    def hears(self, message: Message) -> bool:
        """Tell whether this message of somebody else reaches the bot, by membership and by privacy mode."""
        chat = message.chat
        if not self._is_member(chat):
            return False
        if chat.type in {"private", "channel"} or not self.privacy or chat.members[self.bot.id] == "administrator":
            return True
        service = not message.text and not message.file
        mine = message.via_bot == self.bot
        if message.reply_to:
            mine = mine or self.bot in {message.reply_to.sender, message.reply_to.via_bot}
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
