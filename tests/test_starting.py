"""A start loads what it needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("command", "needless"),
    [
        ("bot.commands.chatting", {"docx", "lxml", "pypdfium2", "matplotlib", "jieba", "opencc", "corpus.structure"}),
        ("bot.commands.asking", {"docx", "lxml", "telegram", "jieba", "opencc", "corpus.structure", "corpus.readers"}),
    ],
)
def test_what_reads_and_writes_files_and_dictionaries_are_loaded_when_they_are_used(
    command: str, needless: set[str]
) -> None:
    program = f"import sys, {command}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert needless & set(loaded.stdout.split()) == set()
