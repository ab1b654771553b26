"""Evaluation files are read line by line, and a wrong line is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import EvaluationError
from corpus.evaluation.qrels import read_collection, read_questions, read_unanswerable


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


QUESTION = {
    "id": "q1",
    "question": "修桥几座",
    "context": ["河湾镇"],
    "type": "number",
    "answer_mode": "all",
    "low_overlap": True,
    "answers": [
        {"file": "a.txt", "sentence": "修桥三座", "in_heading": False},
        {"file": "a.txt", "sentence": "先修桥", "in_heading": True},
    ],
}


def test_a_question_is_read_with_its_answers(tmp_path: Path) -> None:
    (item,) = read_questions(write(tmp_path / "q.jsonl", QUESTION))
    assert (item.id, item.question, item.context, item.type) == ("q1", "修桥几座", ("河湾镇",), "number")
    assert item.every
    assert item.low_overlap
    assert [(gold.sentence, gold.in_heading, gold.group) for gold in item.gold] == [
        ("修桥三座", False, "0"),
        ("先修桥", True, "1"),
    ]


def test_a_question_about_a_year_knows_it(tmp_path: Path) -> None:
    rows = [QUESTION | {"year_asked": asked} for asked in (2015, [2014, 2015], None)]
    assert [item.years for item in read_questions(write(tmp_path / "q.jsonl", *rows))] == [(2015,), (2014, 2015), ()]


def test_an_unanswerable_question_is_read_with_its_kind(tmp_path: Path) -> None:
    path = write(tmp_path / "u.jsonl", {"id": "n1", "question": "你好", "kind": "greeting", "soft": True})
    (item,) = read_unanswerable(path)
    assert (item.kind, item.soft, item.gold) == ("greeting", True, ())


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(QUESTION) + "\n\n{不是\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"q\.jsonl, line 3"):
        read_questions(path)


def test_a_line_that_lacks_a_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"line 1.*question"):
        read_questions(write(tmp_path / "q.jsonl", {"id": "q1"}))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.jsonl: cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_a_collection_is_one_passage_a_text_and_the_questions_of_its_split(tmp_path: Path) -> None:
    folder = tmp_path / "towns"
    folder.mkdir()
    write(
        folder / "corpus.jsonl",
        {"id": "p0", "title": "河湾", "text": "修桥。"},
        {"id": "p1", "title": "", "text": "路"},
    )
    ask = {"text": "修什么", "relevant": ["p0"], "answers": ["桥"], "answerable": True}
    write(
        folder / "queries.jsonl",
        {"id": "q0", "split": "report", **ask},
        {"id": "q1", "split": "tune", **ask},
        {"id": "q2", "split": "report", **ask, "relevant": [], "answerable": False},
    )
    passages, items = read_collection(folder, split="report")
    assert [(passage.text, passage.article.title) for passage in passages] == [("修桥。", "河湾"), ("路", "")]
    assert [item.id for item in items] == ["q0"]
    assert items[0].gold[0].passages == {passages[0].id}
    assert len(read_collection(folder)[1]) == 2


def test_an_answer_that_is_a_number_is_read_as_text(tmp_path: Path) -> None:
    write(tmp_path / "corpus.jsonl", {"id": "p", "text": "修桥3座"})
    write(tmp_path / "queries.jsonl", {"id": "q", "text": "几座", "relevant": ["p"], "answers": [3]})
    assert read_collection(tmp_path)[1][0].gold[0].sentence == "3"


def test_a_sample_is_the_same_every_time(tmp_path: Path) -> None:
    write(tmp_path / "corpus.jsonl", {"id": "p", "text": "桥"})
    rows = [{"id": f"q{n}", "text": "桥", "relevant": ["p"], "split": "tune"} for n in range(50)]
    write(tmp_path / "queries.jsonl", *rows)
    first, second = (read_collection(tmp_path, sample=5)[1] for _ in range(2))
    assert [item.id for item in first] == [item.id for item in second]
    assert len(first) == 5
