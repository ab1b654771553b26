"""Serve a played world over HTTP on 127.0.0.1, as a Bot API server of one's own does, and post to webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self

import httpx
from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.offline import LostConnection, OfflineTelegram


class Loopback:
    """Serve *world* while the context is open: give *base_url* and *base_file_url* to python-telegram-bot."""

    def __init__(self, world: OfflineTelegram) -> None:
        self.world = world
        self.refused_posts = 0
        self._open: set[asyncio.Task[Any]] = set()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file/bot"

    async def __aenter__(self) -> Self:
        api = Application(
            [
                (r"/bot([^/]+)/(.+)", _Method, {"loopback": self}),
                (r"/file/bot([^/]+)/(.+)", _Download, {"loopback": self}),
            ],
            log_function=lambda handler: None,
        )
        self._server = HTTPServer(api, max_body_size=2**27)
        sockets = bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self._server.add_sockets(sockets)
        self._posting = asyncio.create_task(self._post())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        for task in (self._posting, *self._open):
            task.cancel()
        await asyncio.gather(self._posting, *self._open, return_exceptions=True)
        await self._server.close_all_connections()

    async def within(self, work: Awaitable[Any]) -> Any:
        """Await *work* in a task that closing the server cancels."""
        task = asyncio.ensure_future(work)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return await task

    async def _post(self) -> None:
        """Post one update after the other to the bot's webhook; one that is not accepted is posted again."""
        updates = self.world.updates
        async with httpx.AsyncClient(timeout=5, verify=False) as client:  # noqa: S501 - plain HTTP
            while True:
                if not updates.webhook or not updates.pending:
                    await self.world.bell.wait()
                    continue
                [update] = updates.hand_out(1)
                headers = {"Content-Type": "application/json"}
                if secret := updates.webhook.get("secret_token"):
                    headers["X-Telegram-Bot-Api-Secret-Token"] = secret
                try:
                    reply = await client.post(updates.webhook["url"], content=json.dumps(update), headers=headers)
                    accepted = reply.is_success
                except httpx.HTTPError:
                    accepted = False
                if accepted:
                    updates.confirm(update["update_id"] + 1)
                else:
                    self.refused_posts += 1
                    await asyncio.sleep(0.02)


class _Handler(RequestHandler):
    def initialize(self, loopback: Loopback) -> None:
        self.loopback = loopback
        self.gone = asyncio.Event()

    def on_connection_close(self) -> None:
        self.gone.set()


class _Method(_Handler):
    async def get(self, token: str, method: str) -> None:
        await self.post(token, method)

    async def post(self, token: str, method: str) -> None:
        fields = {name: values[-1].decode() for name, values in self.request.arguments.items()}
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            fields |= json.loads(self.request.body)
        files = {name: (sent[0]["filename"], sent[0]["body"]) for name, sent in self.request.files.items()}
        world = self.loopback.world
        try:
            status, body = await self.loopback.within(world.call(token, method, fields, files))
        except LostConnection as lost:
            if lost.how == "timeout":
                await self.loopback.within(self.gone.wait())
            assert isinstance(self.request.connection, HTTP1Connection)
            self.request.connection.stream.close()
            return
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        with contextlib.suppress(StreamClosedError):  # who asked did not wait for the answer
            await self.finish(body)


class _Download(_Handler):
    async def get(self, token: str, path: str) -> None:
        status, body = self.loopback.world.download(token, path)
        self.set_status(status)
        await self.finish(body)
