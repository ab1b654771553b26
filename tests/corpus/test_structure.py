"""Structure: titles, headings, passages, and that together with the noise they are the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.model import Parsed, Span
from corpus.structure import parse
from corpus.structure.blocks import cuts
from tests.support.wholeness import assert_whole

SHARED = Path(__file__).parents[2].parent / "shared"
RULES = load_rules(config.resource("noise.toml"))


def parsed(text: str, name: str = "a.txt") -> Parsed:
    return parse(clean(readers.parse_bytes(text.encode(), name=name, limits=readers.ReadLimits()), RULES))


def outline_of(report: Parsed) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.article.title, each.section, each.text) for each in report.passages]


LONG = "今年以来，各支部抓好学习。办结实事三十件，群众反映良好。"

PIECES = st.sampled_from(
    [
        "\n", "\n\n", "\u200b\n", "　　", "一、强化学习", "二、夯实基础。", "（一）抓党建", "1.抓落实", "一是抓学习。",
        "二是抓作风。",
        "目录\n", "第3期\n", "某县委办公室\n", "2023年5月6日\n", "——某局工作材料（1）\n", "## ", "**", "***",
        "。", "，", LONG, "抓党建促发展",
        "【更多，微信：abcdef】", "汇报材料（2篇）\n", "12", "\f", "标题\n", "某县委办公室编　2023年5月6日\n",
        "# 简报\n", "| 村 | 件 |\n|---|---|\n", "- ", "> ", "[链接](http://a.b)", "<br>", "全镇修好水渠" * 5 + "\n",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=120)), st.sampled_from(["a.txt", "a.md"]))
def test_headings_passages_and_noise_together_are_the_file(text: str, name: str) -> None:
    try:
        report = parsed("甲" + text.replace("\0", ""), name)
    except readers.ReadError:
        return
    assert_whole(report)
    assert [each.id for each in report.passages] == [
        f"{report.report.id}-{n}" for n in range(1, len(report.passages) + 1)
    ]
    assert report.passages


def test_one_article_with_numbered_lines() -> None:
    report = parsed(
        f"河湾镇工作总结\n{LONG}\n一、强化学习\n{LONG}\n（一）学条例。\n{LONG}\n{LONG}\n二、夯实基础\n{LONG}"
    )
    assert outline_of(report) == [
        ("河湾镇工作总结", (), LONG),
        ("河湾镇工作总结", ("一、强化学习",), LONG),
        ("河湾镇工作总结", ("一、强化学习", "（一）学条例"), LONG),
        ("河湾镇工作总结", ("一、强化学习", "（一）学条例"), LONG),
        ("河湾镇工作总结", ("二、夯实基础",), LONG),
    ]
    assert [each.paragraph for each in report.passages] == [1, 2, 3, 4, 5]


def test_a_numbered_line_that_ends_in_a_colon_is_a_heading_and_an_announcement_is_none() -> None:
    report = parsed(f"总结\n{LONG}\n一、主要做法：\n{LONG}\n今年主要办了这些事：\n{LONG}\n二、存在问题\n{LONG}\n")
    assert [(each.section, each.text) for each in report.passages] == [
        ((), LONG),
        (("一、主要做法：",), LONG), (("一、主要做法：",), "今年主要办了这些事："), (("一、主要做法：",), LONG),
        (("二、存在问题",), LONG),
    ]  # fmt: skip


def test_a_run_in_heading_opens_its_paragraph_and_a_list_inside_one_is_none() -> None:
    opening = f"一、强化学习，筑牢根基。一是学条例。{LONG}二是学党章。{LONG}"
    report = parsed(f"河湾镇工作总结\n{LONG}\n{opening}\n二、夯实基础，建强支部。{LONG}")
    assert [each.section for each in report.passages] == [(), ("一、强化学习，筑牢根基",), ("二、夯实基础，建强支部",)]
    assert report.passages[1].text == opening
    assert [each.kind for each in report.headings] == ["title", "run_in", "run_in"]


def test_ordinals_that_open_paragraphs_are_sections() -> None:
    report = parsed(
        f"河湾镇工作总结\n{LONG}\n一是抓学习，强根基。{LONG}\n二是抓作风，优服务。{LONG}\n三是抓落实，求实效。{LONG}"
    )
    assert [each.section for each in report.passages[1:]] == [
        ("一是抓学习，强根基",),
        ("二是抓作风，优服务",),
        ("三是抓落实，求实效",),
    ]


def test_opening_sentences_built_alike_are_sections_where_there_are_no_others() -> None:
    report = parsed(
        f"河湾镇工作总结\n{LONG}\n锻造铁军 着力建设学习型支部。{LONG}\n"
        f"守正创新 着力建设服务型支部。{LONG}\n严管厚爱 着力建设廉洁型支部。{LONG}"
    )
    assert [each.section for each in report.passages] == [
        (), ("锻造铁军 着力建设学习型支部",), ("守正创新 着力建设服务型支部",), ("严管厚爱 着力建设廉洁型支部",),
    ]  # fmt: skip


def test_a_collection_with_a_contents_list_is_cut_at_the_titles_it_lists() -> None:
    report = parsed(
        f"工作经验材料（2篇）\n目录\n抓党建促发展的实践1建强支部服务群众4\n抓党建促发展的实践\n{LONG}\n学思想、强根基\n{LONG}\n"
        f"建强支部服务群众\n{LONG}\n学条例、强作风\n{LONG}"
    )
    assert report.report.title == "工作经验材料（2篇）"
    assert [each.title for each in report.articles] == ["抓党建促发展的实践", "建强支部服务群众"]
    assert [each.section for each in report.passages] == [(), ("学思想、强根基",), (), ("学条例、强作风",)]
    assert {each.rule for each in report.noise} == {"contents"}
    assert_whole(report)


def test_subtitles_tell_the_articles_of_a_collection_and_their_units() -> None:
    report = parsed(
        f"先进支部材料\n（2篇）\n学在深处 干在实处\n——县水务局先进支部材料（1）\n{LONG}\n走在前列\n"
        f"——县图书馆服务中心先进支部材料（2）\n{LONG}"
    )
    assert report.report.title == "先进支部材料（2篇）"
    assert [(each.title, each.unit) for each in report.articles] == [
        ("学在深处 干在实处", "县水务局"), ("走在前列", "县图书馆服务中心"),
    ]  # fmt: skip


def test_a_masthead_is_no_passage_but_tells_publisher_and_date() -> None:
    report = parsed(
        f"第 7 期\n\n中共河湾市委宣传部\n\n2021 年 3 月 9 日\n\n## 东岭县：抓党建\n\n{LONG}\n\n"
        f"## 西岭县：促发展\n\n{LONG}"
    )
    assert (report.report.publisher, report.report.published, report.report.year) == (
        "中共河湾市委宣传部",
        "2021-03-09",
        2021,
    )
    assert [(each.title, each.unit) for each in report.articles] == [
        ("东岭县：抓党建", "东岭县"),
        ("西岭县：促发展", "西岭县"),
    ]
    assert [each.rule for each in report.noise].count("masthead") == 3


def test_a_caption_between_a_paragraph_and_a_heading_is_noise() -> None:
    report = parsed(
        f"河湾镇工作总结\n{LONG}\n比学习、看本领\n{LONG}\n志愿者出动\n比作风、看形象。\n{LONG}\n现场会\n比实干、看成效\n{LONG}"
    )
    assert [each.section for each in report.passages[1:]] == [
        ("比学习、看本领",),
        ("比作风、看形象",),
        ("比实干、看成效",),
    ]
    assert [each.text for each in report.noise] == ["志愿者出动", "现场会"]


def test_a_line_where_the_form_of_the_headings_changes_is_no_caption() -> None:
    report = parsed(
        f"河湾镇工作总结\n{LONG}\n比学习、看本领\n{LONG}\n比作风、看形象\n{LONG}\n"
        f"建强支部的实践\n在学思践悟中立魂\n{LONG}\n在真抓实干中立行\n{LONG}"
    )
    assert report.noise == ()
    assert "建强支部的实践" in [each.text for each in report.passages]


def test_a_page_break_inside_a_paragraph_and_inside_a_bold_mark_is_joined() -> None:
    report = parsed(
        f"## 河湾镇：抓党建\n\n{LONG}\n\n**提高站位。**先学一步。**把责任扛在肩**\n\n"
        f"上。建立制度，推动支部\n\n工作落实。\n\n**夯实基础。**{LONG}"
    )
    assert report.passages[1].text == "提高站位。先学一步。把责任扛在肩上。建立制度，推动支部工作落实。"
    assert [each.section for each in report.passages] == [(), ("提高站位",), ("夯实基础",)]
    assert_whole(report)


def test_a_line_cut_by_a_subscript_is_joined_and_whole_neighbours_are_not() -> None:
    report = parsed(
        f"某省工作报告\n\n各位代表：\n\n{LONG}\n\n细颗粒物（PM\n2.5\n）下降。\n\n{LONG}\n{LONG}\n\n各位代表！\n\n{LONG}"
    )
    assert [each.text for each in report.passages] == [
        "各位代表：",
        LONG,
        "细颗粒物（PM2.5）下降。",
        LONG,
        LONG,
        "各位代表！",
        LONG,
    ]


def test_a_line_of_zero_width_characters_is_a_page_break() -> None:
    report = parsed(f"某省工作报告\n\n{LONG}\n\n加大力\n\u200b\n度支持。\n\n{LONG}")
    assert report.passages[1].text == "加大力度支持。"


def test_a_very_long_paragraph_is_split_at_sentence_ends() -> None:
    report = parsed("河湾镇工作总结\n" + LONG * 60)
    assert [each.part for each in report.passages] == [(1, 2), (2, 2)]
    assert {each.paragraph for each in report.passages} == {1}
    assert all(each.text.endswith("。") and len(each.text) <= 1200 for each in report.passages)
    assert "".join(each.text for each in report.passages) == LONG * 60


def test_an_issue_with_a_name_above_its_masthead_bears_it_and_its_article_has_a_title_of_its_own() -> None:
    report = parsed(
        "# 河湾党建简报\n\n第 12 期（总第 108 期）\n\n河湾县机关工委编印　2023年5月18日\n\n"
        f"## 县水务局：党建护河\n\n{LONG}\n",
        "a.md",
    )
    assert (report.report.title, report.report.publisher, report.report.published) == (
        "河湾党建简报", "河湾县机关工委", "2023-05-18",
    )  # fmt: skip
    assert outline_of(report) == [("县水务局：党建护河", (), LONG)]
    assert [each.kind for each in report.headings] == ["collection", "title"]
    assert {each.rule for each in report.noise} == {"markdown-heading", "masthead"}
    plain = parsed(
        f"河湾党建简报\n第12期\n河湾县机关工委　　2023年5月18日\n县水务局：党建护河\n{LONG}\n一、抓学习\n{LONG}\n"
    )
    assert (plain.report.title, plain.articles[0].title) == ("河湾党建简报", "县水务局：党建护河")


@pytest.mark.parametrize(
    ("top", "titles", "articles"),
    [
        ("工作动态\n第3期", ["县水务局打造清水品牌", "县教育局开展书香活动", "县供销社推进为农服务"], 3),
        ("河湾县经验材料汇编", ["石桥村修桥补路暖人心", "青杨村一片果园富全村", "柳林村书屋开到门口"], 3),
        ("经验材料（2篇）", ["党建引领护河湖", "书香满校园"], 2),
        ("工作动态\n第3期", ["县水务局打造清水品牌", "抓学习筑牢思想根基", "重实干办好民生实事"], 1),
        ("河湾县工作总结", ["县水务局打造清水品牌", "县教育局开展书香活动", "县供销社推进为农服务"], 1),
    ],
)
def test_titles_told_by_an_empty_line_alone_begin_articles_where_there_are_several(
    top: str, titles: list[str], articles: int
) -> None:
    report = parsed(f"{top}\n\n" + "".join(f"{title}\n\n{LONG}\n\n{LONG}\n\n" for title in titles))
    assert len(report.articles) == articles
    if articles == len(titles):
        assert [each.title for each in report.articles] == titles


def test_a_signature_is_no_heading_and_what_is_attached_stands_over_its_chapters() -> None:
    report = parsed(
        "河湾县政府\n关于印发河道管理办法的通知\n\n各乡镇：\n\n" + LONG + "\n\n河湾县人民政府\n2023年5月18日\n\n"
        f"河湾县河道管理办法\n\n第一章 总则\n\n第一条 {LONG}\n\n第二章 管理\n\n第二条 {LONG}\n"
    )
    assert report.report.published == "2023-05-18"
    assert [each.section for each in report.passages] == [
        (), (), ("河湾县河道管理办法", "第一章 总则"), ("河湾县河道管理办法", "第二章 管理"),
    ]  # fmt: skip


@pytest.mark.parametrize("indent", ["", "　　"])
def test_lines_broken_to_a_measure_are_joined_to_paragraphs(indent: str) -> None:
    paragraphs = [
        "河湾镇全年把修渠当作头等大事来办，先后投入劳力三千人次，修好水渠十条，受益农田一万二千亩，群众都说好。" * 2,
        "镇里每月研究一次水利工作，书记带头包抓重点工程，班子成员分片负责，做到事事有人管，件件有着落。",
        "到年底全镇十二个村全部通了自来水，入户率达到九成八，比上年提高六个百分点，水费也降了两成，用水有了保证。",
    ]

    def broken(text: str) -> str:
        return "\n".join(text[start : start + 32] for start in range(0, len(text), 32))

    between = "\n" if indent else "\n\n"
    blocks = ["河湾镇水利总结", *paragraphs, "一、抓管护", *paragraphs]
    report = parsed(between.join(broken(text if len(text) < 20 else indent + text) for text in blocks))
    assert [each.text for each in report.passages] == paragraphs * 2
    assert [each.section for each in report.passages] == [(), (), (), *[("一、抓管护",)] * 3]
    assert_whole(report)


def test_a_report_without_any_heading_has_the_name_of_its_file() -> None:
    report = parsed(f"{LONG}\n{LONG}", name="folder/周报.txt")
    assert [each.title for each in report.articles] == ["周报"]
    assert report.headings == ()
    assert len(report.passages) == 2


# ── The real files, where they are ───────────────────────────────────────────────────────────────────────────────────


def shared(path: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("../shared is absent")
    return SHARED / path


def shared_report(file: str) -> Parsed:
    path = shared(f"reports/{file}")
    return parse(clean(readers.read(path, name=file, limits=readers.ReadLimits()), RULES))


def gold() -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(shared("eval/seeds/structure.json").read_text(encoding="utf-8"))
    return truth


@pytest.mark.shared_data
def test_the_five_reports_are_sixteen_articles_and_103_passages() -> None:
    reports = [shared_report(path.name) for path in sorted(shared("reports").glob("*.txt"))]
    assert [(len(each.articles), len(each.passages)) for each in reports] == [(4, 35), (1, 6), (7, 42), (3, 14), (1, 6)]
    for report in reports:
        assert_whole(report)


@pytest.mark.shared_data
def test_gold_files_match_title_for_title_and_passage_for_passage() -> None:
    paragraphs = [json.loads(line) for line in shared("eval/seeds/paragraphs.jsonl").read_text("utf-8").splitlines()]
    for truth in gold()["files"]:
        report = shared_report(truth["file"])
        assert [
            (
                each.article.number,
                each.article.title,
                each.section[-1] if each.section else None,
                each.paragraph,
                each.text,
            )
            for each in report.passages
        ] == [
            (each["article_no"], each["article"], each["section"], each["n_in_article"], each["text"])
            for each in paragraphs
            if each["file"] == truth["file"]
        ]
        assert [(each.article, each.text) for each in report.headings if each.kind in ("own_line", "run_in")] == [
            (article["no"], section["heading"]) for article in truth["articles"] for section in article["sections"]
        ]


@pytest.mark.shared_data
def test_nothing_forbidden_reaches_a_passage_a_title_or_a_heading() -> None:
    forbidden = gold()["forbidden_substrings"]
    for path in sorted(shared("reports").glob("*.txt")):
        report = shared_report(path.name)
        texts = [
            report.report.title,
            *(each.text for each in report.headings),
            *(each.text for each in report.passages),
        ]
        assert [(bad, text) for bad in forbidden for text in texts if bad in text] == []


def joined_paragraphs(text: str) -> list[str]:
    """Join the lines of a government report by the one rule that is known to find its cut paragraphs."""
    paragraphs: list[str] = []
    whole = True
    for line in text[: text.index("本作品是")].split("\n"):
        inked = line.strip().strip("\u200b\u200d")
        if inked and not whole and paragraphs[-1][-1] not in "。！？：；":
            paragraphs[-1] += inked
        elif inked:
            paragraphs.append(inked)
        whole = not inked
    return paragraphs


@pytest.mark.shared_data
@pytest.mark.parametrize("year", [2012, 2013, 2014, 2015, 2016])
def test_a_government_report_comes_out_with_every_part_and_paragraph(year: int) -> None:
    path = shared(f"reports-gov/{year}.txt")
    report = parse(clean(readers.read(path, name=path.name, limits=readers.ReadLimits()), RULES))
    assert (report.report.title, report.report.year) == (path.read_text("utf-8").split("\n")[0], year)
    assert len(report.articles) == 1
    blocks = [(each.pieces, each.text) for each in report.passages]
    blocks += [
        (each.pieces, "".join(piece.of(report.text) for piece in each.pieces))
        for each in report.headings
        if each.kind != "run_in"
    ]
    assert [text for _, text in sorted(blocks)] == joined_paragraphs(path.read_text("utf-8"))
    assert [each.text[:2] for each in report.headings if each.level == 1][:2] == ["一、", "二、"]
    assert_whole(report)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_parts_cut_in_one_walk_are_the_characters_of_the_source(gaps: list[tuple[int, int]], sizes: list[int]) -> None:
    pieces, place = [], 0
    for gap, length in gaps:
        pieces.append(Span(place + gap, place + gap + length))
        place += gap + length
    places = [place for piece in pieces for place in range(piece.start, piece.end)]
    ends = [min(sum(sizes[: n + 1]), len(places)) for n in range(len(sizes))]
    parts = list(zip([0, *ends], ends, strict=False))
    found = list(cuts(pieces, parts))
    assert [[at for piece in one for at in range(piece.start, piece.end)] for one in found] == [
        places[start:end] for start, end in parts
    ]
    assert all(piece.start < piece.end for one in found for piece in one)
