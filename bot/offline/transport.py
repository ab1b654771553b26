"""The seam to python-telegram-bot: a request object that reaches the played world instead of the network."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.offline.faults import LostConnection
from bot.requesting import parse_reply

if TYPE_CHECKING:
    from bot.offline.world import World

_PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)")


class OfflineRequest(BaseRequest):
    """Carry the calls of one bot to *world*; nothing leaves the process."""

    def __init__(self, world: World) -> None:
        self._world = world

    parse_json_payload = staticmethod(parse_reply)

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry out one request; a lost connection raises what python-telegram-bot's own transport raises."""
        found = _PATH.fullmatch(urlsplit(url).path)
        if found is None:
            return 404, b'{"ok":false,"error_code":404,"description":"Not Found"}'
        download, token, name = found.group(1), unquote(found.group(2)), unquote(found.group(3))
        await asyncio.sleep(0)  # as on a network, others get a turn at every call
        if download:
            return self._world.download(token, name)
        parameters = request_data.json_parameters if request_data else {}
        files = request_data.multipart_data if request_data and request_data.contains_files else {}
        try:
            return await self._world.call(token, name, parameters, {key: _read(file) for key, file in files.items()})
        except LostConnection as lost:
            if lost.how == "timeout":
                raise TimedOut from lost
            raise NetworkError("the connection was reset") from lost


def _read(file: tuple[str, object, str]) -> tuple[str, bytes]:
    name, content, _ = file
    if isinstance(content, bytes):
        return name, content
    return name, content.read()  # type: ignore[attr-defined] # else it is an open binary file
