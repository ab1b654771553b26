"""The nouns of the played world, each able to show itself as the Bot API shows it.

People are values. Chats, messages and queries are alive: hold one, and it shows what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.offline.entities import Entity

Json = dict[str, Any]
Files = dict[str, tuple[str, bytes]]  # what is uploaded, by field: name and content
ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


class Refusal(Exception):
    """Refuse a call as the Bot API does: *code*, *description*, and *parameters* such as ``retry_after``."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}


@dataclass(frozen=True, slots=True)
class User:
    """Name a person, or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        shown = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {"username": self.username, "language_code": self.language_code}
        return shown | {key: value for key, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True)
class File:
    """Hold an uploaded file; *content* is None where only its *size* in bytes is played."""

    id: str
    name: str
    kind: Literal["document", "photo"]
    mime_type: str
    size: int
    content: bytes | None

    @property
    def path(self) -> str:
        return f"{self.kind}s/{self.id}"

    def json(self) -> Any:
        named: Json = {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": self.size}
        if self.kind == "photo":
            return [named | {"width": 1280, "height": 720}]
        return named | {"file_name": self.name, "mime_type": self.mime_type}


@dataclass(slots=True, eq=False)
class Chat:
    """Hold a chat: who is in it (status by user id, the bot included), its topics (thread id by name), its messages."""

    id: int
    type: ChatType
    title: str = ""
    username: str | None = None
    person: User | None = None
    forum: bool = False
    topics: dict[str, int] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    members: dict[int, Status] = field(default_factory=dict, repr=False)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    migrated_to: Chat | None = None
    discussion: Chat | None = None
    last_id: int = 0

    def json(self) -> Json:
        shown: Json = {"id": self.id, "type": self.type}
        if self.person:
            shown["first_name"] = self.person.first_name
            if self.person.username:
                shown["username"] = self.person.username
            return shown
        shown["title"] = self.title
        if self.username:
            shown["username"] = self.username
        if self.forum:
            shown["is_forum"] = True
        return shown


@dataclass(frozen=True, slots=True)
class Button:
    """Show one inline button: its label, and what pressing it does (all but one are None)."""

    text: str
    data: str | None = None
    url: str | None = None
    copies: str | None = None
    switches_inline: str | None = None

    @classmethod
    def from_json(cls, given: Json) -> Button:
        inline = given.get("switch_inline_query", given.get("switch_inline_query_current_chat"))
        copies = given.get("copy_text", {}).get("text")
        return cls(given["text"], given.get("callback_data"), given.get("url"), copies, inline)


@dataclass(slots=True, eq=False)
class Message:
    """Hold a message as it stands now; *text* is the caption where there is a *file*.

    *reply_markup* is as the bot gave it. *thread* is the topic's id, or in a plain supergroup the first message of a
    chain of replies. *extra* holds the fields of service messages and other things that are only passed on.
    """

    id: int
    chat: Chat = field(repr=False)
    date: int
    sender: User | None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    reply_to: Message | None = field(default=None, repr=False)
    thread: int | None = None
    reply_markup: Json | None = None
    file: File | None = None
    sender_chat: Chat | None = None
    via_bot: User | None = None
    inline_id: str | None = None
    edit_date: int | None = None
    deleted: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        return self.edit_date is not None

    @property
    def in_topic(self) -> bool:
        return self.thread is not None and self.thread in self.chat.topics.values()

    @property
    def rows(self) -> list[list[Button]]:
        """List the inline buttons, row by row."""
        markup = self.reply_markup or {}
        return [[Button.from_json(button) for button in row] for row in markup.get("inline_keyboard", [])]

    @property
    def buttons(self) -> list[Button]:
        """List the inline buttons in reading order."""
        return [button for row in self.rows for button in row]

    def json(self, *, whole: bool = True) -> Json:
        """Show the message as the Bot API does; not *whole*: as it is shown inside another, without its own reply."""
        shown: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.sender:
            shown["from"] = self.sender.json()
        if self.sender_chat:
            shown["sender_chat"] = self.sender_chat.json()
        if self.file:
            shown[self.file.kind] = self.file.json()
        names = ("caption", "caption_entities") if self.file else ("text", "entities")
        if self.text:
            shown[names[0]] = self.text
        if self.entities:
            shown[names[1]] = [entity.json() for entity in self.entities]
        if self.thread is not None:
            shown["message_thread_id"] = self.thread
            if self.in_topic:
                shown["is_topic_message"] = True
        # In a topic, what replies to nothing replies to the message that opened the topic.
        reply_to = self.reply_to or (self.chat.messages.get(self.thread or 0) if self.in_topic else None)
        if whole and reply_to and not reply_to.deleted:
            shown["reply_to_message"] = reply_to.json(whole=False)
        if self.via_bot:
            shown["via_bot"] = self.via_bot.json()
        if self.edit_date:
            shown["edit_date"] = self.edit_date
        if self.reply_markup and "inline_keyboard" in self.reply_markup:
            shown["reply_markup"] = self.reply_markup
        return shown | self.extra


@dataclass(slots=True, eq=False)
class CallbackQuery:
    """Hold one press of a button, and what the bot answered to it."""

    id: str
    user: User
    data: str
    at: float
    message: Message
    answered: bool = False
    text: str | None = None
    alert: bool = False
    url: str | None = None

    def json(self) -> Json:
        shown: Json = {"id": self.id, "from": self.user.json(), "data": self.data, "chat_instance": "1"}
        if self.message.inline_id:
            return shown | {"inline_message_id": self.message.inline_id}
        if self.message.deleted:
            gone = {"chat": self.message.chat.json(), "message_id": self.message.id, "date": 0}
            return shown | {"message": gone}
        return shown | {"message": self.message.json()}


@dataclass(slots=True, eq=False)
class InlineQuery:
    """Hold one inline query, and the results the bot gave for it, as it gave them."""

    id: str
    user: User
    query: str
    offset: str
    chat_type: str
    at: float
    answered: bool = False
    results: list[Json] = field(default_factory=list)
    next_offset: str = ""
    button: Json | None = None
    personal: bool = False
    cache_time: int = 300

    def json(self) -> Json:
        shown = {"id": self.id, "from": self.user.json(), "query": self.query, "offset": self.offset}
        return shown | {"chat_type": self.chat_type}


@dataclass(slots=True, eq=False)
class GuestQuery:
    """Hold a message that calls the bot into a chat it is no member of, and the *reply* it may send there once."""

    id: str
    message: Message
    at: float
    reply: Message | None = None


@dataclass(slots=True, eq=False)
class Call:
    """Record one call of the Bot API: parameters decoded, files as (name, content), and how it ended.

    *status* is None while the call is under way and where its reply was lost.
    """

    method: str
    parameters: Json
    files: Mapping[str, tuple[str, bytes]]
    at: float
    status: int | None = None
    result: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Tell one thing the bot did that people can see."""

    kind: Literal["sent", "edited", "deleted", "answered", "left", "typing"]
    message: Message | None = None
    query: CallbackQuery | InlineQuery | None = None
    chat: Chat | None = None
