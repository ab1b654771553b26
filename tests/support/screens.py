"""The screens of the terminal chat that are kept as files; ``python -m`` types anew what was typed and keeps them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
SCREENS = ROOT / "tests" / "bot" / "screens"
FILE = """# 河东县消防工作总结

河东县消防救援大队全年检查单位412家，发现火灾隐患389处，当场整改365处。

【更多范文请加微信：fanwen88888】
"""


def typed(screen: str) -> tuple[list[str], str]:
    """Take out of a screen what was typed: the options of the command, and the lines."""
    options = screen.partition("\n")[0].partition("yinju ")[2].split()
    return options, "\n".join(re.findall(r"^› (.*)$", screen, flags=re.MULTILINE)) + "\n"


def screen_of(printed: str, *, options: list[str], home: Path) -> str:
    """Make a screen of what was printed: under the command, and wherever the data directory *home* is."""
    lines = [line.rstrip() for line in printed.replace(str(home), "DATA").strip().splitlines()]
    return "\n".join([f"$ YINJU_ANSWER__QUOTES=1 yinju {' '.join(options)}", *lines, ""])


def main() -> None:
    """Write every screen anew, as it is now."""
    for path in sorted(SCREENS.glob("*.txt")):
        options, lines = typed(path.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            (Path(folder) / "消防.md").write_text(FILE, encoding="utf-8")
            ran = subprocess.run(
                [sys.executable, "-m", "bot", "--data-dir", str(home), *options],
                input=lines, capture_output=True, text=True, timeout=120, cwd=folder, check=True,
                env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8",
                     "YINJU_ANSWER__QUOTES": "1"},
            )  # fmt: skip
            path.write_text(screen_of(ran.stdout, options=options, home=home), encoding="utf-8")
    for name in READMES:
        path = ROOT / name
        path.write_text(with_screens(path.read_text("utf-8")), encoding="utf-8")


def with_screens(text: str) -> str:
    """Put the screens as they are kept into a README, where their names stand."""

    def shown(found: re.Match[str]) -> str:
        return f"{found[1]}{(SCREENS / f'{found[2]}.txt').read_text('utf-8')}```"

    return re.sub(r"(<!-- screen: ([\w-]+) -->\n```text\n)[^`]*```", shown, text)


if __name__ == "__main__":
    main()
