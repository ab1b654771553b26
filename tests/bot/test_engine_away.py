"""The engine goes away and comes back: people are told once, their questions keep their place, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import inbox
from bot.offline import Chat, OfflineTelegram, User
from config.layers import load
from corpus.retrieval import milvus_client
from tests.support.engines import MilvusServer, milvus_server
from tests.support.service import Service

BRIDGE = "石桥村发现了多少个隐患"
QUOTED = "发现隐患27个"
FORESTS = """# 南坡乡护林工作总结

南坡乡组建护林队7支，全年巡山418次，没有发生一起火情。

护林员每人配发对讲机和望远镜，巡山路线一月一换。
"""
AWAY = "检索服务暂时连接不上。您的问题已经记下，恢复后马上回答。"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MilvusServer]:
    """Run a Milvus Lite that a test may kill."""
    with milvus_server(tmp_path / "lite") as running:
        yield running


@pytest.fixture
def milvus(server: MilvusServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Give the settings for it; the engine is looked at often, and failures are found soon."""
    monkeypatch.setattr(inbox, "FIRST_PAUSE", 0.2)
    monkeypatch.setattr(inbox, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(milvus_client, "_LONGEST", 0.2)
    chosen = load(data_dir=data_dir).retrieval.milvus.model_copy(update={"uri": server.uri, "timeout": 3.0})
    return {"engine": "milvus", "milvus": chosen}


async def until(said: Callable[[], bool]) -> None:
    """Wait for what shall come."""
    async with asyncio.timeout(60):
        while not said():  # noqa: ASYNC110 - what is waited for is what a person sees
            await asyncio.sleep(0.05)


def texts(telegram: OfflineTelegram, chat: Chat) -> list[str]:
    return [message.text for message in telegram.from_bot(chat)]


async def test_questions_wait_for_the_engine_and_are_answered_once_it_is_back(
    telegram: OfflineTelegram, data_dir: Path, server: MilvusServer, milvus: dict[str, Any], wang: User
) -> None:
    smith, chen = telegram.person("Smith", language="en"), telegram.person("小陳", language="zh-TW")
    async with Service(telegram, data_dir, errors_expected=True, retrieval=milvus) as service:
        await service.library.index.catch_up()
        server.kill()
        asked = [await telegram.say(BRIDGE, user=one) for one in (wang, smith, chen)]
        chats = [one.chat for one in asked]
        await until(lambda: all(telegram.from_bot(chat) for chat in chats))
        assert [texts(telegram, chat) for chat in chats] == [
            [AWAY],
            ["Search cannot be reached right now. Your question is kept, and answered as soon as it is back."],
            ["檢索服務暫時連接不上。您的問題已經記下，恢復後馬上回答。"],
        ]
        query = await telegram.inline_query(BRIDGE, user=wang)
        await telegram.say("/reports", user=wang)
        await until(lambda: len(telegram.from_bot(chats[0])) == 2 and query.answered)
        assert "现有报告 3 份" in texts(telegram, chats[0])[1]
        await service.ingest("护林.txt", FORESTS)

        await service.restart()  # it starts without the engine, too
        await until(lambda: len(telegram.from_bot(chats[0])) == 3)
        server.start()
        await until(lambda: all(QUOTED in texts(telegram, chat)[-1] for chat in chats))
        await telegram.quiet()
        for chat, question in zip(chats, asked, strict=True):
            answers = [message for message in telegram.from_bot(chat) if QUOTED in message.text]
            assert [message.reply_to for message in answers] == [question]
        [answer] = await telegram.ask("护林队全年巡山多少次", user=wang)
        assert "巡山418次" in answer.text
