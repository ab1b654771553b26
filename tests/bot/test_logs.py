"""What is logged: never a token, nothing that a person wrote, and every line of an update under its number."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot import logs
from bot.offline import Fault, OfflineTelegram, User
from config.layers import load
from config.settings import secrets
from tests.support.service import Service

# Of a token's form, and nobody's: put together here so that no scanner takes it for one.
TOKEN = "1234567890:" + "AAF" + "x_-9" * 8
ASKED = "石桥村发现了多少个隐患"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    sys.excepthook = hook


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("secret", [None, TOKEN])
def test_a_token_is_in_no_line_wherever_it_stood(
    form: logs.Form, secret: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(*([secret] if secret else []), form=form)
    log = logging.getLogger("bot.test")
    url = f"https://api.telegram.org/bot{TOKEN}/getMe"
    log.info("POST %s", url)
    log.info(f"the token `{TOKEN}` was rejected")
    log.info("encoded %s", TOKEN.replace(":", "%3A"))
    log.info("extra", extra={"url": url})
    with logs.about(update=TOKEN):
        log.info("bound")
    try:
        int(url)
    except ValueError as error:
        log.exception("failed")
        sys.excepthook(ValueError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert said.count("[token]") >= 7
    assert TOKEN.partition(":")[2] not in said
    assert "Traceback (most recent call last)" in said


def test_a_token_that_is_not_of_the_usual_form_is_known_by_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("4242:offline")
    logging.getLogger("bot").info("/bot4242:offline/getMe")
    assert "offline" not in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_lines_of_an_update_bear_its_number_and_nothing_anybody_wrote(
    telegram: OfflineTelegram, data_dir: Path, form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    wang = telegram.person("王二小", username="wang_er_xiao")
    boss = telegram.person("站长", number=501)
    logs.set_up(form=form)
    async with Service(telegram, data_dir, errors_expected=True, access={"admins": frozenset({boss.id})}):
        await telegram.ask(ASKED, user=wang)
        await telegram.ask("/watch 石桥村果园", user=wang)
        await telegram.send_document("机密名单.txt", "机密的内容，一个字也不许记。".encode(), user=boss)
        await telegram.quiet()
        telegram.faults["sendMessage"].append(Fault.refusal(400, "Bad Request: strange"))
        await telegram.ask("青杨村的果园有多少亩", user=wang)
    said = capsys.readouterr().err
    for words in ("石桥村", "隐患", "果园", "王二小", "wang_er_xiao", "机密", "青杨村"):
        assert words not in said
    if form == "json":
        lines = [json.loads(line) for line in said.splitlines()]
        answered = [line for line in lines if line["event"] == "answered"]
        assert [(line["level"], line["logger"]) for line in answered] == [("info", "bot.handlers.asking")] * 2
        assert answered[0]["verdict"] == "answer"
        failed = next(line for line in lines if line["event"].startswith("error "))
        assert failed["update"] == answered[1]["update"] != answered[0]["update"]
        assert "BadRequest" in failed["exception"]
    else:
        assert "answered" in said
        assert "update=" in said


async def test_what_the_library_cannot_read_is_logged_without_what_it_says(
    telegram: OfflineTelegram, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up()
    async with Service(telegram, data_dir, way="webhook"):
        hook = telegram.updates.webhook
        assert hook
        headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
        async with httpx.AsyncClient(verify=False) as client:  # noqa: S501 - plain HTTP
            posted = {"update_id": 9, "message": {"text": "谁也不该看见"}}
            assert (await client.post(hook["url"], json=posted, headers=headers)).status_code == 400
    said = capsys.readouterr().err
    assert "was *not* processed" in said
    assert "谁也不该看见" not in said


async def test_however_much_is_logged_no_secret_of_the_settings_is(
    telegram: OfflineTelegram, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YINJU_TELEGRAM__WEBHOOK__SECRET_TOKEN", "a-secret")
    logs.set_up(telegram.token, *secrets(load()), debug=True)
    async with Service(telegram, data_dir, way="webhook"):
        await telegram.ask(ASKED, user=telegram.person("小王"))
    said = capsys.readouterr().err
    assert "Calling Bot API endpoint `setWebhook`" in said
    assert "a-secret" not in said
    assert telegram.token not in said


async def test_tasks_of_two_updates_do_not_mix_their_numbers(
    telegram: OfflineTelegram, service: Service, wang: User, li: User, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(form="json")
    for person in (wang, li) * 3:
        await telegram.say(ASKED, user=person)
    await telegram.quiet()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    numbers = [line["update"] for line in lines if line["event"] == "answered"]
    assert len(set(numbers)) == len(numbers) == 6
