"""The screens of the terminal chat in ten situations, as they are kept and shown in the READMEs."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.support.screens import FILE, SCREENS, screen_of, typed

NAMES = sorted(path.name for path in SCREENS.glob("*.txt"))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the bundled samples in once, as the first chat does."""
    home = tmp_path_factory.mktemp("samples") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(""))
        with pytest.raises(SystemExit):
            main(["--data-dir", str(home), "chat"])
    return home


def test_ten_situations_are_kept() -> None:
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_as_it_is_kept(
    name: str, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, home = (SCREENS / name).read_text("utf-8"), tmp_path / "home"
    options, lines = typed(kept)
    # The chat's last words may come before its dictionary is kept: what is being written is not to be copied.
    shutil.copytree(samples, home, ignore=shutil.ignore_patterns("jieba.cache.*"))
    (tmp_path / "消防.md").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YINJU_ANSWER__QUOTES", "1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode()), encoding="utf-8"))
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(["--data-dir", str(home), *options])
    assert left.value.code == 0
    # `python -m tests.support.screens` writes the screens anew; look at what has changed.
    assert screen_of(capsys.readouterr().out, options=options, home=home) == kept
