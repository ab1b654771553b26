"""What is done once a day: what may be kept no longer is deleted."""

from __future__ import annotations

import time

from telegram.ext import ContextTypes

from bot.handlers.desk import Desk

DAY = 24 * 60 * 60


async def daily(desk: Desk, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Delete questions that are older than they may be kept, votes on them, and files nobody said a word about."""
    if desk.retention_days:
        await desk.library.conversations.forget_before(time.time() - desk.retention_days * DAY)
    await desk.library.forgetting.sweep()
    await desk.library.uploads.expire()
