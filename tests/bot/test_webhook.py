"""The webhook's door: nobody but Telegram posts updates, and nothing that is posted stops the bot."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from bot import serving
from bot.offline import OfflineTelegram, User
from tests.support.counts import counts
from tests.support.service import Service

HEADER = "X-Telegram-Bot-Api-Secret-Token"
JSON = {"Content-Type": "application/json"}
SECRET = JSON | {HEADER: "a-secret"}
ASKED = "石桥村发现了多少个隐患"


def update(user: User, text: str, *, number: int = 900) -> bytes:
    chat = {"id": user.id, "type": "private"}
    message = {"message_id": 1, "date": 1_700_000_000, "chat": chat, "from": user.json(), "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


# Headers and body; None is a question that would be answered.
POSTS: tuple[tuple[dict[str, str], bytes | None], ...] = (
    (JSON, None),
    (JSON | {HEADER: ""}, None),
    (JSON | {HEADER: "a-secre"}, None),
    (JSON | {HEADER: "A-SECRET"}, None),
    ({HEADER: "a-secret", "Content-Type": "text/plain"}, None),
    (SECRET, b""),
    (SECRET, b'{"update_id":'),
    (SECRET, b"[" * 100_000),
    (SECRET, b"null"),
    (SECRET, b'{"update_id": "x"}'),
    (SECRET, b'{"update_id": 99999999999999999999999}'),
    (SECRET, b'{"update_id": 901, "message": {"text": 1}}'),
)


async def test_what_strangers_post_is_refused_and_the_bot_goes_on(telegram: OfflineTelegram, data_dir: Path) -> None:
    wang = telegram.person("小王")
    async with Service(telegram, data_dir, way="webhook", errors_expected=True) as service:
        hook = telegram.updates.webhook
        assert hook
        async with httpx.AsyncClient(verify=False) as client:  # noqa: S501 - plain HTTP
            for headers, body in POSTS:
                posted = update(wang, ASKED) if body is None else body
                reply = await client.post(hook["url"], content=posted, headers=headers)
                counts["hostile files and inputs tried"] += 1
                assert not reply.is_success, (headers, body)
                assert telegram.token not in reply.text
        await telegram.quiet(settle=0.05)
        assert telegram.from_bot(telegram.private(wang)) == []
        await telegram.ask(ASKED, user=wang)
        assert "隐患27个" in service.last(telegram.private(wang)).text


async def test_an_update_of_megabytes_is_a_question_that_is_too_long(telegram: OfflineTelegram, data_dir: Path) -> None:
    wang = telegram.person("小王")
    async with Service(telegram, data_dir, way="webhook") as service:
        await telegram.ask("问" * 2_000_000, user=wang)
        assert "1000" in service.last(telegram.private(wang)).text
        await telegram.ask(ASKED, user=wang)
        assert "隐患27个" in service.last(telegram.private(wang)).text


@pytest.fixture
def _bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open ports as ``yinju run`` does, with less patience."""
    monkeypatch.setattr(serving, "POSTING_SECONDS", 0.1)
    serving.bound_ports()


@pytest.mark.usefixtures("_bounded")
async def test_whoever_posts_too_much_or_too_slowly_is_cut_off(telegram: OfflineTelegram, data_dir: Path) -> None:
    wang = telegram.person("小王")
    async with Service(telegram, data_dir, way="webhook") as service:
        hook = telegram.updates.webhook
        assert hook
        port = int(hook["url"].split(":")[2].partition("/")[0])
        head = b"POST /hook HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nContent-Length: "
        for posted, refused in ((b"%d\r\n\r\n{" % 10**8, b"HTTP/1.1 400"), (b"100\r\n\r\n{", b"")):
            reading, writing = await asyncio.open_connection("127.0.0.1", port)
            writing.write(head + posted)
            async with asyncio.timeout(20):
                assert (await reading.read()).startswith(refused)
            writing.close()
            await writing.wait_closed()
            counts["hostile files and inputs tried"] += 1
        await telegram.ask(ASKED, user=wang)
        assert "隐患27个" in service.last(telegram.private(wang)).text
