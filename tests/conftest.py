"""What every test may ask for."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from tornado.httpserver import HTTPServer

from bot.logs import RedactingFormatter
from bot.offline import OfflineTelegram
from corpus.analysis import Analyzer
from tests.support.botapi import checked
from tests.support.counts import COUNTED, counts

# How long one example takes says how busy the machine is, nothing else.
settings.register_profile("yinju", deadline=None)
settings.load_profile("yinju")


@pytest.fixture(autouse=True)
def _retry_after_without_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot 22.8 warns whenever it makes a RetryAfter, unless one opts into timedeltas; as an error
    # the warning would come instead of the exception.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    yield
    # A command that was run within a test has set logging up for its process, which is everybody's here.
    sys.excepthook = sys.__excepthook__
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in [one for one in root.handlers if isinstance(one.formatter, RedactingFormatter)]:
        root.removeHandler(handler)
    for name in ("asyncio", "jieba", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def _ports_as_they_were() -> Iterator[None]:
    yield
    HTTPServer.configure(None)  # a bot that served within a test has set limits for its process


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """Load the dictionaries once for all tests."""
    loaded = Analyzer()
    loaded.warm()
    return loaded


@pytest.fixture(autouse=True)
def _dictionaries_loaded_once(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if request.node.path.name == "test_analysis.py":
        return  # how they are loaded is what is tested there

    # Loading them takes a second each time; what the session's analyzer has loaded serves all others in this process.
    def warm(self: Analyzer, *, much: bool = False) -> None:
        self.__dict__.update(analyzer.__dict__)

    monkeypatch.setattr(Analyzer, "warm", warm)


@pytest.fixture
def telegram() -> Iterator[OfflineTelegram]:
    """Play Telegram, and fail the test if the bot made a call that the real one would not understand."""
    with checked() as world:
        yield world


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary what was counted in this one."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["counts"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a process of pytest-xdist has counted."""
    counts.update(getattr(node, "workeroutput", {}).get("counts", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was done to the program, and what it lost."""
    if counts:
        told = ", ".join(f"{name} {counts[name]:,}" for name in COUNTED)
        terminalreporter.write_line(told)
