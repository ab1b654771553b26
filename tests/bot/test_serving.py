"""``yinju run`` from its start to its end: by polling and by webhook, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.offline import Fault, OfflineTelegram, User
from bot.serving import ServingError, serve
from config.layers import load
from config.settings import Settings
from corpus.bootstrap import open_library
from tests.support.loopback import Loopback

ROOT = Path(__file__).parents[2]
ASKED = "石桥村发现了多少个隐患"
SECRET = "4242:a-secret-that-nobody-may-ever-read-in-a-log"


@pytest.fixture
def telegram() -> OfflineTelegram:
    """Play Telegram for a bot whose token would be known again anywhere."""
    return OfflineTelegram(token=SECRET)


def settings_for(api: Loopback, data_dir: Path, **telegram: Any) -> Settings:
    settings = load(data_dir=data_dir)
    given = {"base_url": api.base_url, "base_file_url": api.base_file_url, **telegram}
    return settings.model_copy(update={"telegram": settings.telegram.model_copy(update=given)})


@asynccontextmanager
async def served(
    world: OfflineTelegram, data_dir: Path, *, webhook_port: int | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve *world* as ``yinju run`` does; at the end it is told to stop as a service manager tells it."""
    async with Loopback(world) as api:
        settings = settings_for(api, data_dir)
        if webhook_port:
            given = {"url": f"http://127.0.0.1:{webhook_port}/hook", "port": webhook_port,
                     "secret_token": SecretStr("a-secret")}  # fmt: skip
            webhook = settings.telegram.webhook.model_copy(update=given)
            settings = settings_for(api, data_dir, webhook=webhook)
        async with open_library(settings) as library:
            task = asyncio.create_task(serve(library, settings, token=world.token))
            try:
                yield task
                if not task.done():
                    signal.raise_signal(signal.SIGTERM)
                await asyncio.wait_for(task, 20)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def until(world: OfflineTelegram, user: User, *, count: int = 1) -> str:
    """Wait until *user* has so many messages of the bot; give the last."""
    chat = world.private(user)
    async with asyncio.timeout(20):
        while len(world.from_bot(chat)) < count:
            await world.bell.wait(0.1)
    return world.from_bot(chat)[-1].text


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("webhook", [False, True])
async def test_what_waited_is_answered_and_the_bot_has_presented_itself(
    telegram: OfflineTelegram, data_dir: Path, caplog: pytest.LogCaptureFixture, webhook: bool
) -> None:
    wang = telegram.person("小王")
    await telegram.say(ASKED, user=wang)
    with caplog.at_level(logging.INFO):
        async with served(telegram, data_dir, webhook_port=free_port() if webhook else None):
            assert "发现隐患27个" in await until(telegram, wang)
            await telegram.say("/help", user=wang)
            assert "/ask" in await until(telegram, wang, count=2)
            while ("short_description", "en") not in telegram.settings or len(telegram.settings) < 12:
                await telegram.bell.wait(0.1)
    assert bool(telegram.updates.webhook) is webhook
    assert "@yinjubot: privacy mode on, inline mode on, guest mode on" in caplog.text
    commands = [one["command"] for one in telegram.settings["commands", "all_private_chats", "en"]]
    assert commands[:2] == ["ask", "reports"]
    assert not any(call.parameters.get("drop_pending_updates") for call in telegram.calls)


async def test_another_poller_with_the_same_token_is_one_clear_line_and_the_end(
    telegram: OfflineTelegram, data_dir: Path
) -> None:
    with pytest.raises(ServingError, match="another program is polling"):  # noqa: PT012 - raised as serving ends
        async with served(telegram, data_dir) as serving:
            while not telegram.polls:
                await telegram.bell.wait(0.1)
            await telegram.updates.poll()  # as a second program does
            await asyncio.wait([serving], timeout=20)
    polls = len(telegram.polls)
    await asyncio.sleep(0.3)
    assert len(telegram.polls) == polls, "it does not poll on"


async def test_a_refused_token_is_one_clear_line(telegram: OfflineTelegram, data_dir: Path) -> None:
    async with Loopback(telegram) as api:
        settings = settings_for(api, data_dir)
        async with open_library(settings) as library:
            with pytest.raises(ServingError, match="Telegram has refused the token"):
                await serve(library, settings, token="4242:another")


async def test_a_start_waits_for_telegram_and_says_so(
    telegram: OfflineTelegram, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults["getMe"].append(Fault.server_error())
    wang = telegram.person("小王")
    await telegram.say(ASKED, user=wang)
    async with served(telegram, data_dir):
        assert "发现隐患27个" in await until(telegram, wang)
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [one for one in said if "cannot be reached" in one] == [
        "Telegram cannot be reached (NetworkError); trying again in 1 s"
    ]


async def test_one_process_serves_a_bot_the_second_says_so_and_a_killed_one_leaves_nothing_unanswered(
    telegram: OfflineTelegram, data_dir: Path
) -> None:
    wang = telegram.person("小王")
    async with Loopback(telegram) as api:
        environment = {
            "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(data_dir), "TELEGRAM_BOT_TOKEN": SECRET,
            "YINJU_TELEGRAM__BASE_URL": api.base_url, "YINJU_TELEGRAM__BASE_FILE_URL": api.base_file_url,
        }  # fmt: skip

        async def run() -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--data-dir", str(data_dir), env=environment,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip

        # Every answer is lost on its way, so what was asked is under way when the process is killed.
        telegram.faults["sendMessage"].extend([Fault.timeout()] * 3)
        await telegram.say(ASKED, user=wang)
        first = await run()
        while not telegram.calls_of("sendMessage"):
            await telegram.bell.wait(0.1)
        second = await run()
        _, said = await asyncio.wait_for(second.communicate(), 60)
        assert second.returncode == 1
        assert said.decode().splitlines()[-1] == (
            "yinju: another `yinju run` serves this bot from this data directory; stop it first"
        )
        first.kill()
        await first.communicate()
        telegram.faults["sendMessage"].clear()

        third = await run()
        assert "发现隐患27个" in await until(telegram, wang)
        third.terminate()
        _, said = await asyncio.wait_for(third.communicate(), 60)
        assert third.returncode == 0
        assert "taking up 1 updates that an earlier run left undone" in said.decode()
        assert SECRET not in said.decode()
        assert len(telegram.from_bot(telegram.private(wang))) == 1
