"""The Bot API in front of the played world: tokens, decoding, faults, flood limits, and the record of calls."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import re
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.offline.faults import Fault, LostConnection
from bot.offline.methods import METHODS
from bot.offline.nouns import Call, Json, Refusal

if TYPE_CHECKING:
    from bot.offline.world import World

_TOKEN = re.compile(r"\d+:[\w-]+")
# What a parameter is made of decides how its string is read; what is not named here is text.
_NUMBERS = frozenset(
    ("message_id", "message_thread_id", "direct_messages_topic_id", "user_id", "offset", "limit", "timeout",
     "cache_time", "max_connections")
)  # fmt: skip
_SWITCHES = frozenset(
    ("show_alert", "is_personal", "is_big", "disable_notification", "protect_content", "drop_pending_updates",
     "allow_paid_broadcast", "disable_content_type_detection", "has_spoiler", "show_caption_above_media")
)  # fmt: skip
_OBJECTS = frozenset(
    ("reply_markup", "entities", "caption_entities", "reply_parameters", "link_preview_options", "commands", "scope",
     "results", "result", "button", "allowed_updates", "message_ids", "reaction")
)  # fmt: skip


class Server:
    """Answer the calls of the Bot API for *world*."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._floods = _Floods()
        self.under_way: list[Call] = []

    async def call(
        self, token: str, method: str, parameters: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]
    ) -> tuple[int, bytes]:
        """Carry out one call: HTTP status and body. Raise LostConnection where a fault says so."""
        if not _TOKEN.fullmatch(token):
            return _refused(Refusal(404, "Not Found"))
        if token != self._world.token:
            return _refused(Refusal(401, "Unauthorized"))
        name = next((known for known in (*METHODS, "getUpdates") if known.lower() == method.lower()), method)
        call = Call(name, dict(parameters), files, self._world.clock())
        with contextlib.suppress(Refusal):  # what cannot be read is refused when it is carried out
            call.parameters = _decoded(parameters)
        polling = name == "getUpdates"
        (self._world.polls if polling else self._world.calls).append(call)
        if not polling:
            self.under_way.append(call)
        try:
            status, body = await self._spoiled(call)
            call.status = status
            return status, body
        finally:
            if not polling:
                self.under_way.remove(call)
                self._world.bell.ring()

    async def _spoiled(self, call: Call) -> tuple[int, bytes]:
        fault = self._world.faults.next(call.method)
        if fault is None:
            return await self._carried_out(call)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.passes:
            return await self._carried_out(call)
        if fault.carried_out:
            await self._carried_out(call)
        return _spoil(fault)

    async def _carried_out(self, call: Call) -> tuple[int, bytes]:
        try:
            call.parameters = _decoded(call.parameters)
            if self._world.floods:
                self._floods.count(call, self._world.clock())
            if call.method == "getUpdates":
                call.result = await self._get_updates(call.parameters)
            else:
                carry_out = METHODS.get(call.method, _unknown)
                call.result = carry_out(self._world, call.parameters, dict(call.files))
        except Refusal as refusal:
            call.error = refusal.description
            return _refused(refusal)
        return 200, json.dumps({"ok": True, "result": call.result}).encode()

    async def _get_updates(self, p: Json) -> list[Json]:
        self._world.updates.allow(p.get("allowed_updates"))
        offset, limit, timeout = p.get("offset", 0), p.get("limit", 100), p.get("timeout", 0)
        return await self._world.updates.poll(offset=offset, limit=limit, seconds=timeout)

    def download(self, token: str, path: str) -> tuple[int, bytes]:
        """Answer a download by its ``file_path``: HTTP status and body."""
        if token != self._world.token:
            return _refused(Refusal(401, "Unauthorized"))
        for file in self._world.files.values():
            if file.path == path and file.content is not None:
                return 200, file.content
        return _refused(Refusal(404, "Not Found"))


def _unknown(world: World, p: Json, files: object) -> None:
    raise Refusal(404, "Not Found")


def _spoil(fault: Fault) -> tuple[int, bytes]:
    if fault.lost:
        raise LostConnection(fault.lost)
    return fault.status, fault.body


def _refused(refusal: Refusal) -> tuple[int, bytes]:
    shown: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        shown["parameters"] = refusal.parameters
    return refusal.code, json.dumps(shown).encode()


def _decoded(parameters: Mapping[str, Any]) -> Json:
    return {name: _decode(name, value) for name, value in parameters.items()}


def _decode(name: str, value: Any) -> Any:
    """Read one parameter as the server does: all of them arrive as strings."""
    if not isinstance(value, str):
        return value  # a JSON body has types already
    if name == "chat_id":
        return int(value) if re.fullmatch(r"-?\d+", value) else value
    if name in _NUMBERS:
        if not re.fullmatch(r"-?\d+(\.0)?", value):
            raise Refusal(400, f"Bad Request: invalid {name} specified")
        return int(float(value))
    if name in _SWITCHES:
        return value.lower() in {"true", "yes", "1"}
    if name in _OBJECTS:
        try:
            return json.loads(value)
        except ValueError as error:
            raise Refusal(400, f"Bad Request: can't parse {name.replace('_', ' ')} JSON object") from error
    return value


class _Floods:
    """Count what is sent: one message a second to a chat, 20 a minute to a group, 30 calls a second in all."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, Any], deque[float]] = {}

    def count(self, call: Call, now: float) -> None:
        """Take note of *call*, or refuse it with 429 where it is one too many."""
        sends, edits = call.method.startswith("send"), call.method.startswith("edit")
        if not (sends or edits) or call.method == "sendChatAction":
            return
        chat = call.parameters.get("chat_id")
        limits: list[tuple[str, int, float, Any]] = [("all", 30, 1.0, None)]
        if sends:
            limits.append(("chat", 1, 1.0, chat))
        if isinstance(chat, int) and chat < 0:
            limits.append(("group", 20, 60.0, chat))
        windows = []
        for name, most, seconds, key in limits:
            window = self._sent.setdefault((name, key), deque())
            while window and window[0] <= now - seconds:
                window.popleft()
            if len(window) >= most:
                wait = max(1, math.ceil(window[0] + seconds - now))
                raise Refusal(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
            windows.append(window)
        for window in windows:
            window.append(now)
