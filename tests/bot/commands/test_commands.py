"""The contract of the command line: names, fields, exit codes, and what bad input gets."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main

QUESTION = "凤翔区督查发现了多少个问题？"

Run = Callable[..., tuple[int, str, str]]

REPORT = """河东县2024年水利工作总结

一、新修水渠

全县新修水渠九条，投入劳力三千人，灌溉面积扩大一成。县水利局派出五个工作组驻点指导。

二、管好水库

对全县十二座水库逐一检查，发现隐患四十一处，已经整改三十九处。其余两处限期在汛前完成。

三、培训人员

举办管水员培训班六期，培训管水员二百一十名，每个村都有了懂技术的人。
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with a data directory of its own; give the exit code, stdout and stderr."""
    for name in ("YINJU_CONFIG", "YINJU_DATA_DIR", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object, stdin: str = "", home: str = "home") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        with pytest.raises(SystemExit) as left:
            main(["--data-dir", str(tmp_path / home), *map(str, arguments)])
        printed = capsys.readouterr()
        return int(str(left.value.code)), printed.out, printed.err

    return call


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "河东.txt"
    file.write_text(REPORT, encoding="utf-8")
    return file


def test_the_first_question_is_answered_from_the_samples_and_one_line_says_so(run: Run, tmp_path: Path) -> None:
    code, out, err = run("ask", QUESTION)
    assert code == 0
    assert "63" in out
    assert "中共宝鸡市委市直机关工委 2023-11-23" in out
    assert err.count("\n") == 1
    assert "yinju ingest PATH" in err
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_an_answer_as_json_has_every_field_of_the_contract(run: Run) -> None:
    code, out, _ = run("ask", QUESTION, "--json", "--limit", "2")
    answer = json.loads(out)
    assert code == 0
    assert set(answer) >= {
        "id",
        "question",
        "interpreted",
        "verdict",
        "confidence",
        "missing_terms",
        "quotes",
        "nearest",
    }
    assert (answer["question"], answer["verdict"]) == (QUESTION, "answer")
    assert 1 <= len(answer["quotes"]) <= 2
    quote = answer["quotes"][0]
    assert set(quote) >= {
        "rank", "score", "text", "answer", "highlights", "redacted", "passage_id", "passage", "report", "article",
        "section", "paragraph", "page", "source_span", "also_in", "citation",
    }  # fmt: skip
    assert set(quote["report"]) >= {"id", "file", "title", "publisher", "published"}
    assert set(quote["article"]) >= {"title", "unit", "number"}
    assert quote["text"] in quote["passage"]
    start, end = quote["answer"]
    assert "63" in quote["text"][start:end]


def test_a_batch_answers_line_by_line_and_goes_on_after_a_bad_line(run: Run) -> None:
    lines = [
        json.dumps({"id": "a", "question": QUESTION}),
        "not json",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "question": "眉县有多少名党员？", "context": "no list"}),
        "[" * 100_000,
        '{"id": ' + "9" * 5000 + "}",
        json.dumps({"id": "d", "question": "", "context": []}),
    ]
    code, out, _ = run("ask", "--batch", "-", "--json", stdin="\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", None, None, "d"]
    assert [answer.get("verdict") for answer in answers] == ["answer", *[None] * 5, "invalid"]
    assert all("error" in answer for answer in answers[1:6])


@pytest.mark.parametrize(
    "question", ["", "   ", "？？？", "😀😀", "\x00\x07", "<b>&", "长" * 100_000, '" OR 1=1 --', "-", "标题:", '"']
)
def test_no_question_makes_a_traceback(run: Run, question: str) -> None:
    code, out, err = run("ask", question, "--json") if question != "-" else run("ask", "--json", "--", question)
    assert code == 0
    assert json.loads(out)["verdict"] in ("answer", "related", "none", "invalid")
    assert "Traceback" not in err


def test_ingest_reports_a_file_as_json_and_knows_it_again(run: Run, report: Path) -> None:
    code, out, _ = run("ingest", report, "--json")
    result = json.loads(out)
    assert code == 0
    assert (result["file"], result["status"], result["articles"], result["passages"]) == ("河东.txt", "added", 1, 3)
    assert set(result) >= {"report", "title", "characters", "noise_characters", "seconds", "error"}
    assert json.loads(run("ingest", report, "--json")[1])["status"] == "unchanged"
    report.write_text(REPORT.replace("九条", "十条"), encoding="utf-8")
    assert json.loads(run("ingest", report, "--json")[1])["status"] == "replaced"
    assert "十条" in run("ask", "新修水渠多少条", "--json")[1]
    assert "九条" not in run("ask", "新修水渠多少条", "--json")[1]


def test_a_dry_run_changes_nothing(run: Run, report: Path) -> None:
    assert json.loads(run("ingest", report, "--dry-run", "--json")[1])["status"] == "added"
    assert json.loads(run("reports", "--json")[1]) == []


def test_bad_files_are_named_and_the_good_ones_are_taken_in(run: Run, report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text(REPORT, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.txt").write_text(" \n\n　\n", encoding="utf-8")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "broken.txt").write_bytes("河东县水利工作。".encode() + b"\xff\xfe\xfd" * 30)
    (folder / "new\nline.txt").write_bytes(b"")
    code, out, _ = run("ingest", folder, tmp_path / "absent.txt", "--json")
    results = {result["file"]: result for result in map(json.loads, out.splitlines())}
    assert code == 1
    assert results.pop("good.txt")["status"] == "added"
    assert len(results) == 6
    for name, result in results.items():
        assert result["status"] == "failed", name
        assert name.replace("\n", "\\u{a}") in result["error"] or "new" in result["error"]
        assert "\n" not in result["error"]
    assert len(json.loads(run("reports", "--json")[1])) == 1


def test_reports_shows_and_audits_what_is_held_and_removes_it(run: Run, report: Path) -> None:
    run("ingest", report)
    (held,) = json.loads(run("reports", "--json")[1])
    assert (held["file"], held["title"], held["passages"]) == ("河东.txt", "河东县2024年水利工作总结", 3)
    outline = json.loads(run("show", held["id"][:6], "--json")[1])["outline"]
    assert "二、管好水库" in [heading["text"] for heading in outline]
    passage = json.loads(run("show", f"{held['id']}-2", "--json")[1])
    assert passage["passage"].startswith("对全县十二座水库")
    assert [one["paragraph"] for one in passage["before"] + passage["after"]] == [1, 3]
    assert isinstance(json.loads(run("audit", held["id"], "--json")[1]), list)
    code, _, err = run("remove", held["id"], stdin="n\n")
    assert (code, "Go on?" in err) == (130, True)
    assert run("remove", held["id"], "--yes")[0] == 0
    assert json.loads(run("reports", "--json")[1]) == []


def test_a_scope_narrows_the_search_to_a_report(run: Run, report: Path) -> None:
    run("ask", QUESTION)
    run("ingest", report)
    answer = json.loads(run("ask", "培训", "--scope", "河东.txt", "--json")[1])
    assert {quote["report"]["file"] for quote in answer["quotes"]} <= {"河东.txt"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ask",), 2, "give a QUESTION"),
        (("nonsense",), 2, "No such command"),
        (("ingest",), 2, "give PATHs, or --watch FOLDER"),
        (("show", "ffff"), 1, "no report is called 'ffff'"),
        (("evaluate",), 2, "give --questions FILE"),
        (("run",), 2, "@BotFather"),
        (("--config", "/absent.toml", "reports"), 2, "/absent.toml: cannot be read"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    left, _, err = run(*arguments)
    assert (left, said in err) == (code, True), err
    assert "Traceback" not in err


def test_common_options_may_stand_before_or_after_the_command(run: Run, report: Path, tmp_path: Path) -> None:
    run("ingest", report)
    assert len(json.loads(run("reports", "--json", "--data-dir", tmp_path / "home", home="elsewhere")[1])) == 1


def test_doctor_finds_a_sound_store_and_a_damaged_one(run: Run, report: Path, tmp_path: Path) -> None:
    run("ingest", report)
    code, out, _ = run("doctor", "--json")
    checks = {check["name"]: check["status"] for check in json.loads(out)["checks"]}
    assert code == 0
    assert [checks[name] for name in ("store", "reports", "index", "quotations")] == ["ok"] * 4
    (tmp_path / "home" / "yinju.sqlite3").write_bytes(b"rubbish" * 1000)
    for left in (tmp_path / "home").glob("*-wal"):
        left.unlink()
    code, out, _ = run("doctor", "--json")
    assert code == 1
    assert "damaged" in out


def test_the_thesaurus_can_be_switched_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "→" in json.loads(run("ask", "党建花了多少钱", "--json")[1])["interpreted"]
    monkeypatch.setenv("YINJU_RETRIEVAL__EXPAND", "false")
    assert json.loads(run("ask", "党建花了多少钱", "--json")[1])["interpreted"] == "党建花了多少钱"


def test_a_slip_is_pointed_out(run: Run) -> None:
    code, out, _ = run("ask", "对30家创建单位督擦发现多少个问题")
    assert code == 0
    assert "您是不是要找：对30家创建单位督查发现多少个问题" in out


def test_evaluate_measures_questions_on_what_is_held(run: Run, report: Path, tmp_path: Path) -> None:
    run("ingest", report)
    asked = {
        "id": "1",
        "question": "查出多少处隐患",
        "type": "number",
        "answers": [{"file": "河东.txt", "sentence": "发现隐患四十一处"}],
        "answer_mode": "any",
    }
    questions, trec = tmp_path / "questions.jsonl", tmp_path / "run.txt"
    questions.write_text(json.dumps(asked), encoding="utf-8")
    code, out, _ = run("evaluate", "--questions", questions, "--json", "--run", trec)
    measured: dict[str, Any] = json.loads(out)
    assert code == 0
    assert measured["overall"]["questions"] == 1
    assert trec.read_text(encoding="utf-8").split()[:2] == ["1", "Q0"]


def test_evaluate_keeps_a_collection_in_a_store_of_its_own(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "collection"
    folder.mkdir()
    texts = ["全县新修水渠九条。", "发现隐患四十一处。", "培训管水员六期。"]
    corpus = [{"id": f"p{n}", "title": "水利", "text": text} for n, text in enumerate(texts)]
    query = {
        "id": "q",
        "text": "隐患多少处",
        "relevant": ["p1"],
        "answers": ["四十一处"],
        "answerable": True,
        "split": "report",
    }
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    code, out, _ = run("evaluate", "--collection", folder, "--split", "report", "--json")
    assert code == 0
    assert json.loads(out)["overall"]["questions"] == 1
    assert json.loads(run("reports", "--json")[1]) == []
    code, out, _ = run("evaluate", "--collection", folder, "--marking", "--json")
    assert (code, json.loads(out)) == (0, {"questions": 1, "held": 1.0, "either": 1.0})


def test_what_a_file_says_or_is_called_commands_no_terminal(run: Run, report: Path, tmp_path: Path) -> None:
    name = "水\x1b[2J\x9b1m.txt"
    text = REPORT.replace("总结", "总结\x1b[31m\x1b]0;t\x07\x9b2J").replace("逐一", "\x1b[8m[/b]\x9b2J\x7f\r")
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "\x1b[1mno.txt").write_bytes(b"\0")
    said = [run("ingest", tmp_path / name, tmp_path / "\x1b[1mno.txt")]
    report_id = json.loads(run("reports", "--json")[1])[0]["id"]
    asked = "水库发现隐患多少处"
    for arguments in (
        ("reports",), ("reports", "--json"), ("show", report_id), ("show", f"{report_id}-1"), ("show", "\x1b[1mx"),
        ("show", report_id, "--json"), ("audit", report_id), ("ask", asked), ("ask", asked, "--json"), ("verify",),
        ("ask", asked, "--explain"), ("ask", "\x9b1m\udcff", "--json"), ("doctor",), ("stats",),
    ):  # fmt: skip
        said.append(run(*arguments))
    said.append(run("chat", stdin=f"{asked}\n3\n2\n"))
    said.append(run("remove", report_id, "--yes"))
    for _, out, err in said:
        assert not [one for one in out + err if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t"], out
    assert "总结␛[31m␛]0;t␇\N{REPLACEMENT CHARACTER}2J" in said[1][1]
    assert said[-2][0] == 0
