"""Looking over an installation: each thing that can be wrong, in a line that says what to do about it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Literal

from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError

from config.settings import Settings
from corpus.bootstrap import STORE, Library, open_library
from corpus.errors import CorpusError
from corpus.model import ReportId

LEAST_FREE_BYTES = 200 * 1024 * 1024


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
    free = shutil.disk_usage(folder).free
    enough = free >= LEAST_FREE_BYTES
    yield Check("disk", "ok" if enough else "fail", f"{free // 2**20} MB free" + ("" if enough else "; make room"))


async def _library(library: Library) -> AsyncIterator[Check]:
    damage = await library.database.check()
    detail = "sound" if not damage else f"{damage[0]}; restore a backup or ingest again"
    yield Check("store", "fail" if damage else "ok", f"{STORE}: {detail}")
    held = await library.reports.holdings()
    if held:
        yield Check("reports", "ok", f"{len(held)} reports, {sum(one.passages for one in held)} passages")
    else:
        yield Check("reports", "warn", "none yet; take some in with: yinju ingest PATH")
    await library.index.catch_up()
    differing = [one.report.file for one in held if not await library.index.agrees(one.report.id)]
    detail = f"agrees with the store on {len(held)} reports"
    if differing:
        detail = f"differs from the store in {', '.join(differing[:3])}"
    yield Check("index", "fail" if differing else "ok", detail)
    altered = [one.report.file for one in held if not await _verbatim(library, one.report.id)]
    detail = "passages match their sources character by character"
    if altered:
        detail = f"differ from their sources in {', '.join(altered[:3])}; ingest these again"
    yield Check("quotations", "fail" if altered else "ok", detail)


async def _verbatim(library: Library, report_id: ReportId) -> bool:
    source = await library.reports.source(report_id)
    passages = await library.reports.of_report(report_id)
    return all(one.text == "".join(piece.of(source) for piece in one.pieces) for one in passages)


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
            me = bot.bot
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
        _mode("inline mode", bool(me.supports_inline_queries), "/setinline"),
        _mode("guest mode", bool(me.supports_guest_queries), "the bot's settings"),
    ]


def _mode(name: str, on: bool, where: str) -> Check:
    return Check(name, "ok", "on") if on else Check(name, "warn", f"off; turn it on at @BotFather with {where}")
