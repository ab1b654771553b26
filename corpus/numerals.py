"""Read and write numbers as reports do, so that 六十三 and 63, 1.5亿 and 15000万, 百分之五 and 5% can meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from corpus.model import Span

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LOWER = {"百": "十", "千": "百"}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_CHINESE = r"[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+(?:万亿|亿|万)?)?"
_ARABIC = r"[0-9]+(?:\.[0-9]+)?(?:万亿|[百千万亿])?"
_NUMBER = re.compile(
    rf"百分之(?P<share>{_CHINESE}|{_ARABIC})|(?P<tenths>[一二三四五六七八九])成(?P<half>半?)(?![员立为功长果本就熟效不])"
    rf"|(?<![0-9a-z.])(?P<percent>[0-9]+(?:\.[0-9]+)?)%|{_CHINESE}|(?<![0-9a-z.]){_ARABIC}(?![0-9a-z]|\.[0-9])"
)
# A lone 一 or 三 is a number only before a measure: 三次 is, 统一 and 三农 are not.
_MEASURES = frozenset("个次项名人位场类级家条种份期届年月日天周批件篇组处座所户张轮大方步万亿岁倍册套班段层")
_ONE_BY_ONE = str.maketrans("0123456789", "〇一二三四五六七八九")
_POSITIONAL = re.compile(r"[零〇一二三四五六七八九]{2,}")


def read_numeral(text: str) -> int | None:
    """Read a Chinese numeral below ten thousand, or digits one by one (二〇二三); None for anything else."""
    if not text or any(char not in _DIGITS and char not in _UNITS for char in text):
        return None
    if _POSITIONAL.fullmatch(text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit, last = 0, None, 10_000
    # 三百五 is short for 三百五十, unlike 三百零五.
    if len(text) > 2 and text[-2] in ("百", "千") and text[-1] in _DIGITS:
        text += _LOWER[text[-2]]
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            # 三百五十 descends; 五五十 and 十百 are no numbers.
            if unit >= last or (digit is None and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            last, digit = unit, None
        else:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
    return total + (digit or 0)


def write_numeral(value: int) -> str | None:
    """Write a number from 0 to 9999 in Chinese numerals as they are spoken; None beyond."""
    if not 0 <= value < 10_000:
        return None
    if value < 10:
        return "零一二三四五六七八九"[value]
    written, rest, gap = "", value, False
    for char, unit in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, rest = divmod(rest, unit)
        if digit:
            written += ("零" if gap and written else "") + "零一二三四五六七八九"[digit] + char
            gap = False
        elif written:
            gap = True
        if not rest:
            break
    return written.removeprefix("一") if 10 <= value < 20 else written


def read_quantity(text: str) -> Decimal | None:
    """Read a number with or without its scale: 1.5亿, 15000万, 一亿五千万, 三点五, 63; None for anything else."""
    unit = next((unit for unit in ("万亿", "百", "千", "万", "亿") if text.endswith(unit)), "")
    bare = text.removesuffix(unit)
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", bare):
        return Decimal(bare) * _SCALES[unit]
    if "点" in text:
        whole, _, broken = bare.partition("点")
        value = read_numeral(whole)
        if value is None or not _POSITIONAL.fullmatch(f"零{broken}"):
            return None
        return Decimal(f"{value}.{''.join(str(_DIGITS[char]) for char in broken)}") * _SCALES[unit]
    total = 0
    for scale in ("亿", "万"):
        above, found, rest = text.partition(scale)
        if found:
            value = read_numeral(above)
            if value is None:
                return None
            total, text = total + value * _SCALES[scale], rest
    last = read_numeral(text) if text else 0
    return None if last is None or not (total or text) else Decimal(total + last)


def write_quantity(value: Decimal) -> list[str]:
    """Write a number from 0 on in the ways that reports do: 150000000, 15000万, 1.5亿, 一亿五千万."""
    scaled = ((value / _SCALES[unit], unit) for unit in ("", "万", "亿", "万亿"))
    fitting = [
        f"{part.normalize():f}{unit}" for part, unit in scaled if bool(unit) <= part < 10**9 and part == round(part, 2)
    ]
    spoken = _spoken(value)
    return fitting if spoken is None else [*fitting, spoken]


def other_spellings(folded: str) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Find the numbers of a folded text, each with its other spellings: 63 for 六十三, 5% for 百分之五.

    15000万 is another for 1.5亿. A year is spelled digit by digit: 二〇二三 for 2023年.
    """
    for match in _NUMBER.finditer(folded):
        spellings = _spellings(match, folded[match.end() : match.end() + 1])
        others = tuple(other for other in spellings if other != match.group())
        if others:
            yield Span(*match.span()), others


def _spellings(match: re.Match[str], following: str) -> list[str]:
    text = match.group()
    if match["tenths"]:
        return _shares(Decimal(10 * _DIGITS[match["tenths"]] + 5 * bool(match["half"])))
    if match["share"] or match["percent"]:
        share = read_quantity(match["share"] or match["percent"])
        return [] if share is None else _shares(share)
    if following == "年" and len(text) == 4:
        spelled = text.translate(_ONE_BY_ONE)
        return (
            list(dict.fromkeys((spelled, spelled.replace("〇", "零"))))
            if text.isdecimal()
            else [str(read_numeral(text))]
        )
    # 五一 and 三八 are days.
    alone = len(text) == 1 and not text.isascii() and following not in _MEASURES
    if alone or text[0] == "0" or (len(text) == 2 and _POSITIONAL.fullmatch(text)):
        return []
    value = read_quantity(text)
    return [] if value is None else write_quantity(value)


def _shares(value: Decimal) -> list[str]:
    """Write so many per cent: 30%, 百分之三十, 三成."""
    spoken = _spoken(value)
    tenths = [f"{write_numeral(int(value) // 10)}成"] if value in range(10, 100, 10) else []
    return [f"{value.normalize():f}%", *([f"百分之{spoken}"] if spoken else []), *tenths]


def _spoken(value: Decimal) -> str | None:
    """Write a number below a trillion in Chinese numerals as it is spoken; None where nobody would."""
    if value >= 10**12:  # and from 28 digits on, decimal cannot divide it
        return None
    rest, broken = divmod(value, 1)
    if broken and rest >= 10_000:
        return None
    written, gap = "", False
    for unit in ("亿", "万", ""):
        above, rest = divmod(rest, _SCALES[unit])
        spoken = write_numeral(int(above))
        if spoken is None:
            return None
        if above:
            if written and spoken[0] == "十":
                spoken = f"一{spoken}"  # 四万零一十, though 10 alone is 十
            written += ("零" if written and (gap or above < 1000) else "") + spoken + unit
        gap = not above
    digits = f"{broken.normalize():f}".partition(".")[2].translate(_ONE_BY_ONE).replace("〇", "零")
    return (written or "零") + (f"点{digits}" if digits else "")
