"""Messages: sent, edited, deleted, reacted to; and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.offline import content
from bot.offline.methods.chats import find_chat, reach
from bot.offline.nouns import Chat, Event, File, Files, Json, Message, Refusal

if TYPE_CHECKING:
    from bot.offline.world import World

_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_MAX_DOWNLOAD = 20 * 1024 * 1024
_MAX_UPLOAD = 50 * 1024 * 1024
_DELETABLE_SECONDS = 48 * 60 * 60


def _replied(world: World, chat: Chat, given: Json | None) -> Message | None:
    if not given:
        return None
    if "chat_id" in given:
        chat = find_chat(world, given["chat_id"])
    message = chat.messages.get(given.get("message_id", 0))
    if message and not message.deleted:
        return message
    if given.get("allow_sending_without_reply"):
        return None
    raise Refusal(400, "Bad Request: message to be replied not found")


def _send(world: World, p: Json, text: str, entities: Any, file: File | None = None) -> Json:
    chat = reach(world, p.get("chat_id"))
    if chat.type == "channel" and chat.members[world.bot.id] != "administrator":
        raise Refusal(403, "Forbidden: bot is not an administrator of the channel chat")
    if chat.members[world.bot.id] == "restricted":
        raise Refusal(400, "Bad Request: not enough rights to send text messages to the chat")
    thread = p.get("message_thread_id")
    # The General topic has no thread id in messages, and 1, which old clients call it, is refused.
    if thread is not None and thread not in chat.topics.values():
        raise Refusal(400, "Bad Request: message thread not found")
    reply_to = _replied(world, chat, p.get("reply_parameters"))
    markup = content.keyboard(p.get("reply_markup"))
    if (thread or (reply_to.thread if reply_to else None)) in chat.closed_topics:
        raise Refusal(400, "Bad Request: TOPIC_CLOSED")
    sender = None if chat.type == "channel" else world.bot
    message = world.stand(
        chat, sender, text, entities, reply_to=reply_to, thread=thread, reply_markup=markup, file=file
    )
    if sender is None:
        message.sender_chat = chat
    world.events.append(Event("sent", message, chat=chat))
    return message.json()


def send_message(world: World, p: Json, files: Files) -> Json:
    text, entities = content.formatted(p.get("text", ""), p.get("parse_mode"), p.get("entities"))
    return _send(world, p, text, entities)


def send_file(kind: str) -> Callable[[World, Json, Files], Json]:
    def send(world: World, p: Json, files: Files) -> Json:
        text, entities = _caption(p)
        reach(world, p.get("chat_id"))
        given = p.get(kind)
        upload = files.get(given.removeprefix("attach://") if given else kind)
        if upload:
            if len(upload[1]) > _MAX_UPLOAD:
                raise Refusal(413, "Request Entity Too Large")
            if not upload[1]:
                raise Refusal(400, "Bad Request: file must be non-empty")
            file = world.keep_file(kind, *upload)
        elif given in world.files:
            file = world.files[given]
        else:
            raise Refusal(400, "Bad Request: wrong remote file identifier specified: Wrong string length")
        return _send(world, p, text, entities, file)

    return send


def _caption(p: Json) -> tuple[str, Any]:
    marks = p.get("caption_entities")
    return content.formatted(p.get("caption", ""), p.get("parse_mode"), marks, limit=content.MAX_CAPTION, caption=True)


def send_chat_action(world: World, p: Json, files: Files) -> bool:
    chat = reach(world, p.get("chat_id"))
    if not p.get("action"):
        raise Refusal(400, "Bad Request: wrong parameter action in request")
    world.events.append(Event("typing", chat=chat))
    return True


def _editable(world: World, p: Json) -> Message:
    if inline_id := p.get("inline_message_id"):
        if inline_id not in world.inline_messages:
            raise Refusal(400, "Bad Request: MESSAGE_ID_INVALID")
        return world.inline_messages[inline_id]
    chat = reach(world, p.get("chat_id"))
    message = chat.messages.get(p.get("message_id", 0))
    if message is None or message.deleted:
        raise Refusal(400, "Bad Request: message to edit not found")
    if message.sender != world.bot and not (chat.type == "channel" and message.sender_chat is chat):
        raise Refusal(400, "Bad Request: message can't be edited")
    return message


def _edit(world: World, message: Message, text: str, entities: Any, markup: Json | None) -> Json | bool:
    if (message.text, message.entities, message.reply_markup) == (text, entities, markup):
        raise Refusal(400, _SAME)
    message.text, message.entities, message.reply_markup = text, entities, markup
    message.edit_date = int(world.clock())
    world.events.append(Event("edited", message, chat=message.chat))
    return True if message.inline_id else message.json()


def edit_message_text(world: World, p: Json, files: Files) -> Json | bool:
    text, entities = content.formatted(p.get("text", ""), p.get("parse_mode"), p.get("entities"))
    markup = content.keyboard(p.get("reply_markup"))
    message = _editable(world, p)
    if message.file:
        raise Refusal(400, "Bad Request: there is no text in the message to edit")
    return _edit(world, message, text, entities, markup)


def edit_message_caption(world: World, p: Json, files: Files) -> Json | bool:
    text, entities = _caption(p)
    markup = content.keyboard(p.get("reply_markup"))
    message = _editable(world, p)
    if not message.file:
        raise Refusal(400, "Bad Request: there is no caption in the message to edit")
    return _edit(world, message, text, entities, markup)


def edit_message_reply_markup(world: World, p: Json, files: Files) -> Json | bool:
    markup = content.keyboard(p.get("reply_markup"))
    message = _editable(world, p)
    return _edit(world, message, message.text, message.entities, markup)


def delete_message(world: World, p: Json, files: Files) -> bool:
    chat = reach(world, p.get("chat_id"))
    message = chat.messages.get(p.get("message_id", 0))
    if message is None or message.deleted:
        raise Refusal(400, "Bad Request: message to delete not found")
    allowed = chat.type == "private" or message.sender == world.bot or chat.members[world.bot.id] == "administrator"
    if not allowed or world.clock() - message.date > _DELETABLE_SECONDS:
        raise Refusal(400, "Bad Request: message can't be deleted for everyone")
    message.deleted = True
    world.events.append(Event("deleted", message, chat=chat))
    return True


def delete_messages(world: World, p: Json, files: Files) -> bool:
    chat = reach(world, p.get("chat_id"))
    for message_id in p.get("message_ids", []):
        message = chat.messages.get(message_id)
        if message and not message.deleted:  # those not found are passed over
            delete_message(world, p | {"message_id": message_id}, files)
    return True


def set_message_reaction(world: World, p: Json, files: Files) -> bool:
    chat = reach(world, p.get("chat_id"))
    message = chat.messages.get(p.get("message_id", 0))
    if message is None or message.deleted:
        raise Refusal(400, "Bad Request: message to react not found")
    message.reactions[world.bot.id] = p.get("reaction") or []
    return True


def get_file(world: World, p: Json, files: Files) -> Json:
    file = world.files.get(p.get("file_id", ""))
    if file is None:
        raise Refusal(400, "Bad Request: invalid file_id")
    if file.size > _MAX_DOWNLOAD:
        raise Refusal(400, "Bad Request: file is too big")
    return {"file_id": file.id, "file_unique_id": f"u{file.id}", "file_size": file.size, "file_path": file.path}
