"""Looking over an installation: each thing that can be wrong, in a line that says what to do about it."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Literal

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError

from config.settings import Settings
from corpus.bootstrap import Library, open_library
from corpus.errors import CorpusError
from corpus.verifying import Finding, verify

LEAST_FREE_BYTES = 200 * 1024 * 1024
CLOCK_SECONDS = 10 * 60
MOST_PENDING = 100


@dataclass(frozen=True, slots=True)
class Check:
    """Tell how one thing stands."""

    name: str
    status: Literal["ok", "warn", "fail"]
    detail: str


async def look_over(settings: Settings, *, token: str | None) -> list[Check]:
    """Check disk, store, index, access rules, and with a *token* the bot's account."""
    checks = list(_disk(settings))
    try:
        async with open_library(settings) as library:
            checks += [one async for one in _library(library)]
    except CorpusError as error:
        checks.append(Check("store", "fail", str(error)))
    checks += _access(settings)
    checks += await _account(settings, token)
    return checks


def _disk(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir
    if not folder.exists():
        yield Check("data directory", "ok", f"{folder} is not there yet; it is made when it is needed")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        yield Check("data directory", "warn", f"{folder} can be read by others ({mode:o}); chmod 700 it")
    else:
        yield Check("data directory", "ok", str(folder))
    # A single command run as root leaves files behind that the bot cannot write to.
    shut = [path for path in (folder, *folder.rglob("*")) if not os.access(path, os.W_OK)]
    if shut:
        yield Check("data directory", "fail", f"{shut[0]} cannot be written to; check its owner and the file system")
    open_files = [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    if open_files:
        yield Check("files", "warn", f"{', '.join(open_files[:3])} can be read by others; chmod 600")
    free = shutil.disk_usage(folder).free
    enough = free >= LEAST_FREE_BYTES
    yield Check("disk", "ok" if enough else "fail", f"{free // 2**20} MB free" + ("" if enough else "; make room"))


async def _library(library: Library) -> AsyncIterator[Check]:
    held = await library.reports.holdings()
    if held:
        yield Check("reports", "ok", f"{len(held)} reports, {sum(one.passages for one in held)} passages")
    else:
        yield Check("reports", "warn", "none yet; take some in with: yinju ingest PATH")
    ahead = await library.figures.newest() - time.time()
    if ahead > CLOCK_SECONDS:
        detail = f"wrong now or wrong before: what is held came {ahead / 3600:.0f} hours from now; set it right"
        yield Check("clock", "fail", detail)
    waiting = await library.figures.waiting(since=time.time() - CLOCK_SECONDS)
    if waiting:
        yield Check("updates", "warn", f"{waiting} wait for an answer; the next `yinju run` gives it")
    async for finding in verify(library):
        yield _proof(finding)


_PROOFS = {
    "store": ("sound", "{}; restore a backup or ingest again"),
    "index": ("agrees with the store", "differs from the store: {}; `yinju verify --mend` puts right what can be"),
    "quotations": (
        "passages match their sources character by character",
        "differ from their sources: {}; ingest again",
    ),
}


def _proof(finding: Finding) -> Check:
    right, wrong = _PROOFS[finding.name]
    if finding.wrong:
        return Check(finding.name, "fail", wrong.format(", ".join(finding.wrong[:3])))
    return Check(finding.name, "ok", right)


def _access(settings: Settings) -> Iterator[Check]:
    access = settings.access
    if access.mode == "open":
        yield Check("access", "warn", "open: whoever finds the bot may ask; access.mode = 'allowlist' narrows it")
    else:
        yield Check("access", "ok", f"{access.mode}: {len(access.users)} people, {len(access.groups)} groups")
    if access.admins:
        yield Check("administrators", "ok", f"{len(access.admins)} named")
    else:
        yield Check("administrators", "warn", "none named; set access.admins to your numeric Telegram id")


async def _account(settings: Settings, token: str | None) -> list[Check]:
    if token is None:
        return [Check("token", "warn", "not set; needed for `yinju run` only (TELEGRAM_BOT_TOKEN)")]
    try:
        bot = Bot(token, base_url=settings.telegram.base_url, base_file_url=settings.telegram.base_file_url)
        async with bot:
            me, hook = bot.bot, await bot.get_webhook_info()
    except InvalidToken:
        return [Check("token", "fail", "Telegram refuses it; ask @BotFather for the current one")]
    except NetworkError as error:
        return [Check("telegram", "fail", f"cannot be reached at the configured address ({type(error).__name__})")]
    except TelegramError as error:
        return [Check("telegram", "fail", f"answers with an error ({type(error).__name__})")]
    reads_all = bool(me.can_read_all_group_messages)
    return [
        Check("token", "ok", f"@{me.username}"),
        Check(
            "privacy mode",
            "warn" if reads_all else "ok",
            "off: the bot is sent every message of its groups; /setprivacy at @BotFather" if reads_all else "on",
        ),
        *_webhook(settings, hook),
        _mode("inline mode", bool(me.supports_inline_queries), "/setinline"),
        _mode("guest mode", bool(me.supports_guest_queries), "the bot's settings"),
    ]


def _webhook(settings: Settings, hook: WebhookInfo) -> Iterator[Check]:
    wanted = settings.telegram.webhook.url
    if wanted and hook.url != wanted:
        yield Check("webhook", "warn", "not set at Telegram; `yinju run` sets it")
    elif wanted and hook.last_error_message:
        yield Check("webhook", "fail", f"Telegram cannot deliver to {wanted}: {hook.last_error_message}")
    elif hook.url and not wanted:
        yield Check("webhook", "warn", "one is set at Telegram, though none is here; `yinju run` takes it away")
    if hook.pending_update_count > MOST_PENDING:
        yield Check("pending", "warn", f"{hook.pending_update_count} updates wait at Telegram; is `yinju run` running?")


def _mode(name: str, on: bool, where: str) -> Check:
    return Check(name, "ok", "on") if on else Check(name, "warn", f"off; turn it on at @BotFather with {where}")
