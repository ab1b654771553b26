"""Serving Telegram: start, keep going through outages, stop when asked with nothing left unanswered."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from telegram.error import Conflict, Forbidden, InvalidToken, NetworkError, TelegramError
from tornado.httpserver import HTTPServer

from bot import texts
from bot.alone import AlreadyServing, alone
from bot.app import UPDATES, build
from bot.health import health
from bot.inbox import CrossingOff, Inbox
from bot.presenting import introduce, report
from bot.watchdog import watched
from config.settings import Settings
from corpus.bootstrap import Library

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
# What python-telegram-bot calls its polling, which it ends without a word when the token is revoked.
POLLING = "Updater:start_polling:polling_task"


# What whoever reaches one of our ports may send, and for how long: Telegram's updates are far smaller.
MOST_POSTED_BYTES, POSTING_SECONDS = 2**20, 30.0


class ServingError(Exception):
    """Say in one line why the bot cannot serve."""


async def serve(library: Library, settings: Settings, *, token: str) -> None:
    """Serve until SIGTERM or SIGINT; what was received by then is answered first. Raises ServingError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    library.warm()
    bound_ports()
    application = build(library, settings, token=token)
    wrong: list[ServingError] = []
    last_said = 0.0

    def trouble(error: TelegramError) -> None:
        nonlocal last_said
        if isinstance(error, Conflict):
            wrong.append(ServingError("another program is polling with the same token; only one can. Stop the other."))
            stop.set()
        elif isinstance(error, InvalidToken | Forbidden):
            wrong.append(ServingError("Telegram has refused the token; ask @BotFather for the current one."))
            stop.set()
        elif time.monotonic() - last_said > LONGEST_PAUSE:
            last_said = time.monotonic()
            log.warning("Telegram cannot be reached (%s); trying on", type(error).__name__)

    admitted = await library.admissions.standings()
    administrators = settings.access.admins | {one for one, standing in admitted.items() if standing == "administrator"}
    try:
        with alone(settings.data_dir, token=token):
            where = settings.health
            async with (
                watched(stall_seconds=settings.log.stall_milliseconds / 1000),
                health(library, application, listen=where.listen, port=where.port),
            ):
                checking = asyncio.create_task(library.index.check())
                await _serve(application, settings, stop, trouble, administrators)
                checking.cancel()
    except AlreadyServing as error:
        raise ServingError(str(error)) from None
    if wrong:
        raise wrong[0]


def bound_ports() -> None:
    """Bound what the servers that this process opens from now on, python-telegram-bot's too, take from a stranger."""
    HTTPServer.configure(
        None, max_body_size=MOST_POSTED_BYTES, body_timeout=POSTING_SECONDS, idle_connection_timeout=2 * POSTING_SECONDS
    )


async def _serve(
    application: CrossingOff,
    settings: Settings,
    stop: asyncio.Event,
    trouble: Callable[[TelegramError], None],
    administrators: frozenset[int],
) -> None:
    if not await _connect(application, stop):
        return
    async with running(application):
        report(application.bot)
        application.create_task(introduce(application.bot, texts.load(), administrators=administrators))
        updater = application.updater
        if updater is None:
            raise ServingError("the application has no updater")
        webhook = settings.telegram.webhook
        if webhook.url:
            await updater.start_webhook(
                listen=webhook.listen,
                port=webhook.port,
                url_path=webhook.url.split("/", 3)[3] if webhook.url.count("/") > 2 else "",
                webhook_url=webhook.url,
                secret_token=webhook.secret_token.get_secret_value(),
                allowed_updates=UPDATES,
                drop_pending_updates=False,
                bootstrap_retries=-1,
            )
        else:
            await updater.start_polling(
                allowed_updates=UPDATES, drop_pending_updates=False, bootstrap_retries=-1, error_callback=trouble
            )
        log.info("serving as @%s", application.bot.username)
        await _until(stop, trouble)
        log.info("stopping; what was received is answered first")
        with suppress(TelegramError):  # what ended the polling is raised again
            await updater.stop()


async def _until(stop: asyncio.Event, trouble: Callable[[TelegramError], None]) -> None:
    """Wait for *stop*; where polling ends by itself, report why: the bot would be deaf from then on."""
    told = asyncio.create_task(stop.wait())
    polling = {task for task in asyncio.all_tasks() if task.get_name() == POLLING}
    await asyncio.wait({told, *polling}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    for ended in polling:
        error = ended.exception() if ended.done() and not ended.cancelled() else None
        if isinstance(error, TelegramError):
            trouble(error)
        elif error is not None:
            raise ServingError(f"polling has ended ({type(error).__name__}); start again") from error


@asynccontextmanager
async def running(application: CrossingOff) -> AsyncIterator[CrossingOff]:
    """Run an initialized application, first on what an earlier run left undone; at the end finish what was begun."""
    await application.start()
    try:
        if isinstance(application.update_queue, Inbox):
            left = await application.update_queue.take_up_unfinished(application.bot)
            if left:
                log.info("taking up %d updates that an earlier run left undone", left)
        yield application
    finally:
        await application.stop()
        await application.shutdown()


async def _connect(application: CrossingOff, stop: asyncio.Event) -> bool:
    """Reach Telegram, however long that takes; False where we were told to stop meanwhile. Raises ServingError."""
    pause = 1.0
    while not stop.is_set():
        try:
            await application.initialize()
        except (InvalidToken, Forbidden):
            await application.bot.shutdown()
            raise ServingError("Telegram has refused the token; ask @BotFather for the current one.") from None
        except NetworkError as error:
            log.warning("Telegram cannot be reached (%s); trying again in %.0f s", type(error).__name__, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return True
    await application.bot.shutdown()
    return False
