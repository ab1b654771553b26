"""Whatever Word prints in the body of a file is read, in its order; only what it does not print is not."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from corpus import readers
from corpus.cleaning import clean
from corpus.model import Line, Parsed
from corpus.readers.numbered import written
from corpus.structure import parse

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%1.%3"))
BODY = "今年以来，全镇修好水渠十条，群众都说好。"


def lines(document: Any) -> list[Line]:
    return [line for line in source(document).lines if line.text]


def source(document: Any) -> Any:
    stream = io.BytesIO()
    document.save(stream)
    return readers.parse_bytes(stream.getvalue(), name="a.docx", limits=readers.ReadLimits())


def parsed(document: Any) -> Parsed:
    return parse(clean(source(document), ()))


def with_list(document: Any) -> Any:
    """Give the document a list of three levels, number 77."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(LEVELS)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {NAMES} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {NAMES} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return document


def numbered(document: Any, text: str, *, depth: int) -> Any:
    paragraph = document.add_paragraph(text)
    properties = f'<w:numPr {NAMES}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(properties))
    return paragraph


def append(paragraph: Any, xml: str) -> None:
    paragraph._p.append(parse_xml(xml.replace(">", f" {NAMES}>", 1)))


def test_automatic_numbers_are_read_as_they_are_printed() -> None:
    document = with_list(docx.Document())
    document.add_paragraph("河湾镇工作总结")
    for text, depth in (("抓水利", 0), ("修渠", 1), ("养渠", 1), ("抓道路", 0), ("修路", 1), ("细处", 2), ("", 0)):
        numbered(document, text, depth=depth)
        if text:
            document.add_paragraph(BODY)
    read = [line.text for line in lines(document) if line.text != BODY]
    assert read == [
        "河湾镇工作总结", "一、抓水利", "（一）修渠", "（二）养渠", "二、抓道路", "（一）修路", "二.1 细处"
    ]  # fmt: skip
    assert [each.section for each in parsed(document).passages][:3] == [
        ("一、抓水利",), ("一、抓水利", "（一）修渠"), ("一、抓水利", "（二）养渠"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (1, "decimal", "1"), (7, "decimalZero", "07"), (3, "upperRoman", "III"), (9, "lowerRoman", "ix"),
        (27, "lowerLetter", "aa"), (3, "decimalEnclosedCircle", "③"), (10, "chineseCounting", "十"),
        (12, "japaneseCounting", "十二"), (20, "chineseCountingThousand", "二十"), (105, "chineseCounting", "一百零五"),
        (3, "chineseLegalSimplified", "叁"), (12, "chineseLegalSimplified", "拾贰"),
        (1010, "chineseCounting", "一千零一十"), (10**12, "lowerLetter", "1000000000000"),
    ],
)  # fmt: skip
def test_a_number_is_written_in_the_form_of_its_list(number: int, form: str, text: str) -> None:
    assert written(number, form) == text


def test_a_list_that_starts_again_counts_again() -> None:
    document = with_list(docx.Document())
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    document.part.numbering_part.element.append(
        parse_xml(f'<w:num {NAMES} w:numId="78"><w:abstractNumId w:val="77"/>{again}</w:num>')
    )
    for text, name in (("甲", "77"), ("乙", "77"), ("丙", "78"), ("丁", "78")):
        paragraph = numbered(document, text, depth=0)
        paragraph._p.pPr.numPr.numId.val = int(name)
    assert [line.text for line in lines(document)] == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_boxes_insertions_and_controls_are_read_and_what_was_struck_out_is_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("开头")
    append(paragraph, "<w:ins><w:r><w:t>添上的</w:t></w:r></w:ins>")
    append(paragraph, "<w:del><w:r><w:delText>删去的</w:delText></w:r></w:del>")
    append(paragraph, "<w:sdt><w:sdtContent><w:r><w:t>控件里的</w:t></w:r></w:sdtContent></w:sdt>")
    append(paragraph, "<w:r><w:instrText>PAGE</w:instrText></w:r>")
    box = "<w:txbxContent><w:p><w:r><w:t>框里的</w:t></w:r></w:p></w:txbxContent>"
    append(paragraph, f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
           "</mc:AlternateContent></w:r>")  # fmt: skip
    document.element.body.insert(
        1, parse_xml(f"<w:sdt {NAMES}><w:sdtContent><w:p><w:r><w:t>封面</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    )
    assert [line.text for line in lines(document)] == ["开头添上的控件里的", "框里的", "封面"]


def test_a_note_stands_after_the_paragraph_that_it_belongs_to() -> None:
    document = docx.Document()
    notes = "".join(
        f'<w:footnote w:id="{n}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for n, text in ((1, "作者在水利局工作。"), (2, "数字为上半年的。"))
    )
    rule = '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(
        PackURI("/word/footnotes.xml"), content_type,
        f"<w:footnotes {NAMES}>{rule}{notes}</w:footnotes>".encode(), document.part.package,
    )  # fmt: skip
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    for text, note in (("河湾镇水利总结", 1), (BODY, 2), ("明年再修五条。", None)):
        paragraph = document.add_paragraph(text)
        if note:
            append(paragraph, f'<w:r><w:footnoteReference w:id="{note}"/></w:r>')
    report = parsed(document)
    assert report.articles[0].title == "河湾镇水利总结"
    assert [each.text for each in report.passages] == [
        BODY, "作者在水利局工作。", "数字为上半年的。", "明年再修五条。"
    ]  # fmt: skip


def test_heads_and_feet_of_pages_are_on_record_as_furniture_and_tables_in_tables_are_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "河湾镇内部材料"
    document.add_paragraph(BODY)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "水渠"
    inner = table.rows[0].cells[1].add_table(rows=1, cols=1)
    inner.rows[0].cells[0].text = "十条"
    report = parsed(document)
    assert [(each.rule, each.text) for each in report.noise] == [("running-head", "河湾镇内部材料")]
    assert [each.text for each in report.passages] == [BODY, "水渠 | 十条"]
