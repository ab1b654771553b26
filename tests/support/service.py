"""The real bot on a played Telegram, with a library on disk: started, restarted, looked into."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.app import UPDATES, build
from bot.inbox import CrossingOff
from bot.offline import Chat, Message, OfflineTelegram
from bot.serving import running
from config.layers import load
from config.settings import Settings
from corpus.bootstrap import Library, open_library
from tests.support.loopback import Loopback
from tests.support.running import Way, fetching


class Service:
    """Serve *world* from the library in *data_dir*; ``restart`` does what a killed and started process would see.

    *settings* are by table: ``Service(world, folder, answer={"quotes": 1})``. What a handler failed with is in
    ``errors``; leaving the context raises AssertionError where there is any, unless *errors_expected*.
    """

    def __init__(
        self,
        world: OfflineTelegram,
        data_dir: Path,
        *,
        way: Way = "inside",
        errors_expected: bool = False,
        flood_limits: bool = False,
        **settings: dict[str, Any],
    ) -> None:
        self.world = world
        self.data_dir = data_dir
        self.way = way
        self.errors_expected = errors_expected
        self.flood_limits = flood_limits
        self.errors: list[BaseException | None] = []
        self.library: Library
        self.application: CrossingOff
        self._changes = settings
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        settings = self.settings()
        if self.way != "inside":
            api = await self._stack.enter_async_context(Loopback(self.world))
            telegram = {"base_url": api.base_url, "base_file_url": api.base_file_url}
            settings = settings.model_copy(update={"telegram": settings.telegram.model_copy(update=telegram)})
        self.library = await self._stack.enter_async_context(open_library(settings))
        request = self.world.request() if self.way == "inside" else None
        self.application = build(
            self.library, settings, token=self.world.token, request=request, flood_limits=self.flood_limits
        )
        self.application.add_error_handler(self._note)
        self.world.watch(self.application)
        await self.application.initialize()
        await self._stack.enter_async_context(running(self.application))
        await self._stack.enter_async_context(fetching(self.application, self.way, UPDATES))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        if error is None and not self.errors_expected:
            assert not self.errors, self.errors

    async def restart(self) -> None:
        """Stop the bot, close its library, and start both anew from what is on disk."""
        await self._stack.aclose()
        await self.__aenter__()

    def settings(self) -> Settings:
        """Take the defaults, with this service's changes."""
        settings = load(data_dir=self.data_dir)
        tables = {name: getattr(settings, name).model_copy(update=changes) for name, changes in self._changes.items()}
        return settings.model_copy(update=tables)

    async def ingest(self, name: str, text: str) -> str:
        """Take in a report, as a file that somebody sent; return its id."""
        result = await self.library.ingester.ingest_bytes(text.encode(), name=name)
        assert result.report, result.error
        return result.report

    def last(self, chat: Chat) -> Message:
        """Show the newest message of the bot in *chat*."""
        return self.world.from_bot(chat)[-1]

    async def _note(self, update: object, context: Any) -> None:
        self.errors.append(context.error)
