"""Readers: bytes in, lines out, and an error of one line for whatever is no report."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import readers
from corpus.errors import CorpusError, EmptyFile, FileTooLarge, ReadError, UndecodableText, UnsupportedFormat
from corpus.readers import ReadLimits

TEXT = "河湾镇工作总结\n\n　　今年以来，河湾镇党委坚持问题导向，推动各项工作落到实处。\n全镇共办结民生实事三十五件。\n"
LIMITS = ReadLimits()


def parse(content: bytes, name: str = "a.txt", limits: ReadLimits = LIMITS) -> str:
    return readers.parse_bytes(content, name=name, limits=limits).text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "utf-32"]
)
def test_text_is_read_the_same_in_every_usual_encoding(encoding: str) -> None:
    assert parse(TEXT.encode(encoding)) == TEXT


def test_traditional_characters_are_read_from_big5() -> None:
    text = "河灣鎮工作總結\n今年以來，河灣鎮堅持問題導向，推動各項工作落到實處。\n"
    assert parse(text.encode("big5")) == text


def test_a_line_knows_its_number_and_its_place() -> None:
    source = readers.parse_bytes("甲\r\n乙丙\r丁".encode(), name="a.txt", limits=LIMITS)
    assert source.text == "甲\n乙丙\n丁"
    assert [(line.text, line.number, line.start) for line in source.lines] == [
        ("甲", 1, 0),
        ("乙丙", 2, 2),
        ("丁", 3, 5),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_every_line_stands_in_the_text_at_its_start(text: str) -> None:
    try:
        source = readers.parse_bytes(("甲" + text).encode(), name="a.txt", limits=LIMITS)
    except CorpusError:
        return
    assert all(source.text[line.start :].startswith(line.text) for line in source.lines)
    assert "\n".join(line.text for line in source.lines) == source.text


@pytest.mark.parametrize(
    ("content", "name", "error", "said"),
    [
        (b"", "a.txt", EmptyFile, "a.txt: the file is empty."),
        (b" \n\xe3\x80\x80\n", "a.txt", EmptyFile, "nothing but blanks"),
        ("甲乙\0丙".encode(), "a.txt", UndecodableText, "NUL character at character 2"),
        (b"PK\x03\x04rest", "a.txt", UndecodableText, "a ZIP archive"),
        (b"%PDF-1.7 rest", "a.txt", UndecodableText, "a PDF"),
        (b"\xef\xbb\xbf\xe7\x94\xb2\xff\xfe", "a.txt", UndecodableText, "byte at offset 6"),
        (bytes(range(1, 32)) * 9, "a.txt", UndecodableText, "control characters"),
        (b"x", "a.doc", UnsupportedFormat, "save it as .docx"),
        (b"x", "a.png", UnsupportedFormat, "holds no text"),
        (b"x", "a.xyz", UnsupportedFormat, "the formats are"),
        (b"x", "noending", UnsupportedFormat, "without an ending"),
    ],
)
def test_what_is_no_report_is_one_line_that_names_it(
    content: bytes, name: str, error: type[ReadError], said: str
) -> None:
    with pytest.raises(error) as caught:
        parse(content, name)
    assert str(caught.value).startswith(f"{name}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_undecodable_bytes_are_named_by_their_offset() -> None:
    content = TEXT.encode("gb18030") + b"\xff\xff\xff\xff" + TEXT.encode("gb18030")
    with pytest.raises(UndecodableText, match=f"offset {len(TEXT.encode('gb18030'))} "):
        parse(content)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (ReadLimits(bytes=10), "more than the limit of 10;"),
        (ReadLimits(characters=10), "more than the limit of 10;"),
        (ReadLimits(line=10), "longer than the limit of 10;"),
    ],
)
def test_what_is_over_a_limit_is_refused(limits: ReadLimits, said: str) -> None:
    with pytest.raises(FileTooLarge, match=said):
        parse(TEXT.encode(), limits=limits)


def test_control_characters_of_a_name_never_reach_a_message() -> None:
    with pytest.raises(EmptyFile) as caught:
        parse(b"", "bad\nname\x1b[31m\u202e.txt")
    assert str(caught.value) == "bad\\u{a}name\\u{1b}[31m\\u{202e}.txt: the file is empty."


def test_a_file_on_disk_is_read_under_the_name_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(TEXT, encoding="utf-8")
    source = readers.read(tmp_path / "x.txt", name="folder/x.txt", limits=LIMITS)
    assert source.name == "folder/x.txt"
    assert source.digest == readers.parse_bytes(TEXT.encode(), name="y.txt", limits=LIMITS).digest
    assert len(source.report_id) == 12


def test_a_missing_path_and_a_folder_are_read_errors(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^gone\.txt: there is no such file"):
        readers.read(tmp_path / "gone.txt", name="gone.txt", limits=LIMITS)
    with pytest.raises(ReadError, match=r"this is not a file"):
        readers.read(tmp_path, name="folder.txt", limits=LIMITS)


def test_an_unreadable_file_is_a_read_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.txt").write_text(TEXT, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadError, match="cannot be read \\(Permission denied\\)"):
        readers.read(tmp_path / "x.txt", name="x.txt", limits=LIMITS)
