"""Make one article as a file of every format, with the libraries that offices' programs stand for."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Kind = Literal["title", "heading", "body"]


@dataclass(frozen=True)
class Article:
    """Hold a title, and headings and paragraphs in order."""

    title: str
    blocks: Sequence[tuple[Kind, str]]


def as_text(article: Article, encoding: str) -> bytes:
    return "\n".join([article.title, *(text for _, text in article.blocks)]).encode(encoding)


def as_markdown(article: Article) -> bytes:
    marks = {"title": "# ", "heading": "## ", "body": ""}
    return "\n\n".join([f"# {article.title}", *(marks[kind] + text for kind, text in article.blocks)]).encode()


def as_html(article: Article) -> bytes:
    tags = {"title": "h1", "heading": "h2", "body": "p"}
    body = "\n".join(f"<{tags[kind]}>{escape(text)}</{tags[kind]}>" for kind, text in article.blocks)
    head = '<head><meta charset="gb2312"><title>页面</title><script>var x = "脚本";</script></head>'
    navigation = "<nav><a href='/'>首页</a> <a href='/news'>要闻</a></nav>"
    page = f"<article><h1>{escape(article.title)}</h1>\n{body}</article><footer>版权所有 河湾网</footer>"
    return f"<!DOCTYPE html><html>{head}<body>{navigation}{page}</body></html>".encode("gb18030")


def as_docx(article: Article) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(article.title, level=0)
    for kind, text in article.blocks:
        document.add_heading(text, level=1) if kind == "heading" else document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def filler(number: int) -> str:
    return "".join(f"第{number}项第{step}步由第{number * step}组负责，按时办结。" for step in range(1, 9))


def as_pdf(article: Article, *, head: str = "河湾镇内部材料", fill: int = 0) -> bytes:
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    font = {"fontName": "STSong-Light", "wordWrap": "CJK"}
    styles = {
        "title": ParagraphStyle("title", fontSize=18, leading=26, alignment=TA_CENTER, spaceAfter=12, **font),
        "heading": ParagraphStyle("heading", fontSize=11, leading=18, **font),
        "body": ParagraphStyle("body", fontSize=11, leading=18, firstLineIndent=22, **font),
    }

    def furnish(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("STSong-Light", 8)
        canvas.drawString(60, A5[1] - 30, head)
        canvas.drawCentredString(A5[0] / 2, 25, f"- {template.page} -")

    stream = io.BytesIO()
    story = [Paragraph(article.title, styles["title"])]
    story += [Paragraph(text, styles[kind]) for kind, text in article.blocks]
    story += [Paragraph(filler(number), styles["body"]) for number in range(fill)]
    SimpleDocTemplate(stream, pagesize=A5).build(story, onFirstPage=furnish, onLaterPages=furnish)
    return stream.getvalue()


def as_pdf_with_outline(articles: Mapping[str, Sequence[str]], text: str) -> bytes:
    """Make a PDF of articles with sections that its outline tells, in letters of one size, *text* below each."""
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("line", fontName="STSong-Light", wordWrap="CJK", fontSize=11, leading=18)
    body = ParagraphStyle("body", parent=style, firstLineIndent=22)

    class Listed(Paragraph):
        def __init__(self, text: str, level: int) -> None:
            super().__init__(text, style)
            self.entry = (text, level)

        def draw(self) -> None:
            text, level = self.entry
            self.canv.bookmarkPage(text)
            self.canv.addOutlineEntry(text, text, level)
            super().draw()

    story: list[Paragraph] = []
    for title, sections in articles.items():
        story += [Listed(title, 0), Paragraph(text, body)]
        for section in sections:
            story += [Listed(section, 1), Paragraph(text, body)]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A5).build(story)
    return stream.getvalue()
