"""What is printed about a report: where it was read, and how its owner corrects it."""

from __future__ import annotations

import pytest

import config
from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.errors import CorpusError
from corpus.model import Parsed
from corpus.structure import correct, parse

RULES = load_rules(config.resource("noise.toml"))
LONG = "今年以来，各支部抓好学习。办结实事三十件，群众反映良好。"


def parsed(*lines: str, name: str = "a.txt") -> Parsed:
    content = "\n".join(lines).encode()
    return parse(clean(readers.parse_bytes(content, name=name, limits=readers.ReadLimits()), RULES))


def facts_of(report: Parsed) -> set[tuple[str, str, str, int]]:
    return {(each.field, each.value, each.origin, each.article) for each in report.facts}


def test_an_official_document_tells_publisher_number_date_and_place() -> None:
    report = parsed(
        "河湾市人民政府文件", "河政发〔2023〕18号", "河湾市人民政府", "关于改进工作作风的意见", "各县区：",
        f"　　{LONG}",
        "　　一、抓学习", f"　　{LONG}", "河湾市人民政府", "2023年5月6日", "（此件公开发布）",
    )  # fmt: skip
    assert report.report.title == "河湾市人民政府关于改进工作作风的意见"
    assert facts_of(report) == {
        ("publisher", "河湾市人民政府", "masthead", 0),
        ("number", "河政发〔2023〕18号", "masthead", 0),
        ("published", "2023-05-06", "signature", 0),
        ("year", "2023", "signature", 0),
        ("place", "河湾市", "masthead", 0),
    }
    assert [each.section for each in report.passages] == [(), (), ("一、抓学习",)]


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2023年5月6日", "2023-05-06"),
        ("（2023 年 11 月 23 日）", "2023-11-23"),
        ("二〇二三年十二月二十一日", "2023-12-21"),
        ("2023-05-06", "2023-05-06"),
        ("2023年5月", "2023-05"),
        ("2023年13月6日", None),
    ],
)
def test_a_printed_date_is_read_as_an_iso_date(printed: str, iso: str | None) -> None:
    report = parsed("河湾县抓落实的做法", printed, "县水务局办公室", f"　　{LONG}", LONG)
    assert report.report.published == iso


def test_a_subtitle_tells_the_day_of_a_speech_and_no_unit() -> None:
    report = parsed(
        "政府工作报告",
        "——2021年1月5日在河湾市人民代表大会上",
        "河湾市市长 王某某",
        "各位代表：",
        LONG,
        "一、回顾",
        LONG,
    )
    assert (report.report.title, report.report.published, report.report.year) == ("政府工作报告", "2021-01-05", 2021)
    assert [each.unit for each in report.articles] == [None]
    assert report.passages[0].text == "各位代表："


def test_what_is_not_printed_is_not_guessed() -> None:
    report = parsed("全市社区工作总结", LONG, "一、抓学习", LONG)
    assert report.facts == ()
    assert (report.report.publisher, report.report.published, report.report.year, report.report.place) == (None,) * 4


def test_corrections_beside_a_file_win_and_leave_the_quotations_alone() -> None:
    before = parsed("东岭县：抓党建", LONG, "一、抓学习", LONG)
    after = correct(
        before, 'publisher = "中共东岭县委"\nyear = 2020\n[[article]]\nnumber = 1\nunit = ""\n', name="a.txt.toml"
    )
    assert (after.report.publisher, after.report.year) == ("中共东岭县委", 2020)
    assert [each.unit for each in (before.articles[0], after.articles[0])] == ["东岭县", None]
    assert {(each.report.publisher, each.article.unit) for each in after.passages} == {("中共东岭县委", None)}
    assert [each.text for each in after.passages] == [each.text for each in before.passages]
    assert facts_of(after) >= {("publisher", "中共东岭县委", "a.txt.toml", 0), ("year", "2020", "a.txt.toml", 0)}
    assert not any(each.field == "unit" for each in after.facts)


def test_the_title_of_a_report_is_that_of_its_only_article_and_a_date_needs_no_quotes() -> None:
    before = parsed("东岭县抓党建", LONG, "一、抓学习", LONG)
    after = correct(before, 'title = "东岭县党建纪实"\npublished = 2020-05-01\n', name="a.toml")
    assert (after.report.title, after.report.published) == ("东岭县党建纪实", "2020-05-01")
    assert {each.article.title for each in after.passages} == {"东岭县党建纪实"}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("publisher = ", "no TOML"),
        ('publishr = "x"', "no key 'publishr'; the keys are title, publisher"),
        ('year = "2020"', "'year' is a number"),
        ('title = ""', "'title' cannot be empty"),
        ("year = 99999999999999999999", "'year' is a year from 1 to 9999"),
        ("[[article]]\nnumber = 9", "no article 9; the numbers are 1 to 1"),
        ("[[article]]\nnumber = [1]", "no article \\[1\\]; the numbers are 1 to 1"),
        ('published = "last week"', "'published' is a date such as"),
        ("x = " + "[" * 9000, "no TOML"),
        ("x = " + "9" * 5000, "no TOML"),
        ("article = 1", r"\[\[article\]\] table"),
    ],
)
def test_a_wrong_correction_is_one_line_that_names_file_and_key(toml: str, said: str) -> None:
    with pytest.raises(CorpusError, match=rf"^a\.toml: .*{said}"):
        correct(parsed("东岭县：抓党建", LONG, LONG), toml, name="a.toml")


def test_the_share_that_went_as_noise_is_told() -> None:
    assert parsed("河湾镇总结", LONG, LONG).noise_share == 0
    assert round(parsed("题目", "甲乙。丙丁。" * 2, "##vipstart##").noise_share, 2) == round(12 / 26, 2)
