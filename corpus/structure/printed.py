"""What is printed about a report or an article: year, place, unit. Never guessed."""

from __future__ import annotations

import re

PLACE = re.compile(r"(?:中共|中国共产党)?([\u4E00-\u9FFF]{2,7}?(?:自治区|自治州|省|市|县|区|州|盟|旗))")
TITLE_PLACE = re.compile(r"([\u4E00-\u9FFF]{2,12}?(?:自治区|自治州|省|市|县|区|州|盟|旗|镇|乡|街道))")
BODIES = (
    "人民法院|法院|检察院|人民政府|政府|委员会|办公室|供销社|合作社|公司|中心|集团|医院|学校|大学|学院|银行|"
    "组织部|宣传部|统战部|编办|政法委|纪委|监委|机关工委|工委|党委|党组|[市县区省]委|局|厅|部|院|社|办|协会|商会|处|所|站"
)
PLACES = "街道|自治县|自治州|自治区|县|区|市|省|州|旗|镇|乡|村|社区"
NAME = r"[\u4E00-\u9FFFA-Za-z*×]"
TITLE_UNIT = re.compile(rf"({NAME}{{1,20}}(?:{BODIES}|{PLACES}))[：:]")
SUBTITLE_UNIT = re.compile(rf"[—–―─-]+\s*({NAME}{{0,20}}?(?:{BODIES}))(?!{BODIES})")
SUBTITLE_PLACE = re.compile(rf"[—–―─-]+\s*({NAME}{{1,12}}?(?:{PLACES}))")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|$)")


def year_in(published: str | None, title: str) -> int | None:
    """Read the year from the title, or else from the date of publication."""
    found = YEAR.search(title)
    if found:
        return int(found[1])
    return int(published[:4]) if published else None


def place_in(publisher: str | None, title: str) -> str | None:
    """Read the place a publisher belongs to, as printed."""
    found = PLACE.match(publisher or "")
    del title
    return found[1] if found else None


def unit_of(title: str, subtitle: str) -> str | None:
    """Read the unit an article is by: from a subtitle ``——某某局…``, or from a title ``某县：…``."""
    below = SUBTITLE_UNIT.match(subtitle) or SUBTITLE_PLACE.match(subtitle)
    if below:
        return below[1]
    above = TITLE_UNIT.match(title)
    return above[1] if above else None
