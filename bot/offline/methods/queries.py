"""Answers to presses of buttons, inline queries and guest queries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.offline import content
from bot.offline.nouns import Event, Files, Json, Refusal

if TYPE_CHECKING:
    from bot.offline.world import World

_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


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
