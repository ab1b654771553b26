"""The methods of the Bot API that are played: world, decoded parameters and files in, result out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.offline import content
from bot.offline.nouns import Chat, Event, File, Json, Message, Refusal, Status, User

if TYPE_CHECKING:
    from bot.offline.world import World

Files = dict[str, tuple[str, bytes]]

_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_MAX_DOWNLOAD = 20 * 1024 * 1024
_MAX_UPLOAD = 50 * 1024 * 1024
_DELETABLE_SECONDS = 48 * 60 * 60
_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


# ── Who and where ────────────────────────────────────────────────────────────────────────────────────────────────────


def get_me(world: World, p: Json, files: Files) -> Json:
    return world.bot.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": world.inline,
        "supports_guest_queries": world.guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def find_chat(world: World, given: Any) -> Chat:
    """Find a chat by id or @username, whether or not the bot is in it."""
    if given is None or given == "":
        raise Refusal(400, "Bad Request: chat_id is empty")
    if given in world.chats:
        return world.chats[given]
    for chat in world.chats.values():
        if chat.username and f"@{chat.username}" == given:
            return chat
    raise Refusal(400, "Bad Request: chat not found")


def reach(world: World, given: Any) -> Chat:
    """Find a chat in which the bot may act."""
    chat = find_chat(world, given)
    if chat.migrated_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to.id},
        )
    status = chat.members.get(world.bot.id)
    if chat.type == "private":
        if status is None:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if status == "kicked":
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat
    kind = "group" if chat.type == "group" else f"{chat.type}"
    match status:
        case None:
            raise Refusal(400, "Bad Request: chat not found")
        case "kicked":
            raise Refusal(403, f"Forbidden: bot was kicked from the {kind} chat")
        case "left":
            raise Refusal(403, f"Forbidden: bot is not a member of the {kind} chat")
    return chat


def get_chat(world: World, p: Json, files: Files) -> Json:
    chat = reach(world, p.get("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    shown = chat.json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }
    if chat.discussion:
        shown["linked_chat_id"] = chat.discussion.id
    return shown


def member_json(user: User, status: Status) -> Json:
    """Show how *user* stands in a chat."""
    shown: Json = {"status": status, "user": user.json()}
    match status:
        case "creator":
            return shown | {"is_anonymous": False}
        case "administrator":
            return shown | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
        case "kicked":
            return shown | {"until_date": 0}
    return shown


def _known(world: World, user_id: int) -> User:
    return world.bot if user_id == world.bot.id else world.people.get(user_id, User(user_id, ""))


def get_chat_member(world: World, p: Json, files: Files) -> Json:
    chat = reach(world, p.get("chat_id"))
    user_id = p.get("user_id")
    if user_id != world.bot.id and user_id not in world.people:
        raise Refusal(400, "Bad Request: PARTICIPANT_ID_INVALID")
    return member_json(_known(world, user_id), chat.members.get(user_id, "left"))


def get_chat_administrators(world: World, p: Json, files: Files) -> list[Json]:
    chat = reach(world, p.get("chat_id"))
    if chat.type == "private":
        raise Refusal(400, "Bad Request: there are no administrators in the private chat")
    ruling = {"creator", "administrator"}
    return [member_json(_known(world, who), status) for who, status in chat.members.items() if status in ruling]


def get_chat_member_count(world: World, p: Json, files: Files) -> int:
    chat = reach(world, p.get("chat_id"))
    return sum(status not in {"left", "kicked"} for status in chat.members.values())


def leave_chat(world: World, p: Json, files: Files) -> bool:
    chat = reach(world, p.get("chat_id"))
    if chat.type == "private":
        raise Refusal(400, "Bad Request: chat member status can't be changed in private chats")
    chat.members[world.bot.id] = "left"
    world.events.append(Event("left", chat=chat))
    return True


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def _send_file(kind: str) -> Callable[[World, Json, Files], Json]:
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


# ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_callback_query(world: World, p: Json, files: Files) -> bool:
    query = world.callbacks.get(p.get("callback_query_id", ""))
    if query is None or world.clock() - query.at > world.query_seconds:
        raise Refusal(400, _TOO_OLD)
    if len(p.get("text", "")) > 200:
        raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
    query.answered, query.text, query.url = True, p.get("text") or None, p.get("url")
    query.alert = bool(p.get("show_alert"))
    world.events.append(Event("answered", query.message, query))
    return True


def answer_inline_query(world: World, p: Json, files: Files) -> bool:
    query = world.inline_queries.get(p.get("inline_query_id", ""))
    if query is None or query.answered or world.clock() - query.at > world.query_seconds:
        raise Refusal(400, _TOO_OLD)
    content.check_results(p.get("results", []))
    if len(p.get("next_offset", "").encode()) > 64:
        raise Refusal(400, "Bad Request: NEXT_OFFSET_INVALID")
    button = p.get("button")
    if button and "start_parameter" in button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button["start_parameter"]):
        raise Refusal(400, "Bad Request: START_PARAM_INVALID")
    query.answered, query.results, query.button = True, p.get("results", []), button
    query.next_offset, query.personal = p.get("next_offset", ""), bool(p.get("is_personal"))
    query.cache_time = p.get("cache_time", 300)
    world.events.append(Event("answered", query=query))
    return True


def answer_guest_query(world: World, p: Json, files: Files) -> Json:
    query = world.guest_queries.get(p.get("guest_query_id", ""))
    if query is None or query.reply or world.clock() - query.at > world.query_seconds:
        raise Refusal(400, _TOO_OLD)
    result = p.get("result") or {}
    content.check_result(result)
    message = query.reply = world.stand_result(query.message.chat, world.bot, result)
    message.reply_to = query.message
    if query.message.sender:
        message.extra = {"guest_bot_caller_user": query.message.sender.json()}
    world.events.append(Event("sent", message, chat=message.chat))
    return {"inline_message_id": message.inline_id}


# ── How the bot presents itself ──────────────────────────────────────────────────────────────────────────────────────


def _language(p: Json) -> str:
    language = p.get("language_code", "")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise Refusal(400, "Bad Request: invalid language code specified")
    return str(language)


def _scope(p: Json) -> tuple[str, ...]:
    scope = p.get("scope") or {"type": "default"}
    given = (str(scope[key]) for key in ("chat_id", "user_id") if key in scope)
    return ("commands", str(scope.get("type")), *given, _language(p))


def set_my_commands(world: World, p: Json, files: Files) -> bool:
    commands = p.get("commands", [])
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch("[a-z0-9_]{1,32}", command["command"].removeprefix("/")):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    world.settings[_scope(p)] = commands
    return True


def get_my_commands(world: World, p: Json, files: Files) -> list[Json]:
    return list(world.settings.get(_scope(p), []))


def delete_my_commands(world: World, p: Json, files: Files) -> bool:
    world.settings.pop(_scope(p), None)
    return True


def _setter(name: str, limit: int) -> Callable[[World, Json, Files], bool]:
    def set_text(world: World, p: Json, files: Files) -> bool:
        if len(p.get(name, "")) > limit:
            raise Refusal(400, f"Bad Request: {name.replace('_', ' ')} is too long")
        world.settings[name, _language(p)] = p.get(name, "")
        return True

    return set_text


def _getter(name: str) -> Callable[[World, Json, Files], Json]:
    def get_text(world: World, p: Json, files: Files) -> Json:
        language = _language(p)
        unset = world.bot.first_name if name == "name" else ""
        return {name: world.settings.get((name, language)) or world.settings.get((name, "")) or unset}

    return get_text


# ── Webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_webhook(world: World, p: Json, files: Files) -> bool:
    if not p.get("url"):
        return delete_webhook(world, p, files)
    if p.get("secret_token") and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", p["secret_token"]):
        raise Refusal(400, "Bad Request: secret token contains unallowed characters")
    world.updates.allow(p.get("allowed_updates"))
    if p.get("drop_pending_updates"):
        world.updates.drop()
    world.updates.webhook = {key: p[key] for key in ("url", "secret_token", "max_connections") if key in p}
    world.bell.ring()
    return True


def delete_webhook(world: World, p: Json, files: Files) -> bool:
    if p.get("drop_pending_updates"):
        world.updates.drop()
    world.updates.webhook = None
    world.bell.ring()
    return True


def get_webhook_info(world: World, p: Json, files: Files) -> Json:
    url = (world.updates.webhook or {}).get("url", "")
    return {"url": url, "has_custom_certificate": False, "pending_update_count": len(world.updates.pending)}


METHODS: dict[str, Callable[[World, Json, Files], Any]] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "sendMessage": send_message,
    "sendDocument": _send_file("document"),
    "sendPhoto": _send_file("photo"),
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "getFile": get_file,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", 64),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
