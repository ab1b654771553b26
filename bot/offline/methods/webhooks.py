"""Webhooks: set, deleted, told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.offline.nouns import Files, Json, Refusal

if TYPE_CHECKING:
    from bot.offline.world import World


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
