"""The way to Telegram, with an eye on what comes back."""

from __future__ import annotations

import json
from typing import Any

from telegram.error import TelegramError
from telegram.request import HTTPXRequest


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
    return reply


class CarefulRequest(HTTPXRequest):
    """Carry calls over HTTP, and take nothing for a reply that is none."""

    parse_json_payload = staticmethod(parse_reply)
