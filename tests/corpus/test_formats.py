"""Formats: one article is the same article whatever file it came in."""

from __future__ import annotations

import pytest

import config
from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.model import Parsed
from corpus.structure import parse
from tests.corpus import made_files as made

RULES = load_rules(config.resource("noise.toml"))
LEAD = "今年以来，河湾镇党委坚持问题导向。全镇办结民生实事三十五件，群众满意率达到96.5%，比去年提高2.1个百分点。"
FIRST = (
    "镇党委每月召开一次学习会，班子成员轮流领学。一是抓领学，镇村干部参学四百余人次。二是抓研讨，形成调研文章十二篇。"
)
SECOND = (
    "全镇十三个支部完成换届，新发展党员二十一名。建成党群服务站9个，实现村村有阵地、"
    "月月有活动，党员服务群众一千二百多次。"
)
ARTICLE = made.Article(
    "河湾镇抓党建促发展工作总结",
    [
        ("body", LEAD),
        ("heading", "一、强化理论学习"),
        ("body", FIRST),
        ("heading", "二、夯实基层基础"),
        ("body", SECOND),
        ("body", LEAD),
    ],
)
EXPECTED = [
    ((), LEAD),
    (("一、强化理论学习",), FIRST),
    (("二、夯实基层基础",), SECOND),
    (("二、夯实基层基础",), LEAD),
]


def parsed(content: bytes, name: str) -> Parsed:
    return parse(clean(readers.parse_bytes(content, name=name, limits=readers.ReadLimits()), RULES))


FILES = {
    "utf-8.txt": lambda: made.as_text(ARTICLE, "utf-8"),
    "bom.txt": lambda: made.as_text(ARTICLE, "utf-8-sig"),
    "utf-16.txt": lambda: made.as_text(ARTICLE, "utf-16"),
    "gbk.txt": lambda: made.as_text(ARTICLE, "gbk"),
    "gb18030.txt": lambda: made.as_text(ARTICLE, "gb18030"),
    "a.md": lambda: made.as_markdown(ARTICLE),
    "a.docx": lambda: made.as_docx(ARTICLE),
    "a.pdf": lambda: made.as_pdf(ARTICLE),
    "a.html": lambda: made.as_html(ARTICLE),
}


@pytest.mark.parametrize("name", FILES)
def test_one_article_is_the_same_in_every_format(name: str) -> None:
    report = parsed(FILES[name](), name)
    assert [each.title for each in report.articles] == [ARTICLE.title]
    assert [(each.section, each.text) for each in report.passages] == EXPECTED
    assert [(each.kind, each.level, each.text, each.paragraph) for each in report.headings] == [
        ("title", 0, ARTICLE.title, 1),
        ("own_line", 1, "一、强化理论学习", 2),
        ("own_line", 1, "二、夯实基层基础", 3),
    ]


def test_big5_gives_the_same_structure_in_traditional_characters() -> None:
    article = made.Article(
        "會議紀要",
        [
            ("body", "今年以來，黨委辦理實事三十件。群眾滿意，成效明顯。"),
            ("heading", "一、加強學習"),
            ("body", "每月學習一次。成效很好。"),
        ],
    )
    report = parsed(made.as_text(article, "big5"), "a.txt")
    assert [(each.article.title, each.section) for each in report.passages] == [
        ("會議紀要", ()),
        ("會議紀要", ("一、加強學習",)),
    ]


def test_a_pdf_gives_pages_and_takes_running_heads_and_page_numbers_out() -> None:
    report = parsed(made.as_pdf(ARTICLE, fill=12), "a.pdf")
    pages = [each.page for each in report.passages]
    assert pages[0] == 1
    assert pages[-1] is not None
    assert pages[-1] >= 3
    assert pages == sorted(pages, key=lambda page: page or 0)
    assert {each.text for each in report.noise if each.rule == "running-head"} >= {"河湾镇内部材料", "- 1 -", "- 2 -"}
    assert [each.text for each in report.passages[4:]] == [made.filler(number) for number in range(12)]


def test_the_outline_of_a_pdf_tells_articles_and_sections() -> None:
    titles = ["石桥村修桥补路", "青杨村一片果园"]
    report = parsed(made.as_pdf_with_outline({title: ["抓学习", "抓落实"] for title in titles}, LEAD * 3), "a.pdf")
    assert [(each.article.title, each.section) for each in report.passages] == [
        (title, section) for title in titles for section in ((), ("抓学习",), ("抓落实",))
    ]
    assert {each.text for each in report.passages} == {LEAD * 3}
    assert (report.passages[0].page, report.passages[-1].page) == (1, 2)
    assert report.noise == ()


def test_navigation_of_a_page_is_on_record_as_noise() -> None:
    report = parsed(made.as_html(ARTICLE), "a.html")
    assert {each.text for each in report.noise} == {"首页 要闻", "版权所有 河湾网"}
    assert "脚本" not in report.text


def test_a_page_that_is_wrong_about_its_encoding_is_read_all_the_same() -> None:
    for declared, encoding in (("big5", "utf-8"), ("iso-8859-1", "gb18030"), ("utf-8", "gb18030")):
        page = f'<meta charset="{declared}"><p>{LEAD}</p><p>{FIRST}</p>'.encode(encoding)
        assert [each.text for each in parsed(page, "a.html").passages] == [LEAD, FIRST]


def test_a_table_in_a_word_file_is_text_a_row_a_line() -> None:
    import io

    import docx

    document = docx.Document()
    document.add_paragraph(LEAD)
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("单位", "件数"), ("水务局", "35")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    assert [each.text for each in parsed(stream.getvalue(), "周报.docx").passages] == [
        LEAD,
        "单位 | 件数",
        "水务局 | 35",
    ]


def test_bold_openings_of_a_word_file_are_sections() -> None:
    import io

    import docx

    document = docx.Document()
    document.add_paragraph("河湾镇工作总结")
    for opening in ("抓学习强根基。", "办实事优服务。"):
        paragraph = document.add_paragraph()
        paragraph.add_run(opening).bold = True
        paragraph.add_run(LEAD)
    stream = io.BytesIO()
    document.save(stream)
    report = parsed(stream.getvalue(), "a.docx")
    assert [(each.section, each.text) for each in report.passages] == [
        (("抓学习强根基",), "抓学习强根基。" + LEAD), (("办实事优服务",), "办实事优服务。" + LEAD),
    ]  # fmt: skip
