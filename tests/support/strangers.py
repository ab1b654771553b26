"""What else strangers send, made by chance of what it is made of: pages, Word files, archives, files of settings."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from random import Random

import config
from corpus import readers
from corpus.analysis import Analyzer
from corpus.cleaning import clean, load_rules
from corpus.errors import CorpusError
from corpus.questions.following import leans
from corpus.questions.understanding import Understanding
from corpus.readers import ReadLimits
from corpus.structure import correct, parse
from tests.corpus import made_files as made

TEXT = (
    "\n", "\n\n", "\x0b", "\x85", "\u2028", " ", "\u3000", "\xad", "一、", "（二）", "①", "第二节 ", "一是", "附件",
    "目录", "目 录", "........12", "总第12期", "〔2023〕5号", "二〇二三年五月", "某县委办公室", "主送：",
    "——某局材料", "汇编", "（2篇）", "【篇一】", "范文一：", "编辑：小河", "责任编辑", "点击关注", "发表于",
    "【更多，微信：abcdef】", "##vipstart##", "会员群：123", "本作品是", "第3页 共10页", "[3]", "图为：", "####",
    "**", "***", "`", "> ", "|---|", "===", "![a](b)", "[甲](乙)", "<br>", "<!--", "\\*", "修好石桥三座。",
    "谁来养护？", "”", "…", "3.5%", "***万元", "𠮷", "\U0001f600", "\u202e", "甲", "办结民生实事三十件，" * 40,
)  # fmt: skip
PAGE = (
    "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td colspan=9>", "</td>", "</table>", "<h1>", "</h1>",
    "<br>", "<script>", "</script>", "<style>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<!--", "-->", "<![CDATA[",
    "]]>", "&amp;", "&#0;", "&#x110000;", "&lt;p&gt;", "<?xml version='1.0' encoding='x'?>", "<meta charset=gbk>",
    "<html", ">", "</", "\x00", "<title>甲</title>", "<svg><p>", "<template>", "<a href='", "'", '"', "<p hidden>",
    "<frameset>",
)  # fmt: skip
WORD = (
    "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:t xml:space='preserve'> ", "<w:br/>", "<w:tab/>",
    "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:pPr><w:pStyle w:val='Heading1'/></w:pPr>",
    "<w:del>", "</w:del>", "<w:ins>", "</w:ins>", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:vanish/></w:rPr>",
    "<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", "<w:pPr><w:numPr/></w:pPr>", "<w:pPr><w:pStyle/></w:pPr>",
    "<w:tcPr><w:gridSpan w:val='x'/></w:tcPr>", "<w:p><w:r><w:t>一、抓学习</w:t></w:r></w:p>", "&lt;", "甲",
)  # fmt: skip
MEMBERS = (
    "../a.txt", "/etc/a.txt", "a.toml", "a.txt.toml", "a.txt", "b.md", "CON.txt", "a/../../b.txt", "C:\\a.md",
    "~/.a.txt", ".", "\x00.txt", "./.", "a/", "..", "a\n.txt", "\u202etxt.a", "\ud83d.txt", "c.zip",
    "x" * 300 + ".txt",
)  # fmt: skip
TABLE = (
    "[[rule]]\n", "name = 'x'\n", "pattern = '甲'\n", "pattern = '('\n", "pattern = '(?<n>)'\n", "pattern = ''\n",
    "scope = 'line'\n", "scope = 'inline'\n", "scope = 3\n", "takes = '甲'\n", "leaves = '乙'\n", "raw = true\n",
    "title = '甲'\n", "title = ''\n", "year = 2023\n", "year = -1\n", "year = 99999999999999999999\n",
    "year = true\n", "published = '2023-05'\n", "published = 2023-05-01\n", "published = 2023-05-01T00:00:00\n",
    "place = ''\n", "number = '\\u0000'\n", "[[article]]\n", "number = 1\n", "number = 99\n", "unit = '局'\n",
    "article = 3\n", "rule = 3\n", "rule = [1]\n", "[a.b]\n", "x = {a = [[[", "]]]}\n", "=", "'", '"""', "\n", "\\",
    "inf", "nan", "1979-05-27",
)  # fmt: skip
RULES = load_rules(config.resource("noise.toml"))


