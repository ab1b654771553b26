"""How the bot presents itself, and that it serves alone."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot import texts
from bot.alone import AlreadyServing, alone
from bot.offline import Fault, OfflineTelegram
from bot.presenting import introduce, report
from tests.support.service import Service


async def test_commands_and_descriptions_are_set_by_chat_and_language_and_only_when_they_differ(
    telegram: OfflineTelegram, service: Service
) -> None:
    boss = telegram.person("站长", number=501)
    await telegram.ask("/start", user=boss)
    bot = service.application.bot
    await introduce(bot, texts.load(), administrators=[boss.id, 999])
    known = telegram.settings
    assert [one["command"] for one in known["commands", "all_group_chats", "en"]] == ["ask", "reports", "help"]
    assert "settings" in [one["command"] for one in known["commands", "all_chat_administrators", "zh"]]
    assert "allow" in [one["command"] for one in known["commands", "chat", "501", ""]]
    assert "allow" not in [one["command"] for one in known["commands", "all_private_chats", ""]]
    assert known["name", "en"] == "Yinju"
    telegram.forget()
    await introduce(bot, texts.load(), administrators=[boss.id])
    assert [call.method for call in telegram.calls if call.method.startswith("set")] == []


async def test_what_cannot_be_registered_is_no_reason_not_to_serve(
    telegram: OfflineTelegram, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults["getMyName"].append(Fault.server_error())
    await introduce(service.application.bot, texts.load())
    assert "could not be registered" in caplog.text


async def test_the_accounts_switches_are_logged(
    telegram: OfflineTelegram, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        report(service.application.bot)
    assert "@yinjubot: privacy mode on, inline mode on, guest mode on" in caplog.text


def test_a_bot_is_served_once_a_data_directory(tmp_path: Path) -> None:
    with alone(tmp_path, token="4242:secret"):
        with (
            pytest.raises(AlreadyServing, match="another `yinju run` serves this bot"),
            alone(tmp_path, token="4242:other"),
        ):
            pass
        with alone(tmp_path, token="77:secret"):
            pass
    with alone(tmp_path, token="4242:secret"):
        pass
    assert "4242" not in " ".join(path.name for path in tmp_path.iterdir())
