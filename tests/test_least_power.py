"""The program has no more power than it needs: what it imports and calls, and how SQL gets its values."""

from __future__ import annotations

import ast
import asyncio
import os
import pickle
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import COMMANDS
from config.layers import load
from corpus.bootstrap import open_library
from corpus.errors import CorpusError
from corpus.ingest.workers import opened
from tests.corpus import made_files
from tests.corpus.test_hostile_files import ARTICLE

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for package in ("bot", "corpus", "config") for path in (ROOT / package).rglob("*.py"))

# What gives power over the machine or the network, and who may have it, with a reason.
POWER = {
    "pickle": {"corpus/ingest/worker.py", "corpus/ingest/workers.py"},  # with our own child; see _Nouns
    "ctypes": {"corpus/readers/pdf.py"},  # what pypdfium2 takes and gives
    "tornado": {"bot/health.py", "bot/serving.py"},  # listens where the operator says, nowhere by default
    **dict.fromkeys(
        ("subprocess", "socket", "socketserver", "ssl", "http", "httpx", "requests", "urllib", "ftplib", "smtplib",
         "telnetlib", "xmlrpc", "shelve", "dill", "cloudpickle", "joblib", "code", "codeop", "pty", "runpy",
         "webbrowser", "multiprocessing"),
        frozenset[str](),
    ),
    "urllib": {"bot/offline/transport.py", "bot/offline/server.py"},  # urllib.parse: takes addresses apart
}  # fmt: skip
FORBIDDEN = frozenset(
    {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "asyncio.create_subprocess_shell", "os.execv",
     "os.spawnv", "tempfile.mktemp", "yaml.load"}
)  # fmt: skip
RUN = {"asyncio.create_subprocess_exec": {"corpus/ingest/workers.py", "corpus/retrieval/compiling.py"}}
EXECUTE = frozenset({"execute", "executemany", "executescript", "execute_fetchall", "rows", "row"})


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def walk(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def test_nothing_is_imported_that_gives_power_nobody_needs() -> None:
    for path in SOURCES:
        for node in walk(path):
            found = []
            if isinstance(node, ast.Import):
                found = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                found = [node.module or ""]
            for module in found:
                assert name(path) in POWER.get(module.split(".")[0], {name(path)}), f"{name(path)} imports {module}"


def test_nothing_is_evaluated_and_no_shell_is_run() -> None:
    for path in SOURCES:
        for node in walk(path):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            assert called not in FORBIDDEN, f"{name(path)}:{node.lineno} calls {called}"
            assert name(path) in RUN.get(called, {name(path)}), f"{name(path)}:{node.lineno} runs a program"
            assert not any(one.arg == "shell" for one in node.keywords), f"{name(path)}:{node.lineno} runs a shell"


def constants(tree: ast.Module) -> set[str]:
    """Name what a module assigns once, at its top, or loops over there: never what came from outside."""
    return {
        one.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for one in ast.walk(target)
        if isinstance(one, ast.Name)
    }


def test_sql_gets_its_values_by_parameters_alone() -> None:
    seen = 0
    for path in (ROOT / "corpus" / "store").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        known = constants(tree)
        loops = [node for node in ast.walk(tree) if isinstance(node, ast.For) and ast.unparse(node.iter).isupper()]
        known |= {one.id for node in loops for one in ast.walk(node.target) if isinstance(one, ast.Name)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and re.search(
                r"\b(SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b", ast.unparse(node)
            ):
                seen += 1
                for part in node.values:
                    if isinstance(part, ast.FormattedValue):
                        said = ast.unparse(part.value)
                        marks = re.fullmatch(r"', '\.join\('\?' \* len\(\w+\)\)", said)
                        fixed = said in known or re.fullmatch(r"\w+\.[A-Z_]+", said)
                        # Chosen between two constants in the same function, and a number that we counted.
                        chosen = (path.name, said) in {("votes.py", "where"), ("database.py", "version + 1")}
                        assert marks or fixed or chosen, f"{name(path)}:{node.lineno}: {said} stands in SQL"
    assert seen > 10


def test_only_the_store_speaks_sql() -> None:
    for path in SOURCES:
        if path.parent.name != "store":
            assert not any(
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EXECUTE
                and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
                for node in walk(path)
            ), name(path)  # fmt: skip


class Evil:
    def __reduce__(self) -> object:
        return os.system, ("touch /nowhere/at/all",)


@pytest.mark.parametrize(
    "sent", [pickle.dumps(Evil()), pickle.dumps(os.system), b"cos\nsystem\n(S'true'\ntR.", pickle.dumps(Path("/x"))]
)
def test_a_reading_process_that_was_taken_over_gets_no_further(sent: bytes) -> None:
    with pytest.raises(CorpusError, match="was taken over by what it read"):
        opened(sent)


async def test_a_reading_process_is_not_told_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {"TELEGRAM_BOT_TOKEN": "4242:a", "TELEGRAM_BOT_TOKEN_FILE": "/a", "YINJU_RETRIEVAL__MILVUS__TOKEN": "b:c"}
    for name, value in secret.items():
        monkeypatch.setenv(name, value)
    told, start = list[dict[str, str]](), asyncio.create_subprocess_exec

    async def starting(*command: str, env: dict[str, str], **options: Any) -> asyncio.subprocess.Process:
        told.append(env)
        return await start(*command, env=env, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starting)
    async with open_library(load(data_dir=tmp_path)) as library:
        result = await library.ingester.ingest_bytes(made_files.as_docx(ARTICLE), name="a.docx")
    assert result.status == "added"
    assert [secret.keys() & one.keys() for one in told] == [set()]


def test_every_dependency_is_bounded_and_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pinned = {
        re.split(r"==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    for wanted in [*project["dependencies"], *extras["dev"]]:
        required = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?>=[\d.]+,<[\d.]+$", wanted)
        assert required, f"{wanted} is not bounded on both sides"
        assert required[1].lower().replace("_", "-") in pinned, f"{wanted} is not pinned"


def test_what_is_deployed_runs_as_nobody_and_sets_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    deploy = ROOT / "config" / "deploy"
    unit, container = ((deploy / one).read_text("utf-8") for one in ("yinju.service", "Containerfile"))
    for set_there in (unit, container):
        for setting, value in re.findall(r"(YINJU_\w+)=(\S+)", set_there):
            monkeypatch.setenv(setting, value)
    settings = load()
    assert (str(settings.data_dir), settings.log.format) == ("/var/lib/yinju", "json")
    assert f"http://127.0.0.1:{settings.health.port}/ready" in container
    assert 'ENTRYPOINT ["yinju"]\nCMD ["run"]' in container
    assert re.search(r"^ExecStart=\S+/yinju run$", unit, re.MULTILINE)
    assert "run" in COMMANDS
    for line in ("DynamicUser=yes", "StateDirectoryMode=0700", "UMask=0077", "NoNewPrivileges=yes"):
        assert line in unit
    assert "USER nobody" in container
    assert not re.search(r"\d{5,12}:[\w-]{30}", unit + container)
