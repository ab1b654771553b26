"""What people do in the played world: plain verbs, each returning what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.offline.entities import Entity, find_entities
from bot.offline.methods.chats import member_json
from bot.offline.nouns import Button, CallbackQuery, Chat, File, InlineQuery, Message, Status, User
from bot.offline.world import ANONYMOUS, CHANNEL, TELEGRAM, World


class OfflineTelegram(World):
    """Play Telegram: people act on the world by these verbs, the bot by the calls of the Bot API."""

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

        Telegram finds the *entities* itself unless they are given; its limits on what people send are not played.
        Where the bot is no member but is mentioned, the message reaches it as a guest message.
        """
        chat = chat or self.private(user)
        if chat is self.chats.get(user.id):
            self._open(chat)
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
        self.deliver(message)
        return message

    async def ask(self, text: str, *, user: User, **more: Any) -> list[Message]:
        """Let *user* write as in ``say``, wait until the bot is quiet, and return what it sent meanwhile."""
        told = len(self.events)
        await self.say(text, user=user, **more)
        await self.quiet()
        return [event.message for event in self.events[told:] if event.kind == "sent" and event.message]

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
        if self.hears(message):
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
        query = CallbackQuery(f"c{next(self.ids)}", presser, _find(message, button), self.clock(), message)
        self.callbacks[query.id] = query
        self.updates.add("callback_query", query.json())
        return query

    async def press_data(self, message: Message, data: str, *, user: User) -> CallbackQuery:
        """Let *user* send *data* as if a button of *message* held it: what a forged or an outdated client can do."""
        query = CallbackQuery(f"c{next(self.ids)}", user, data, self.clock(), message)
        self.callbacks[query.id] = query
        self.updates.add("callback_query", query.json())
        return query

    async def inline_query(self, query: str, *, user: User, offset: str = "", chat_type: str = "sender") -> InlineQuery:
        """Let *user* type ``@bot query`` somewhere; the results appear in the query returned."""
        asked = InlineQuery(f"i{next(self.ids)}", user, query, offset, chat_type, self.clock())
        self.inline_queries[asked.id] = asked
        if self.inline:
            self.updates.add("inline_query", asked.json())
        return asked

    async def choose(self, query: InlineQuery, number: int, *, chat: Chat) -> Message:
        """Let the asker send result *number* (from 0) of an answered inline query into *chat*."""
        result = query.results[number]
        message = self.stand_result(chat, query.user, result)
        message.via_bot = self.bot
        self.deliver(message)
        chosen = {"result_id": result["id"], "from": query.user.json(), "query": query.query}
        self.updates.add("chosen_inline_result", chosen | {"inline_message_id": message.inline_id})
        return message

    async def post(self, channel: Chat, text: str) -> Message:
        """Post in a *channel*; where a discussion group is linked, Telegram forwards the post there."""
        entities = tuple(find_entities(text))
        message = self.stand(channel, None, text, entities)
        message.sender_chat = channel
        self.deliver(message)
        if channel.discussion:
            forwarded = self.stand(channel.discussion, TELEGRAM, text, entities)
            forwarded.sender_chat = channel
            origin = {"type": "channel", "date": message.date, "chat": channel.json(), "message_id": message.id}
            forwarded.extra = {"is_automatic_forward": True, "forward_origin": origin}
            self.deliver(forwarded)
        return message

    async def say_as_channel(self, channel: Chat, text: str, *, chat: Chat, reply_to: Message | None = None) -> Message:
        """Write in a group in the name of a *channel*."""
        message = self.stand(chat, CHANNEL, text, tuple(find_entities(text)), reply_to=reply_to)
        message.sender_chat = channel
        self.deliver(message)
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

    def _open(self, chat: Chat) -> None:
        """Open a private chat for the bot, as writing to it does."""
        if chat.members.get(self.bot.id) == "kicked" and chat.person:
            self._change_member(chat, self.bot, "member", by=chat.person)
        chat.members[self.bot.id] = "member"

    async def migrate(self, group: Chat, *, by: User) -> Chat:
        """Turn a basic *group* into a supergroup, which is another chat with another id."""
        chat = self.supergroup(group.title)
        chat.members = dict(group.members)
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
        self.deliver(message)
        return message


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
