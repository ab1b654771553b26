"""What is printed about a report or an article: year, place, unit. Never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from corpus.model import Fact, Span
from corpus.structure.articles import Division, Draft
from corpus.structure.blocks import Block
from corpus.structure.front import Masthead, Printed
from corpus.structure.marks import DATE, OFFICE, iso_date, squeezed

PLACE = re.compile(r"(?:中共|中国共产党)?([\u4E00-\u9FFF]{1,7}?(?:自治区|自治州|自治县|省|市|县|区|州))")
# 社区, 园区, 城市 … are no places, and 全市 is any.
NO_PLACE = re.compile(r"(?:[社园景校城山片小牧林灾地]区|[城都超门]市|[全我本各该]\w)$|^[在关对以向就从]")
TITLE_PLACE = re.compile(r"([\u4E00-\u9FFF]{2,7}?(?:省|市|县|区))(?=[：:\d]|人民|政府|[委局])")
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


class _Facts:
    """Collect facts; the first place a field is read from wins."""

    def __init__(self) -> None:
        self.found: list[Fact] = []

    def note(self, field: str, value: str, origin: str, span: Span | None, article: int = 0) -> None:
        if self.get(field, article) is None:
            self.found.append(Fact(field, value, origin, span, article))

    def get(self, field: str, article: int = 0) -> Fact | None:
        return next((each for each in self.found if each.field == field and each.article == article), None)


def about(
    found: Sequence[Block], division: Division, *, head: Masthead, feet: Mapping[int, Masthead], title: str
) -> list[Fact]:
    """Collect what is printed about the report and its articles, and where.

    The foot and the subtitle of an article speak for the report only where it is the one article.
    """
    facts = _Facts()
    is_only = len(division.articles) == 1
    fields: list[tuple[str, str, Printed | None]] = []
    for origin, part in (("masthead", head), *(("signature", foot) for foot in feet.values())):
        if origin == "masthead" or is_only:
            fields += [("publisher", origin, part.publisher), ("published", origin, part.published)]
            fields.append(("number", origin, part.number))
    for field, origin, printed in fields:
        if printed:
            facts.note(field, printed.value, origin, found[printed.block].pieces[0])
    for number, draft in enumerate(division.articles, 1):
        _note_article(facts, found, draft, number, is_only=is_only)
        if number in feet and (signed := feet[number].publisher) and not is_only:
            facts.note("unit", signed.value, "signature", found[signed.block].pieces[0], number)
    top = division.collection or (division.articles[0].title if division.articles else ())
    _note_year_and_place(facts, title, found[top[0]].pieces[0] if top else None)
    return facts.found


def _note_article(facts: _Facts, found: Sequence[Block], draft: Draft, number: int, *, is_only: bool) -> None:
    for index in draft.subtitle:
        text, span = found[index].text, found[index].pieces[0]
        below = SUBTITLE_UNIT.match(text) or SUBTITLE_PLACE.match(text)
        date = DATE.search(squeezed(text))
        if date and is_only and (iso := iso_date(date[0])):
            facts.note("published", iso, "subtitle", span)
        elif below or OFFICE.fullmatch(squeezed(text)):
            facts.note("unit", below[1] if below else text, "subtitle", span, number)
    above = TITLE_UNIT.match("".join(found[index].text for index in draft.title))
    if above:
        facts.note("unit", above[1], "title", found[draft.title[0]].pieces[0], number)


def _note_year_and_place(facts: _Facts, title: str, span: Span | None) -> None:
    year, dated, publisher = YEAR.search(title), facts.get("published"), facts.get("publisher")
    if year:
        facts.note("year", year[1], "title", span)
    elif dated:
        facts.note("year", dated.value[:4], dated.origin, dated.span)
    place = PLACE.match(publisher.value) if publisher else None
    if publisher and place and not NO_PLACE.search(place[1]):
        facts.note("place", place[1], publisher.origin, publisher.span)
    place = TITLE_PLACE.match(title)
    if place and not NO_PLACE.search(place[1]):
        facts.note("place", place[1], "title", span)
