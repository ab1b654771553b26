"""Run a real Application on a played world: inside the process, over HTTP by polling, or by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal, get_args

import pytest
from telegram import Update
from telegram.ext import Application, ApplicationBuilder
from telegram.request import HTTPXRequest
from tornado.netutil import bind_sockets

from bot.offline import OfflineTelegram
from tests.support.loopback import Loopback

Way = Literal["inside", "polling", "webhook"]
# The same conversation inside the process and over HTTP: overrides the fixture ``way``.
every_way = pytest.mark.parametrize("way", get_args(Way))


@asynccontextmanager
async def running(
    world: OfflineTelegram,
    dress: Callable[[Application[Any, Any, Any, Any, Any, Any]], object],
    way: Way = "inside",
    **builder_options: Any,
) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """Build an Application, *dress* it with handlers, and serve *world* with it while the context is open."""
    async with AsyncExitStack() as stack:
        builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any] = Application.builder().token(world.token)
        if way == "inside":
            builder = builder.request(world.request()).get_updates_request(world.request())
        else:
            api = await stack.enter_async_context(Loopback(world))
            builder = builder.base_url(api.base_url).base_file_url(api.base_file_url)
            builder = builder.request(plain_http()).get_updates_request(plain_http())
        for name, value in builder_options.items():
            builder = getattr(builder, name)(value)
        application = builder.build()
        dress(application)
        world.watch(application)
        await stack.enter_async_context(application)
        await application.start()
        try:
            async with fetching(application, way):
                yield application
        finally:
            await application.stop()


def plain_http() -> HTTPXRequest:
    """Make the usual transport without the 70 ms of reading certificates, which loopback has no use for."""
    return HTTPXRequest(httpx_kwargs={"verify": False})


@asynccontextmanager
async def fetching(
    application: Application[Any, Any, Any, Any, Any, Any], way: Way, allowed: Sequence[str] = Update.ALL_TYPES
) -> AsyncIterator[None]:
    """Let an initialized *application* of whatever make fetch the *allowed* updates, by webhook or by polling."""
    updater = application.updater
    assert updater
    wanted = list(allowed)
    if way == "webhook":
        socket = bind_sockets(0, "127.0.0.1")[0]
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/hook"
        await updater.start_webhook(
            unix=socket, url_path="hook", webhook_url=url, secret_token="a-secret", allowed_updates=wanted
        )
    else:
        await updater.start_polling(timeout=5, allowed_updates=wanted)
    try:
        yield
    finally:
        if updater.running:
            await updater.stop()
