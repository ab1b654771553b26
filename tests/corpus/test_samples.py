"""The samples are our own words, have the quirks of real reports, and are read right to the last heading."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from corpus import readers
from corpus.cleaning import clean, load_rules
from corpus.model import Parsed
from corpus.readers import ReadLimits
from corpus.structure import parse

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLES = ROOT / "corpus" / "samples"
SHARED = ROOT.parent / "shared"
RUN = 16  # so many characters in a row, blanks aside, are a sentence of somebody else's
WIDTHLESS = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))

ARTICLES = {
    "bulletin.md": [
        ("凤翔区：三步走抓实“四优” 模范机关创建", "凤翔区", 4),
        ("眉县：四条路子建好“四优”模范机关", "眉县", 5),
        ("凤县：“四个组工”撑起模范部门", "凤县", 5),
    ],
    "city-office.txt": [
        ("“五力”并举推动机关党建的做法（样例）", None, 6),
    ],
    "county-units.txt": [
        ("六个“一流”树起模范机关的样子", "x县农业农村局", 7),
        ("四个“聚焦”看法院", "县人民法院", 5),
        ("“四聚焦四强化”建强民政机关", "县民政局", 5),
        ("锚定“勇争先”目标 办好模范税务机关", "x县税务局", 6),
        ("四个表率带出模范机关", "县供销社", 5),
        ("六个“过硬”六面镜子 照出机关好作风", "x公路分中心", 7),
    ],
    "practices.txt": [
        ("“五比五看”赛出模范机关排头兵", None, 6),
        ("团干部要有清澈纯粹的样子", None, 8),
        ("三个“创”字擦亮“洪城红”底色", None, 7),
        ("三个坚持撑起“三度” 市委编办这样建模范机关", None, 10),
    ],
}

HEADINGS = {
    "bulletin.md": [
        "路子先定准，开局就有章法",
        "规矩立起来，基础才扎实",
        "责任压到底，创建不走样",
        "一条主线贯到底，凝心铸魂",
        "两大工程打基础，织密组织",
        "三项服务见实效，融合发力",
        "三条举措改作风，练强本领",
        "书香组工，靠理论滋养",
        "活力组工，靠文化带动",
        "精品组工，靠实绩激励",
        "钢铁组工，靠忠诚打底",
    ],
    "city-office.txt": [
        "一、学理论，政治引领更有力",
        "二、立规矩，工作执行更有力",
        "三、打基础，组织凝聚更有力",
        "四、带队伍，党员战斗更有力",
        "五、建平台，服务群众更有力",
    ],
    "county-units.txt": [
        "一、品质一流，党性摆在最前头",
        "二、行动一流，政治落到田间",
        "三、阵地一流，忠诚刻在心里",
        "四、业绩一流，担当写在地头",
        "五、形象一流，纪律挺在前面",
        "六、服务一流，口碑留在农家",
        "一、聚焦忠诚，政治上先过硬",
        "二、聚焦大局，业务上见真章",
        "三、聚焦群众，司法有温度",
        "四、聚焦作风，队伍带得硬",
        "聚焦站位，政治建设更过硬",
        "聚焦根基，组织建设更扎实",
        "聚焦民生，服务群众更贴心",
        "聚焦作风，干部队伍更清爽",
        "党建铸魂 政治机关走在前",
        "学军强队 执行机关有铁规",
        "实事惠民 服务机关更暖心",
        "纵合横通 高效机关重绩效",
        "筑牢防线 廉洁机关守得住",
        "一、政治上做表率，对党忠诚",
        "二、廉政上做表率，清正廉洁",
        "三、业绩上做表率，担当实干",
        "四、作风上做表率，狠抓落实",
        "一、培根铸魂，政治过硬",
        "二、赋能提效，本领过硬",
        "三、紧盯主业，业绩过硬",
        "四、为民服务，作风过硬",
        "五、争先创优，队伍过硬",
        "六、正风肃纪，纪律过硬",
    ],
    "practices.txt": [
        "忠诚比在日常，党性看在细处",
        "融合比在一线，效率看在结果",
        "服务比在门口，奉献看在实事",
        "实干比在岗位，素质看在担当",
        "清廉比在平时，形象看在作风",
        "常学常新，把忠诚立在心里",
        "有质有效，把实干立在岗上",
        "慎始慎终，把干净立在身上",
        "干部创先，当好政治机关",
        "支部创强，当好执行机关",
        "服务创优，当好勤廉机关",
        "坚持政治引领，站位有高度",
        "坚持发展大局，保障有力度",
        "坚持基层至上，服务有温度",
    ],
}

NOISE = (
    "墨斗文库",
    "modouwk",
    "012345678",
    "paidbegin",
    "paidend",
    "更多写作素材",
    "微信：",
    "会员",
    "网盘",
    "QQ",
    "天天上新",
    "随时检索",
    "请勿外传",
    "严查倒卖",
    "应急队员奔赴社区",
    "了解市场摊位改造",
    "组织集中学习",
    "目录",
    "排头兵1",
    "的样子4",
    "底色7",
    "模范机关9",
    "第18期",
    "2023年11月23日",
    "送：",
    "发：",
    "本部各位领导",
)


def squeezed(text: str) -> str:
    """Leave out blanks and the characters without width that survive ``str.split``."""
    return "".join(text.split()).translate(WIDTHLESS)


def test_there_are_four_sample_files_and_nothing_beside_them() -> None:
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(ARTICLES)


@pytest.mark.parametrize("file", ARTICLES)
def test_every_article_is_read_with_its_title_unit_and_paragraphs(file: str) -> None:
    parsed = _parsed(file)

    assert [
        (each.title, each.unit, sum(passage.article == each for passage in parsed.passages)) for each in parsed.articles
    ] == ARTICLES[file]


@pytest.mark.parametrize("file", ARTICLES)
def test_every_section_is_read_and_only_those(file: str) -> None:
    parsed = _parsed(file)

    assert [each.text for each in parsed.headings if each.kind in ("own_line", "run_in")] == HEADINGS[file]


def test_the_samples_hold_at_least_twelve_articles_and_sixty_passages() -> None:
    parsed = [_parsed(file) for file in ARTICLES]

    assert sum(len(each.articles) for each in parsed) >= 12
    assert sum(len(each.passages) for each in parsed) >= 60


def test_the_bulletin_says_who_published_it_and_when() -> None:
    report = _parsed("bulletin.md").report

    assert (report.publisher, report.published) == ("中共宝鸡市委市直机关工委", "2023-11-23")


@pytest.mark.parametrize("file", ARTICLES)
def test_no_advert_and_no_page_furniture_can_be_quoted(file: str) -> None:
    quotable = [squeezed(text) for text in _quotable(_parsed(file))]

    assert [(mark, text) for mark in NOISE for text in quotable if mark in text] == []


@pytest.mark.parametrize("mark", NOISE)
def test_every_kind_of_noise_stands_in_a_sample(mark: str) -> None:
    assert any(mark in squeezed((SAMPLES / file).read_text(encoding="utf-8")) for file in ARTICLES)


def test_a_bare_watermark_in_mid_sentence_is_taken_out() -> None:
    texts = [each.text for each in _parsed("practices.txt").passages]

    assert any("马上学习讲话精神与《论党的青年工作》，宣讲、辅导轮番上。" in text for text in texts)


def test_a_page_break_cuts_no_sentence_not_even_inside_a_bold_mark() -> None:
    texts = [each.text for each in _parsed("bulletin.md").passages]

    for joined in (
        "学要勤、担子要挑得稳。区里摸索出“四学”办法",
        "这些“党建+服务”品牌已经有了模样",
        "引导机关党组织走在践行“两个维护”的最前排。",
        "《眉县政务服务事项办事指南》一册，项目审批推行“2+8”一站式快办",
    ):
        assert any(joined in text for text in texts), joined


def test_bold_marks_go_and_redactions_stay() -> None:
    bulletin = [each.text for each in _parsed("bulletin.md").passages]
    practices = [each.text for each in _parsed("practices.txt").passages]
    office = [each.text for each in _parsed("city-office.txt").passages]

    assert not any("*" in text for text in bulletin)
    assert any("发现问题***个，条条盯着改" in text for text in practices)
    assert any("“*+X”学习模式：*指的是理论、业务、先进三样都学，X指的是" in text for text in practices)
    assert office[0].startswith("**市委市直机关工委今年以来")


def test_blanks_around_figures_and_errors_of_the_source_stay() -> None:
    bulletin = "\n".join(each.text for each in _parsed("bulletin.md").passages)
    office = "\n".join(each.text for each in _parsed("city-office.txt").passages)

    assert "宣讲交流 35 场次" in bulletin
    assert "党的二十大精神 and 来陕考察讲话精神" in bulletin
    assert "支部建保垒" in office


def test_the_first_question_has_its_answer_in_one_sentence() -> None:
    passage = _parsed("bulletin.md").passages[3]

    assert passage.article.title == "凤翔区：三步走抓实“四优” 模范机关创建"
    assert (
        "凤翔区会同区直机关工委组成2个督导组，拿着8方面30项创建指标，到30家创建单位督查了2轮次，"
        "一共发现问题63个，发出提醒函27份，催着各单位立刻动手改。"
    ) in passage.text


def test_forty_sample_questions_have_their_sentence_in_a_passage_of_the_article_they_name() -> None:
    questions = _lines("sample_questions.jsonl")

    assert len(questions) == 40
    assert len({each["question"] for each in questions}) == 40
    for each in questions:
        passages = [it.text for it in _parsed(each["file"]).passages if it.article.title == each["article"]]
        assert sum(squeezed(each["sentence"]) in squeezed(text) for text in passages) == 1, each


def test_fifteen_sample_questions_cannot_be_answered() -> None:
    questions = _lines("sample_unanswerable.jsonl")

    assert len({each["question"] for each in questions}) == 15
    assert all(each["kind"] for each in questions)


@pytest.mark.shared_data
@pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="the real reports are not beside the project (../shared)")
@pytest.mark.parametrize("file", ARTICLES)
def test_no_run_of_sixteen_characters_is_taken_from_a_real_report(file: str) -> None:
    sample = squeezed((SAMPLES / file).read_text(encoding="utf-8"))
    real = _real_runs()

    assert [run for run in _runs(sample) if run in real] == []


@pytest.mark.shared_data
@pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="the real reports are not beside the project (../shared)")
@pytest.mark.parametrize("name", ["sample_questions.jsonl", "sample_unanswerable.jsonl"])
def test_the_sample_questions_are_our_own_words_too(name: str) -> None:
    real = _real_runs()
    texts = [squeezed(value) for each in _lines(name) for value in each.values()]

    assert [run for text in texts for run in _runs(text) if run in real] == []


@cache
def _parsed(file: str) -> Parsed:
    rules = load_rules(resources.files("config").joinpath("noise.toml").read_text(encoding="utf-8"))
    source = readers.parse_bytes((SAMPLES / file).read_bytes(), name=file, limits=ReadLimits())
    return parse(clean(source, rules))


def _quotable(parsed: Parsed) -> list[str]:
    report = parsed.report
    return [
        *(each for each in (report.title, report.publisher) if each),
        *(each for article in parsed.articles for each in (article.title, article.unit) if each),
        *(heading.text for heading in parsed.headings),
        *(passage.text for passage in parsed.passages),
        *(name for passage in parsed.passages for name in passage.section),
    ]


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def _runs(text: str) -> list[str]:
    return [text[start : start + RUN] for start in range(len(text) - RUN + 1)]


@cache
def _real_runs() -> frozenset[str]:
    runs: set[str] = set()
    for folder in ("reports", "reports-gov"):
        for path in sorted((SHARED / folder).glob("*.txt")):
            runs.update(_runs(squeezed(path.read_text(encoding="utf-8"))))
    return frozenset(runs)
