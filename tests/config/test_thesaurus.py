"""The thesaurus in config/: its format, its breadth, and that it is fitted to no evaluation question."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THESAURUS = ROOT / "config" / "thesaurus.txt"
EVAL = next(
    (p / "shared" / "eval" for p in ROOT.parents if (p / "shared" / "eval").is_dir()),
    ROOT.parent / "shared" / "eval",
)
QUESTION_FILES = ("seeds/*.jsonl", "gov/*.jsonl", "ncp/queries.jsonl", "cmrc/queries.jsonl", "drcd/queries.jsonl")
LONGEST_BORROWED = 7
MINIMUM_ENTRIES = 4_000
WORD = re.compile(r"[\u4e00-\u9fff〇A-Za-z0-9.+&Ⅴ-]+")


def entries() -> list[tuple[list[str], list[str]]]:
    """Left words and right words of every line; a two-way group has its members on both sides."""
    found: list[tuple[list[str], list[str]]] = []
    for number, line in enumerate(THESAURUS.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        if " => " in line:
            left, right = line.split(" => ")
            found.append((left.split(","), right.split(",")))
        else:
            members = line.split(" = ")
            assert len(members) >= 2, f"line {number}: {line!r}"
            found.append((members, members))
    return found


def test_every_word_is_plain() -> None:
    odd = [word for left, right in entries() for word in (*left, *right) if not WORD.fullmatch(word)]
    assert odd == []


def test_it_is_broad() -> None:
    assert len(entries()) >= MINIMUM_ENTRIES


def test_no_left_word_twice() -> None:
    seen = Counter(word for left, _ in entries() for word in left)
    assert [word for word, times in seen.items() if times > 1] == []


def test_no_right_word_twice_in_an_entry() -> None:
    assert [right for _, right in entries() if len(right) != len(set(right))] == []


def test_every_left_word_leads_somewhere_else() -> None:
    idle = [word for left, right in entries() for word in left if not set(right) - {word}]
    assert idle == []


def test_sections_have_headings() -> None:
    headings = [line for line in THESAURUS.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert len(headings) >= 20


def squeezed(text: str) -> str:
    """Letters and digits alone, so that a phrase is found across punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


@pytest.mark.shared_data
def test_no_phrase_of_an_evaluation_question() -> None:
    files = [file for pattern in QUESTION_FILES for file in sorted(EVAL.glob(pattern))]
    if not files:
        pytest.skip(f"no evaluation questions at {EVAL}")
    size = LONGEST_BORROWED + 1
    pieces: set[str] = set()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            question = record.get("question") or (record.get("text") if file.name == "queries.jsonl" else None)
            for asked in [question, *record.get("context", [])]:
                text = squeezed(asked) if isinstance(asked, str) else ""
                pieces.update(text[i : i + size] for i in range(len(text) - size + 1))
    assert pieces, "the evaluation files hold no question"
    borrowed = {
        word
        for left, right in entries()
        for word in map(squeezed, (*left, *right))
        if any(word[i : i + size] in pieces for i in range(len(word) - size + 1))
    }
    assert borrowed == set()
