"""Read evaluation files: questions with their right answers, questions without any, public collections."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import EvaluationError
from corpus.model import Article, Passage, PassageId, Report, ReportId, Span

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Gold:
    """Hold one right answer: the passages that are right, or a *sentence* that a right one (or its heading) holds.

    Of several answers with the same *group* one is enough.
    """

    sentence: str = ""
    file: str | None = None
    in_heading: bool = False
    passages: frozenset[PassageId] = frozenset()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Hold a question with its right answers; none where the reports cannot answer it, and *kind* says why.

    *every* says that each group of answers is needed, *soft* that quoting is as good as declining, *years* which
    years are asked about.
    """

    id: str
    question: str
    context: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    every: bool = False
    type: str = ""
    low_overlap: bool = False
    kind: str | None = None
    soft: bool = False
    years: tuple[int, ...] = ()


def read_questions(path: Path) -> list[Item]:
    """Read questions with their answers, one JSON object a line."""
    return _read(path, _question)


def read_unanswerable(path: Path) -> list[Item]:
    """Read questions that the reports cannot answer, one JSON object a line."""
    return _read(
        path,
        lambda row: Item(
            id=str(row["id"]),
            question=row["question"],
            context=tuple(row.get("context") or ()),
            kind=str(row["kind"]),
            soft=bool(row.get("soft")),
        ),
    )


def read_collection(
    folder: Path, *, split: str | None = None, sample: int | None = None
) -> tuple[list[Passage], list[Item]]:
    """Read a public collection: every text one passage, and the answerable questions of *split*, *sample* of them.

    The sample is drawn with a seed: the same one every time.
    """
    report = ReportId(f"{folder.name:.12}".ljust(12, "0"))
    names: dict[str, PassageId] = {}
    passages: list[Passage] = []
    for row in _read(folder / "corpus.jsonl", lambda row: (str(row["id"]), row.get("title") or "", row["text"])):
        key, title, text = row
        names[key] = PassageId(f"{report}-{len(names) + 1}")
        passages.append(
            Passage(
                id=names[key],
                report=Report(report, "corpus.jsonl", folder.name),
                article=Article(len(names), title),
                section=(),
                paragraph=1,
                text=text,
                pieces=(Span(0, len(text)),),
            )
        )
    rows = _queries(folder, split, answerable=True)
    return passages, sampled([_asked(row, names) for row in rows], sample)


def read_collection_unanswerable(folder: Path, *, split: str | None = None, sample: int | None = None) -> list[Item]:
    """Read the questions of a public collection that its texts do not answer."""
    rows = _queries(folder, split, answerable=False)
    return sampled([Item(str(row["id"]), row["text"], kind="unanswerable") for row in rows], sample)


def _queries(folder: Path, split: str | None, *, answerable: bool) -> list[dict[str, Any]]:
    rows = _read(folder / "queries.jsonl", lambda row: row if split in (None, row.get("split")) else None)
    return [row for row in rows if row is not None and row.get("answerable", True) == answerable]


def sampled(items: list[Item], sample: int | None) -> list[Item]:
    """Draw *sample* of *items*, all where it is None or they are fewer; the same ones every time."""
    if sample is None or sample >= len(items):
        return items
    return random.Random(0).sample(items, sample)  # noqa: S311  # drawing a sample, not a secret


def _asked(row: dict[str, Any], names: dict[str, PassageId]) -> Item:
    right = frozenset(names[name] for name in row["relevant"] if name in names)
    sentences = row.get("answers") or [""]
    return Item(
        id=str(row["id"]),
        question=row["text"],
        # An answer that is a number alone stands as one in the file.
        gold=tuple(Gold(sentence=str(sentence), passages=right) for sentence in sentences),
    )


def _question(row: dict[str, Any]) -> Item:
    asked = row.get("year_asked")
    return Item(
        id=str(row["id"]),
        question=row["question"],
        context=tuple(row.get("context") or ()),
        gold=tuple(
            Gold(
                sentence=answer["sentence"],
                file=answer.get("file"),
                in_heading=bool(answer.get("in_heading")) or row.get("type") == "section",
                group=str(answer.get("group", number)),
            )
            for number, answer in enumerate(row["answers"])
        ),
        every=row.get("answer_mode") == "all",
        type=str(row.get("type", "")),
        low_overlap=bool(row.get("low_overlap")),
        years=() if asked is None else tuple(asked) if isinstance(asked, list) else (asked,),
    )


def _read(path: Path, make: Callable[[dict[str, Any]], _T]) -> list[_T]:
    """Make something of each line, or say which line is wrong."""

    def rows() -> Iterator[_T]:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EvaluationError(f"{path}: cannot be read ({error.__class__.__name__})") from error
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                yield make(json.loads(line))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise EvaluationError(f"{path}, line {number}: not what an evaluation file holds ({error})") from error

    return list(rows())
