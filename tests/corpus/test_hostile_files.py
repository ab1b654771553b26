"""Hostile and broken files: an error of one line each, in bounded time and memory, and the good ones are read."""

from __future__ import annotations

import io
import random
import resource
import stat
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest

import config
from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.errors import ReadError
from corpus.model import Parsed
from corpus.readers import ReadLimits
from corpus.structure import parse
from tests.corpus import made_files as made
from tests.support.counts import counts
from tests.support.wholeness import assert_whole

RULES = load_rules(config.resource("noise.toml"))
LIMITS = ReadLimits(bytes=4_000_000, characters=400_000, line=100_000, members=300, unpacked=8_000_000, pages=40)
SECONDS = 20.0  # of processor time, one file; a machine that does six things at once is slow
MEGABYTES = 600
LONG = "今年以来，河湾镇党委坚持问题导向。全镇办结民生实事三十五件，群众满意。"
ARTICLE = made.Article("河湾镇工作总结", [("body", LONG), ("heading", "一、抓学习"), ("body", LONG)])
GOOD: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: made.as_text(ARTICLE, "utf-8"),
    "gbk.txt": lambda: made.as_text(ARTICLE, "gb18030"),
    "wide.txt": lambda: made.as_text(ARTICLE, "utf-16"),
    "a.md": lambda: made.as_markdown(ARTICLE),
    "a.html": lambda: made.as_html(ARTICLE),
    "a.docx": lambda: made.as_docx(ARTICLE),
    "a.pdf": lambda: made.as_pdf(ARTICLE),
    "a.zip": lambda: zipped({"x/好.txt": made.as_text(ARTICLE, "utf-8"), "b.md": made.as_markdown(ARTICLE)}),
}


def zipped(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def without_name() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("\0.txt"), b"x")
    return stream.getvalue()


