"""Cleaning: what rules take, what they leave, and that nothing is lost between the two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from corpus.cleaning import NoiseRule, clean, edges, furniture_rule, learn, load_rules
from corpus.cleaning.rules import Squeezed, matches
from corpus.errors import CorpusError
from corpus.model import Cleaned, Line, Source

RULES = load_rules(config.resource("noise.toml"))


def source_of(text: str, name: str = "a.txt") -> Source:
    lines = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        lines.append(Line(line, number, start))
        start += len(line) + 1
    return Source(name, "0" * 64, text, tuple(lines))


def cleaned(text: str, name: str = "a.txt") -> Cleaned:
    return clean(source_of(text, name), RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_takes_its_example_and_leaves_the_other(rule: NoiseRule) -> None:
    assert matches(rule, Squeezed(rule.takes))
    assert not matches(rule, Squeezed(rule.leaves))


def test_an_advert_is_taken_wherever_its_blanks_stand() -> None:
    for contact in ("wenku168", "wen ku168", "w enku16 8"):
        result = cleaned(f"推动工作落地见效。【海量范文 ，微信：{contact} 】\n二、夯实基础")
        assert [line.text for line in result.lines] == ["推动工作落地见效。", "二、夯实基础"]
        assert [each.rule for each in result.noise] == ["advert-in-brackets"]


def test_noise_is_on_record_with_its_place() -> None:
    result = cleaned("标题\n##vipstart##坚持问题导向。")
    (noise,) = result.noise
    assert (noise.rule, noise.line, noise.text) == ("paid-marker", 2, "##vipstart##")
    assert noise.span.of(result.source.text) == noise.text


def test_what_a_shop_prints_above_its_goods_goes_as_a_whole() -> None:
    result = cleaned("某某材料铺\n天天上新\n会员群：1 QQ群：2\n\n河湾镇工作总结\n今年以来，成效明显。")
    assert [line.text for line in result.lines if line.text.strip()] == ["河湾镇工作总结", "今年以来，成效明显。"]


def test_redactions_stay_and_bold_goes() -> None:
    redacted = "**市委召开会议，**县跟进落实，发现问题***个。\n彰显**特色，展现**风采。"
    assert [line.text for line in cleaned(redacted).lines] == redacted.split("\n")
    bold = "**强基础，建阵地。**落实各项制度。**重管理，抓示范。**办结***件实事。"
    assert cleaned(bold).lines[0].text == "强基础，建阵地。落实各项制度。重管理，抓示范。办结***件实事。"
    assert [each.of(cleaned(bold).lines[0].text) for each in cleaned(bold).lines[0].bold] == [
        "强基础，建阵地。",
        "重管理，抓示范。",
    ]


def test_a_markdown_heading_gives_its_level() -> None:
    result = cleaned("## 河湾镇：抓党建促发展\n正文。")
    assert (result.lines[0].text.strip(), result.lines[0].level) == ("河湾镇：抓党建促发展", 2)


def test_marks_of_a_markdown_file_go_and_its_words_stay() -> None:
    text = "> 引语\n- 建成[服务站](http://x.cn/a)9个。\n![图](a.png)\n| 项目 | 数量 |\n| --- | --- |\n<br>5\\*6"
    assert [line.text.strip() for line in cleaned(text, "a.md").lines] == [
        "引语",
        "建成服务站9个。",
        "",
        "项目 | 数量",
        "",
        "5*6",
    ]
    assert [line.text for line in cleaned(text, "a.txt").lines][1] == "- 建成[服务站](http://x.cn/a)9个。"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="甲乙。，*#【】微信a1 \u3000\u200b-\n", max_size=200))
def test_lines_and_noise_together_are_the_source(text: str) -> None:
    result = cleaned(text)
    owned = sorted(
        place
        for span in [*(piece for line in result.lines for piece in line.pieces), *(each.span for each in result.noise)]
        for place in range(span.start, span.end)
    )
    assert len(owned) == len(set(owned))
    assert {place for place, character in enumerate(text) if not character.isspace()} <= set(owned)
    assert all("".join(piece.of(text) for piece in line.pieces) == line.text for line in result.lines)


BROKEN = {
    "no TOML": "[[rule",
    "write each rule as a": "rule = [1]",
    "this is no TOML": "x = " + "[" * 5000,
    "no TOML: Exceeds": "x = " + "9" * 5000,
    "the key 'pattern' is missing": "[[rule]]\nname='x'\nscope='line'\ntakes='a'\nleaves='b'",
    "there is no key 'patern'": "[[rule]]\nname='x'\npatern='a'",
    "the scope is one of": "[[rule]]\nname='x'\npattern='a'\nscope='page'\ntakes='a'\nleaves='b'",
    "no regular expression": "[[rule]]\nname='x'\npattern='('\nscope='line'\ntakes='a'\nleaves='b'",
    "does not take its own example": "[[rule]]\nname='x'\npattern='a'\nscope='line'\ntakes='c'\nleaves='b'",
    "takes what it must leave": "[[rule]]\nname='x'\npattern='[ab]'\nscope='line'\ntakes='a'\nleaves='b'",
    "the name stands twice": "[[rule]]\nname='x'\npattern='a'\nscope='line'\ntakes='a'\nleaves='b'\n" * 2,
}


@pytest.mark.parametrize(("said", "toml"), BROKEN.items(), ids=BROKEN)
def test_a_broken_rule_is_one_line_that_names_it(said: str, toml: str) -> None:
    with pytest.raises(CorpusError, match=said):
        load_rules(toml)


def test_an_operator_adds_a_rule_without_code() -> None:
    own = load_rules("[[rule]]\nname='shop'\npattern='某某铺子'\nscope='inline'\ntakes='某某铺子'\nleaves='铺子'")
    result = clean(source_of("成效某某铺子明显。"), [*RULES, *own])
    assert result.lines[0].text == "成效明显。"


def test_what_most_files_of_a_folder_print_at_their_edges_is_learned() -> None:
    texts = [
        f"政府工作报告\n某某范文 www.fanwen.example\n正文{n}。\n各位代表：\n结尾{n}。\n某某范文微信群" for n in range(5)
    ]
    sources = [replace(source_of(text), digest=str(n)) for n, text in enumerate(texts)]
    seen = [edges(source) for source in sources]
    assert learn(seen[:4]) == ()
    assert learn([seen[0]] * 9) == ()
    rule = furniture_rule(learn(seen))
    assert [line.text for line in clean(sources[0], [rule]).lines] == [
        "政府工作报告", "", "正文0。", "各位代表：", "结尾0。", "",
    ]  # fmt: skip


def test_a_line_below_the_last_sentence_of_most_files_is_learned_and_no_heading_or_signature_is() -> None:
    texts = [
        f"河湾县第{n}号简报\n一、做法\n做了{n}件事。\n二、打算\n再做{n}件。\n特此报告\n河湾县党建办公室\n河湾县党建资料选编"
        for n in range(6)
    ]
    seen = [edges(replace(source_of(text), digest=str(n))) for n, text in enumerate(texts)]
    assert learn(seen) == ("河湾县党建资料选编",)
    short = [edges(replace(source_of(f"工作总结\n{n}\n选编"), digest=str(n))) for n in range(6)]
    assert learn(short) == ()  # nothing but short lines: none is known to stand below a text
