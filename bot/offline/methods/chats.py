"""Who there is and where: the bot itself, chats and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.offline.nouns import Chat, Event, Files, Json, Refusal, Status, User

if TYPE_CHECKING:
    from bot.offline.world import World

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


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
