"""The played Telegram over HTTP on loopback."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bot.offline import OfflineTelegram
from tests.support.echoing import echoing
from tests.support.loopback import Loopback
from tests.support.running import running


async def test_over_http_calls_come_as_query_form_json_or_multipart_and_files_go_both_ways(
    telegram: OfflineTelegram,
) -> None:
    wang = telegram.person("小王")
    await telegram.send_document("报告.txt", "全文".encode(), user=wang)
    async with Loopback(telegram) as api, httpx.AsyncClient() as client:
        url = f"{api.base_url}{telegram.token}"
        given: dict[str, Any] = {"chat_id": wang.id, "text": "一", "reply_markup": {"inline_keyboard": []}}
        form = given | {"reply_markup": json.dumps(given["reply_markup"])}
        replies = [
            await client.get(f"{url}/sendMessage", params=form),
            await client.post(f"{url}/sendMessage", data=form),
            await client.post(f"{url}/sendMessage", json=given),
            await client.post(f"{url}/sendDocument", data={"chat_id": wang.id}, files={"document": ("二.txt", b"2")}),
        ]
        assert [reply.status_code for reply in replies] == [200] * 4
        file = replies[-1].json()["result"]["document"]
        path = (await client.get(f"{url}/getFile", params={"file_id": file["file_id"]})).json()["result"]["file_path"]
        assert (await client.get(f"{api.base_file_url}{telegram.token}/{path}")).content == b"2"
        assert (await client.get(f"{api.base_file_url}{telegram.token}/nowhere")).status_code == 404
        assert (await client.get(f"{api.base_file_url}4242:other/{path}")).status_code == 401
        refused = await client.get(f"{api.base_url}4242:other/getMe")
        assert (refused.status_code, refused.json()["description"]) == (401, "Unauthorized")
    assert [message.text for message in telegram.from_bot(telegram.private(wang))] == ["一", "一", "一", ""]


async def test_a_webhook_with_another_secret_takes_nothing(telegram: OfflineTelegram) -> None:
    async with running(telegram, echoing, "webhook") as application:
        assert telegram.updates.webhook
        assert telegram.updates.webhook["secret_token"] == "a-secret"
        telegram.updates.webhook["secret_token"] = "guessed"
        question = await telegram.say("一", user=telegram.person("小王"))
        with pytest.raises(TimeoutError):
            await telegram.quiet(0.2)
        assert application.update_queue.empty()
        telegram.updates.webhook["secret_token"] = "a-secret"
        await telegram.quiet()
        assert len(telegram.messages(question.chat)) == 2
