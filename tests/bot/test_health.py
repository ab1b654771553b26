"""What a supervisor is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tornado.netutil import bind_sockets

from bot.health import health
from corpus.bootstrap import STORE
from corpus.errors import StoreError
from corpus.store import Reports
from tests.support.service import Service


async def test_live_and_ready_tell_how_it_is(service: Service, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [socket] = bind_sockets(0, "127.0.0.1")
    port = socket.getsockname()[1]
    socket.close()
    turns = service.application.turns
    async with (
        health(service.library, service.application, listen="127.0.0.1", port=port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False) as client,  # noqa: S501 - plain HTTP
    ):
        live, ready = await client.get("/live"), await client.get("/ready")
        assert (live.status_code, live.json()) == (200, {"live": True})
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "wrong": [], "waiting": 0})
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/ready")).status_code == 405
        turns._most = 0
        full = await client.get("/ready")
        assert (full.status_code, full.json()["wrong"]) == (503, ["the house is full"])
        turns._most = 1000
        service.application.update_queue.is_stuck = True
        stuck = await client.get("/ready")
        assert (stuck.status_code, stuck.json()["wrong"]) == (503, ["the store cannot be written to"])
        service.application.update_queue.is_stuck = False
        with closing(sqlite3.connect(data_dir / STORE, isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            assert (await client.get("/ready")).status_code == 200, "somebody writes"
            another.execute("ROLLBACK")

        async def damaged_(self: Reports) -> None:
            raise StoreError("it is damaged")

        monkeypatch.setattr(Reports, "any", damaged_)
        damaged = await client.get("/ready")
        assert (damaged.status_code, damaged.json()["wrong"]) == (503, ["the store cannot be used"])
        assert (await client.get("/live")).status_code == 200


async def test_without_a_port_nothing_listens(service: Service) -> None:
    async with health(service.library, service.application, listen="127.0.0.1", port=0):
        pass
