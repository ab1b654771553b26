"""The READMEs show commands and a conversation; both are what really happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from tests.support.screens import SCREENS, with_screens

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
REPORT = (
    "河东县水利工作总结\n\n一、新修水渠\n\n机关党建做了三项工作，新修水渠九条，投入劳力三千人，灌溉面积扩大一成。\n"
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def shown_commands(name: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text(name), flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def yinju(*arguments: str, home: Path, stdin: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "--data-dir", str(home), *arguments],
        input=stdin, capture_output=True, text=True, timeout=120, cwd=cwd, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8",
             "YINJU_ANSWER__QUOTES": "1"},
    )  # fmt: skip


def test_both_readmes_show_the_same_commands() -> None:
    assert shown_commands(READMES[0]) == shown_commands(READMES[1])


def test_every_make_target_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    shown = set(re.findall(r"\bmake ([a-z-]+)", text("README.md") + text("README.zh-CN.md")))
    assert shown
    assert shown <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_command_that_is_shown_does_what_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_text(REPORT, encoding="utf-8")
    home = tmp_path / "home"
    shown = [shlex.split(line)[1:] for line in shown_commands(name) if line.startswith("yinju ")]
    assert shown
    report_id = ""
    for arguments in shown:
        # `evaluate` is shown on sets that lie beside the project; its own tests run it.
        assert arguments[0] in COMMANDS
        if arguments[0] in ("evaluate", "run", "chat"):
            continue
        meant = [report_id[:6] if one == "3f2a" else one for one in arguments]
        ran = yinju(*meant, *(["--yes"] if arguments[0] == "remove" else []), home=home, cwd=tmp_path)
        assert ran.returncode == 0, (meant, ran.stderr)
        if arguments[0] == "reports":
            report_id = ran.stdout.split("\t")[0]


@pytest.mark.parametrize("name", READMES)
def test_the_conversation_that_is_shown_is_the_one_that_takes_place(name: str, tmp_path: Path) -> None:
    shown = re.findall(
        r"<!-- transcript: YINJU_ANSWER__QUOTES=1 yinju chat -->\n```text\n(.*?)```", text(name), flags=re.DOTALL
    )
    assert len(shown) == 1
    asked = re.findall(r"^› (.*)$", shown[0], flags=re.MULTILINE)
    ran = yinju("chat", home=tmp_path / "home", stdin="\n".join(asked) + "\n")
    assert ran.returncode == 0, ran.stderr
    assert [line.rstrip() for line in ran.stdout.strip().splitlines()] == shown[0].strip().splitlines()


@pytest.mark.parametrize("name", READMES)
def test_the_screens_that_are_shown_are_those_that_are_kept(name: str) -> None:
    assert with_screens(text(name)) == text(name)
    assert set(re.findall(r"<!-- screen: ([\w-]+) -->", text(name))) == {path.stem for path in SCREENS.glob("*.txt")}