def _mixed(chance: Random, *tables: Sequence[str], most: int = 60) -> str:
    return "".join(chance.choice(chance.choice(tables)) for _ in range(chance.randint(0, most)))


def a_page(chance: Random) -> bytes:
    """Make a web page of tags that do not match."""
    return b"a.html\n" + _mixed(chance, PAGE, TEXT).encode("utf-8", "replace")


def a_word_file(chance: Random) -> bytes:
    """Make a Word file whose elements are where they belong, mostly, and open and close at random."""
    article = made.Article("河湾镇工作总结", [("body", "修好石桥三座。")])
    with zipfile.ZipFile(io.BytesIO(made.as_docx(article))) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist() if name != "word/document.xml"]
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("总结", "修好石桥三座。"))
    stray = _mixed(chance, WORD, most=30)
    try_whole = chance.random() < 0.7  # what is not well-formed is refused at once
    xml = body + (_closed(stray) if try_whole else stray)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = f"<w:document {space}><w:body>{xml}</w:body></w:document>"
    return b"a.docx\n" + zipped([*members, ("word/document.xml", document.encode())])


def _closed(stray: str) -> str:
    """Close what is open in a run of elements, and leave out what closes nothing."""
    opened: list[str] = []
    kept = ""
    for piece in stray.replace("<", "\0<").split("\0"):
        name = piece[1:].split(">")[0].split()[0].strip("/") if piece.startswith("<") and piece[1:2] else ""
        if piece.startswith("</"):
            if name not in opened:
                continue
            while (last := opened.pop()) != name:
                kept += f"</{last}>"
        elif name and not piece.split(">")[0].endswith("/"):
            opened.append(name)
        kept += piece
    return kept + "".join(f"</{name}>" for name in reversed(opened))


def an_archive(chance: Random) -> bytes:
    """Make an archive whose members have names that lead elsewhere, twice the same, or none."""
    members = [
        (chance.choice(MEMBERS), _mixed(chance, TEXT, TABLE, most=12).encode("utf-8", "replace"))
        for _ in range(chance.randint(0, 6))
    ]
    return b"a.zip\n" + zipped(members)


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Pack members under names that a library for packing would not write."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in dict(members).items():
            with suppress(UnicodeEncodeError):
                archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def a_table(chance: Random) -> bytes:
    """Make a file of noise rules or corrections."""
    return _mixed(chance, TABLE, most=16).encode()


async def settings(content: bytes) -> None:
    """A file of rules or corrections is taken, or refused in one sentence; passages keep their words."""
    text = content.decode("utf-8", "replace")
    with suppress(CorpusError):
        load_rules(text)
    source = readers.parse_bytes("总结\n修好石桥三座。".encode(), name="a.txt", limits=ReadLimits())
    report = parse(clean(source, RULES))
    with suppress(CorpusError):
        corrected = correct(report, text, name="a.toml")
        assert corrected.report.year is None or 1 <= corrected.report.year <= 9999, text
        assert [one.text for one in corrected.passages] == [one.text for one in report.passages]


_UNDERSTANDING: list[Understanding] = []


async def understood(content: bytes) -> None:
    """A question that leans on others is understood, and every word has a weight."""
    if not _UNDERSTANDING:
        analyzer = Analyzer()
        analyzer.warm()
        _UNDERSTANDING.append(Understanding(analyzer))
    *earlier, question = content.decode("utf-8", "replace").split("\x1e")
    leans(_UNDERSTANDING[0].understand(question))
    query = _UNDERSTANDING[0].understand(question, context=earlier)
    assert query.text == question
    assert all(math.isfinite(term.weight) and term.weight > 0 for term in query.terms), query.terms