def with_flag(content: bytes, flag: int) -> bytes:
    """Set a flag of the first member, in its own head and in the directory."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[content.index(magic) + offset] |= flag
    return bytes(changed)


def word_of(xml: str) -> bytes:
    """Put *xml* in the place of the text of a Word file."""
    stream = io.BytesIO(made.as_docx(ARTICLE))
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, "word/document.xml": xml.encode()})


def locked_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt="secret")
    canvas.drawString(50, 500, "locked")
    canvas.save()
    return stream.getvalue()


def scanned_pdf(pages: int) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    for _ in range(pages):
        canvas.rect(50, 50, 200, 200, fill=1)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


NOISE = random.Random(1)  # no secret is made of it
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

# What each is refused with; an empty string: it is read.
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.txt", lambda: b"", "the file is empty"),
    "blank": ("a.txt", lambda: " \n\u3000\n".encode() * 50_000, "nothing but blanks"),
    "nothing but zero width": ("a.txt", lambda: "\u200b".encode() * 9_000, "nothing but blanks"),
    "NUL": ("a.txt", lambda: b"abc\0def", "NUL"),
    "a million characters in a line": ("a.txt", lambda: b"x" * 1_000_000, "characters are more than the limit"),
    "a long line": ("a.txt", lambda: "甲".encode() * 100_001, "a line of 100,001 characters"),
    "a line of blanks": ("a.md", ("今年以来，办实事。\n" + "\u3000" * 90_000 + "字").encode, ""),
    "a heading of blanks": ("a.md", ("今年以来，办实事。\n# 字" + " " * 90_000 + "字").encode, ""),
    "blanks before a date": ("a.txt", ("某局" + " " * 90_000 + "字\n今年以来，办实事。").encode, ""),
    "too many bytes": ("a.txt", lambda: b"x\n" * 2_100_000, "bytes are more than the limit"),
    "noise of bytes": ("a.txt", lambda: NOISE.randbytes(5_000), "a.txt"),
    "a picture": ("a.txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(900), "a picture"),
    "old Word by the name of new": (
        "a.docx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "encrypted Word",
    ),
    "text by the name of Word": ("a.docx", lambda: b"just text", "damaged or cut off"),
    "an archive by the name of Word": ("a.docx", lambda: zipped({"a.txt": b"x"}), "no Word text"),
    "Word of laughs": (
        "a.docx",
        lambda: word_of(f'<!DOCTYPE d [<!ENTITY l0 "lol">{LAUGHS}]><w:document {WORD}>&l11;</w:document>'),
        "the Word file is damaged",
    ),
    "Word nested deeply": (
        "a.docx",
        lambda: word_of(f"<w:document {WORD}><w:body>{'<w:sdt>' * 9_000}{'</w:sdt>' * 9_000}</w:body></w:document>"),
        "the Word file is damaged",
    ),
    "Word bomb": ("a.docx", lambda: zipped({"word/document.xml": bytes(9_000_000)}), "more than the limit"),
    "text by the name of PDF": ("a.pdf", lambda: b"just text", "the PDF is damaged"),
    "a locked PDF": ("a.pdf", locked_pdf, "locked with a password"),
    "a scan": ("a.pdf", lambda: scanned_pdf(3), "only pictures of pages"),
    "too many pages": ("a.pdf", lambda: scanned_pdf(41), "41 pages are more"),
    "a page nested deeply": (
        "a.html",
        lambda: b"<div>" * 300 + "字".encode(),
        "nested deeper than the limit of 250; save the page as text or raise limits.html_nesting",
    ),
    "a page without bottom": ("a.html", lambda: b"<div>" * 50_000 + "字".encode(), "nested deeper than the limit of"),
    "a page of open tags": ("a.html", lambda: b"<b><i><p>" * 20_000 + "字".encode(), ""),
    "a page with nothing in it": ("a.html", lambda: b"<script>x</script>" * 50, "nothing but blanks"),
    "a page wrong about itself": ("a.html", '<meta charset="big5"><p>今年以来，办结实事。成效明显。</p>'.encode, ""),
    "text by the name of an archive": ("a.zip", lambda: b"just text", "damaged or cut off"),
    "an empty archive file": ("a.zip", lambda: b"", "the file is empty"),
    "an archive in an archive": (
        "a.zip",
        lambda: zipped({"b.zip": zipped({"a.txt": b"x"})}),
        "an archive in an archive",
    ),
    "a path upwards": ("a.zip", lambda: zipped({"../../etc/a.txt": b"x"}), "leads out of the archive"),
    "an absolute path": ("a.zip", lambda: zipped({"/etc/a.txt": b"x"}), "leads out of the archive"),
    "a path of Windows": ("a.zip", lambda: zipped({"C:\\a.txt": b"x"}), "leads out of the archive"),
    "a member without a name": ("a.zip", without_name, "it has no name"),
    "a member that is its folder": ("a.zip", lambda: zipped({".": b"x"}), "it has no name"),
    "a link": ("a.zip", link, "it is a link"),
    "an encrypted member": ("a.zip", lambda: with_flag(zipped({"a.txt": b"x"}), 1), "it is encrypted"),
    "a bomb": ("a.zip", lambda: zipped({"a.txt": bytes(9_000_000)}), "more than the limit"),
    "a swarm": ("a.zip", lambda: zipped({f"{n}.txt": b"x" for n in range(301)}), "301 files in it are more"),
    "a member with a line break": (
        "a.zip",
        lambda: zipped({"a\nb\x1b[2J.txt": b""}),
        "a\\u{a}b\\u{1b}[2J.txt: the file is empty",
    ),
    "a member of no kind": ("a.zip", lambda: zipped({"a.exe": b"MZ"}), "are not read"),
    "a name with a line break": ("a\nb.txt", lambda: b"", "a\\u{a}b.txt: the file is empty"),
    "a name without end": ("a" * 4_000 + ".txt", lambda: b"", "…"),
    "an old Word file": ("a.doc", lambda: b"\xd0\xcf\x11\xe0", "save it as .docx"),
    "a spreadsheet": ("a.xlsx", lambda: b"PK", "save it as text"),
    "no ending": ("README", lambda: b"x", "without an ending"),
}


def mutated() -> Iterator[tuple[str, bytes]]:
    """Cut, flip, double and rename good files: the same ones every time."""
    chance = random.Random(20)  # no secret is made of it
    for name, make in GOOD.items():
        content = make()
        for share in (1, 5, 20, 40, 60, 80, 95, 99):
            yield name, content[: max(len(content) * share // 100, 1)]
        for count in (1, 4, 16, 64, 256):
            for _ in range(2):
                flipped = bytearray(content)
                for _ in range(count):
                    flipped[chance.randrange(len(flipped))] = chance.randrange(256)
                yield name, bytes(flipped)
        start = chance.randrange(len(content) // 2)
        yield name, content[:start] + content[start + len(content) // 10 :]
        yield name, content + content
        yield name, content[::-1]
        yield name, bytes(len(content)) + content
        for other in GOOD:
            if other != name:
                yield other, content


def outcome(name: str, content: bytes) -> list[Parsed | ReadError]:
    """Read and parse a file as ingest does, and hold it to its time."""
    counts["hostile files and inputs tried"] += 1
    began = time.process_time()
    results: list[Parsed | ReadError] = []
    for each in readers.parse_all(content, name=name, limits=LIMITS):
        results.append(each if isinstance(each, ReadError) else parse(clean(each, RULES)))
    assert time.process_time() - began < SECONDS, name
    for each in results:
        if isinstance(each, ReadError):
            assert str(each).isprintable(), str(each)
        else:
            assert_whole(each)
    return results


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_one_line_that_says_why(case: str) -> None:
    name, make, said = HOSTILE[case]
    results = outcome(name, make())
    if said:
        assert [said in str(each) for each in results if isinstance(each, ReadError)] == [True]
    else:
        assert not any(isinstance(each, ReadError) and "limit" in str(each) for each in results)


def test_two_hundred_broken_files_end_in_a_report_or_an_error_each() -> None:
    files = list(mutated())
    assert len(files) >= 200
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # other tests have left their peak in this process
    ended = [(name, outcome(name, content)) for name, content in files]
    assert all(results for name, results in ended if not name.endswith(".zip"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


def test_good_files_among_bad_ones_are_read() -> None:
    content = zipped(
        {"a.txt": made.as_text(ARTICLE, "utf-8"), "b.txt": b"\0", "c.doc": b"x", "d.pdf": made.as_pdf(ARTICLE)}
    )
    results = outcome("a.zip", content)
    assert [each.report.file if isinstance(each, Parsed) else str(each).split(":")[0] for each in results] == [
        "a.zip/a.txt", "a.zip/b.txt", "a.zip/c.doc", "a.zip/d.pdf",
    ]  # fmt: skip
    assert [each.report.title for each in results if isinstance(each, Parsed)] == [ARTICLE.title] * 2


def test_names_of_an_old_archive_are_read_from_gbk() -> None:
    content = with_flag(zipped({"\u00d6\u00d0.txt": LONG.encode()}), 0)
    name = "中.txt".encode("gbk").decode("cp437")
    content = zipped({"zz.txt": LONG.encode()}).replace(b"zz.txt", name.encode("cp437"))
    assert [each.report.file for each in outcome("a.zip", content) if isinstance(each, Parsed)] == ["a.zip/中.txt"]
