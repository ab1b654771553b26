"""Whether the bot lives and is ready, for whoever supervises it: two addresses on this machine."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.inbox import CrossingOff
from corpus.bootstrap import Library
from corpus.errors import CorpusError


@asynccontextmanager
async def health(library: Library, application: CrossingOff, *, listen: str, port: int) -> AsyncIterator[None]:
    """Answer ``/live`` (the program takes turns) and ``/ready`` (it can answer questions) while the context is open.

    200 or 503, with what is wrong as JSON; nothing of anybody's. Port 0 answers nowhere.
    """
    if not port:
        yield
        return
    routes: list[Any] = [("/live", _Live), ("/ready", _Ready, {"library": library, "serving": application})]
    server = HTTPServer(Application(routes, log_function=lambda handler: None))
    server.listen(port, address=listen)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


class _Live(RequestHandler):
    async def get(self) -> None:
        await self.finish(json.dumps({"live": True}))


class _Ready(RequestHandler):
    def initialize(self, library: Library, serving: CrossingOff) -> None:
        self._library, self._serving = library, serving

    async def get(self) -> None:
        wrong = [one async for one in self._wrong()]
        self.set_status(503 if wrong else 200)
        body: dict[str, Any] = {"ready": not wrong, "wrong": wrong, "waiting": self._serving.turns.waiting}
        await self.finish(json.dumps(body))

    async def _wrong(self) -> AsyncIterator[str]:
        if self._serving.turns.is_full:
            yield "the house is full"
        if self._serving.is_stuck:
            yield "the store cannot be written to"
        try:
            # Reading alone: a long ingest that writes is no reason to be restarted.
            if not await self._library.reports.any():
                yield "there are no reports"
        except CorpusError:
            yield "the store cannot be used"
