"""The way to Telegram, with an eye on what comes back."""

from __future__ import annotations

import json
import logging
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

log = logging.getLogger(__name__)


def parse_reply(payload: bytes) -> dict[str, Any]:
    """Read a reply of Telegram. Raises TelegramError for one that is none: no JSON, or JSON without its fields.

    python-telegram-bot takes any JSON for a reply; one without a result would end its polling in a tight loop.
    """
    try:
        reply: object = json.loads(payload.decode("utf-8", "replace"))
    except ValueError as error:
        raise TelegramError("Invalid server response") from error
    if not isinstance(reply, dict) or not ("result" in reply or reply.get("description")):
        raise TelegramError("Invalid server response")
    if isinstance(reply.get("result"), list):
        reply["result"] = [_readable(one) for one in reply["result"]]
    return reply


def _readable(item: Any) -> Any:
    """Pass on what a list holds; of an update that cannot be read its number alone, or it would be sent for ever."""
    if not isinstance(item, dict) or not isinstance(item.get("update_id"), int):
        return item
    try:
        Update.de_json(item, None)
    except Exception as error:  # whatever the library stumbles over
        log.error("update %s cannot be read (%s); it is passed over", item["update_id"], type(error).__name__)  # noqa: TRY400 - its trace shows what was written
        return {"update_id": item["update_id"]}
    return item


class CarefulRequest(HTTPXRequest):
    """Carry calls over HTTP, and take nothing for a reply that is none."""

    parse_json_payload = staticmethod(parse_reply)
