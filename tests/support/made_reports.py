"""Write reports of any number and size: grammatical enough to be tokenized, structured and cited, and nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

PLACES = ("河湾", "青石", "柳林", "白云", "南坪", "石桥", "东岭", "红旗", "清泉", "长堤", "麦田", "梅溪")
OFFICES = ("水利局", "教育局", "卫生健康局", "林业局", "交通局", "档案馆", "图书馆", "气象局")
WHO = ("全县", "各乡镇", "局机关", "党支部", "工作队", "各村", "县直部门", "班子成员", "青年干部", "志愿者")
HOW = ("认真", "扎实", "全面", "及时", "逐户", "分批", "主动", "统筹", "持续", "带头")
DOES = ("排查", "整治", "修缮", "走访", "培训", "登记", "推广", "检查", "帮扶", "整理", "养护", "宣讲")
WHAT = (
    "水渠",
    "危桥",
    "校舍",
    "档案",
    "台账",
    "果园",
    "路灯",
    "粮仓",
    "泵站",
    "药房",
    "阅览室",
    "林带",
    "古井",
    "合作社",
)
UNITS = ("处", "公里", "户", "人次", "件", "万元", "亩", "场次", "个", "座")
THEMES = ("筑牢", "抓实", "办好", "用活", "管住", "补齐")


def sentence(chance: Random) -> str:
    """Write one sentence, with a figure in two of three."""
    clauses = []
    for _ in range(chance.randint(2, 4)):
        clause = chance.choice(WHO) + chance.choice(HOW) + chance.choice(DOES) + chance.choice(WHAT)
        if chance.random() < 0.6:
            clause += f"{chance.randint(2, 999)}{chance.choice(UNITS)}"
        clauses.append(clause)
    return "，".join(clauses) + "。"


def paragraph(chance: Random, *, characters: int) -> str:
    """Write a paragraph of about so many characters."""
    written = ""
    while len(written) < characters:
        written += sentence(chance)
    return written


def report(chance: Random, *, paragraphs: int, characters: int = 180) -> str:
    """Write a report as plain text: a title, numbered headings, paragraphs."""
    place, office = chance.choice(PLACES), chance.choice(OFFICES)
    lines = [f"{place}县{office}{chance.choice(THEMES)}{chance.choice(WHAT)}工作情况报告", ""]
    for n in range(paragraphs):
        if n % 3 == 0:
            lines.append(f"{'一二三四五六七八九十'[n // 3 % 10]}、{chance.choice(THEMES)}{chance.choice(WHAT)}")
        lines.append("\u3000\u3000" + paragraph(chance, characters=characters))
    return "\n".join(lines) + "\n"


def reports(number: int, *, seed: int, paragraphs: int = 12, alike: float = 0.1) -> Iterator[tuple[str, str]]:
    """Write *number* files as (name, text); a share *alike* of them are an earlier one with a paragraph changed."""
    chance = Random(seed)
    written: list[str] = []
    for n in range(number):
        if written and chance.random() < alike:
            lines = chance.choice(written).splitlines()
            lines[chance.randrange(3, len(lines))] = "\u3000\u3000" + paragraph(chance, characters=180)
            text = "\n".join(lines) + "\n"
        else:
            # Most reports are short and a few are long, as in any office.
            text = report(chance, paragraphs=max(2, int(chance.lognormvariate(0, 0.6) * paragraphs)))
            written.append(text)
        yield f"{n // 100:03}/{n:05}.txt", text
