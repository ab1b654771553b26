"""Figures for administrators: a picture, words, and the same in the terminal."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import texts
from bot.__main__ import main
from bot.offline import OfflineTelegram, User
from bot.views import charts
from corpus.store.figures import Busy, Day, Summary
from tests.support.service import Service

ASKED, NOTHING = "石桥村发现了多少个隐患", "zzqx是什么"


@pytest.fixture
def boss(telegram: OfflineTelegram) -> User:
    return telegram.person("站长", number=501)


@pytest.fixture
async def serving(telegram: OfflineTelegram, data_dir: Path, boss: User) -> AsyncIterator[Service]:
    async with Service(telegram, data_dir, access={"admins": frozenset({boss.id})}) as service:
        yield service


@pytest.mark.usefixtures("fonts_listed")
async def test_stats_is_a_picture_with_the_figures_in_words(
    telegram: OfflineTelegram, serving: Service, boss: User, wang: User, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, user in ((ASKED, wang), (ASKED, li), (NOTHING, boss)):
        await telegram.ask(asked, user=user)
    drawn_in, chart = [], charts.chart

    def noted(*given: Any, **more: Any) -> bytes:
        drawn_in.append(threading.current_thread())
        return chart(*given, **more)

    monkeypatch.setattr(charts, "chart", noted)
    [sent] = await telegram.ask("/stats", user=boss)
    assert sent.file is not None
    assert (sent.file.content or b"")[:4] == b"\x89PNG"
    assert sent.text == (
        "最近 30 天\n提问 3 次，3 人\n找到答案 2 次（67%），相近 0 次，没有找到 1 次\n有用 0，没用 0\n"
        "引用最多的报告：\n1. 河湾镇经验材料汇编 · 2"
    )
    assert drawn_in[0] is not threading.main_thread()


async def test_unanswered_counts_and_names_nobody(
    telegram: OfflineTelegram, serving: Service, boss: User, wang: User, li: User
) -> None:
    [said] = await telegram.ask("/unanswered", user=boss)
    assert said.text == "还没有找不到答案的问题。"
    for asked, user in (("vvkk是什么", boss), (NOTHING, wang), (f"{NOTHING}？", li)):
        await telegram.ask(asked, user=user)
    [said] = await telegram.ask("/unanswered", user=boss)
    assert said.text == f"没有找到答案的问题\n2 次 · {NOTHING}\n1 次 · vvkk是什么"


async def test_figures_are_for_administrators(telegram: OfflineTelegram, serving: Service, wang: User) -> None:
    for command in ("/stats", "/unanswered"):
        [said] = await telegram.ask(command, user=wang)
        assert said.text == "这个命令只有管理员能用。"


async def test_days_without_questions_count_as_nothing_and_older_ones_not_at_all(
    telegram: OfflineTelegram, serving: Service, wang: User
) -> None:
    await telegram.ask(ASKED, user=wang)
    async with serving.library.database.transaction() as transaction:
        transaction.execute("UPDATE answers SET at = ?", (time.time() - 2 * 24 * 60 * 60,))
    assert [day.questions for day in (await serving.library.figures.summary(days=4)).days] == [0, 1, 0, 0]
    assert (await serving.library.figures.summary(days=2)).questions == 0


@pytest.mark.usefixtures("fonts_listed")
def test_labels_render_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(charts, "_FONTS", ())
    summed = Summary((Day("2026-11-21", 3, 2),), 0, 2, (Busy("河湾镇经验材料汇编", 2), Busy("Plain", 1)), 0, 0)
    sentences = texts.load()
    # A glyph that is missing warns, and a warning is an error here.
    assert charts.chart(summed, sentences["zh-CN"], sentences["en"], cache=tmp_path)[:4] == b"\x89PNG"


def test_stats_in_the_terminal(data_dir: Path, capsys: pytest.CaptureFixture[str], telegram: OfflineTelegram) -> None:
    async def ask() -> None:
        async with Service(telegram, data_dir):
            await telegram.ask(ASKED, user=telegram.person("小王"))
            await telegram.ask(NOTHING, user=telegram.person("小李"))

    asyncio.run(ask())
    for given, expected in (
        ([], "2 questions of 2 people in 30 days\n1 answered (50%), 0 related, 1 found nothing\n"),
        (["--days", "1"], "2 questions of 2 people in 1 days\n"),
    ):
        with pytest.raises(SystemExit):
            main(["stats", "--data-dir", str(data_dir), *given])
        assert capsys.readouterr().out.startswith(expected)
    with pytest.raises(SystemExit):
        main(["stats", "--json", "--data-dir", str(data_dir)])
    values = json.loads(capsys.readouterr().out)
    assert (values["questions"], values["none"], values["unanswered"]) == (2, 1, [{"question": NOTHING, "times": 1}])
