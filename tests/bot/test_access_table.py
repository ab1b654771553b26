"""Who may do what, where and in which mode: the whole table, tried cell by cell on the real bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import texts
from bot.offline import Chat, OfflineTelegram, User
from tests.support.counts import counts
from tests.support.reports import WATER
from tests.support.service import Service

# A word for each mode: open, allowlist, pairing. A letter for each person: an administrator of the bot, one who is
# admitted, a stranger, one who is denied. What happens:
#   A  it is done, or answered              R  told whom the bot serves, and one's number
#   O  told that administrators may         P  told to come to a private chat for it
#   G  told that the group's admins may     L  the bot says goodbye and leaves the group
#   E  told that this has expired           .  nothing at all
TABLE = """
                  in private        in a group let in in an unknown one in one denied
a question        AAAR AARR AARR    .... .... ....    .... .... ....    .... .... ....
a mention         AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/ask              AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/start            AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
a deep link       AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/help             AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/reports          AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/scope            AAAR AARR AARR    GGG. GGG. GGG.    GGG. LLLL LLLL    LLLL LLLL LLLL
/history          AAAR AARR AARR    .... .... ....    .... LLLL LLLL    LLLL LLLL LLLL
/export           AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/watch            AAAR AARR AARR    .... .... ....    .... LLLL LLLL    LLLL LLLL LLLL
/unwatch          AAAR AARR AARR    .... .... ....    .... LLLL LLLL    LLLL LLLL LLLL
/settings         AAAR AARR AARR    GGG. GGG. GGG.    GGG. LLLL LLLL    LLLL LLLL LLLL
/privacy          AAAA AAAA AAAA    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/forgetme         AAAA AAAA AAAA    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
/pair             AAAA AAAA AAAA    PPP. PPP. PPP.    PPP. LLLL LLLL    LLLL LLLL LLLL
/allow            AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/deny             AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/remove           AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/audit            AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/stats            AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/unanswered       AOOR AORR AORR    P... P... P...    P... LLLL LLLL    LLLL LLLL LLLL
/nonsense         AAAR AARR AARR    .... .... ....    .... LLLL LLLL    LLLL LLLL LLLL
an edit           AAA. AA.. AA..    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
a file            AOOR AORR AORR    .... .... ....    .... .... ....    .... .... ....
inline            AAA. AA.. AA..    AAA. AA.. AA..    AAA. AA.. AA..    AAA. AA.. AA..
press: reports    AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: card       AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: heading    AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: passage    AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: outline    AAAR AARR AARR    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: scope      AAAR AARR AARR    GGG. GGG. GGG.    GGG. LLLL LLLL    LLLL LLLL LLLL
press: history    AAAR AARR AARR    EEE. EEE. EEE.    EEE. LLLL LLLL    LLLL LLLL LLLL
press: setting    AAAR AARR AARR    GGG. GGG. GGG.    GGG. LLLL LLLL    LLLL LLLL LLLL
press: forget me  AAAA AAAA AAAA    AAA. AAA. AAA.    AAA. LLLL LLLL    LLLL LLLL LLLL
press: answer     EEER EERR EERR    EEE. EEE. EEE.    EEE. LLLL LLLL    LLLL LLLL LLLL
press: vote       EEER EERR EERR    EEE. EEE. EEE.    EEE. LLLL LLLL    LLLL LLLL LLLL
press: ask again  EEER EERR EERR    EEE. EEE. EEE.    EEE. LLLL LLLL    LLLL LLLL LLLL
press: upload     EOOR EORR EORR    EOO. EOO. EOO.    EOO. LLLL LLLL    LLLL LLLL LLLL
press: removal    AOOR AORR AORR    AOO. AOO. AOO.    AOO. LLLL LLLL    LLLL LLLL LLLL
press: made up    EEER EERR EERR    EEE. EEE. EEE.    EEE. LLLL LLLL    LLLL LLLL LLLL
"""

ASKED = "石桥村发现了多少个隐患"
PLACES = ("private", "let in", "unknown", "denied")
MODES = ("open", "allowlist", "pairing")
WHO = ("administrator", "admitted", "stranger", "denied")
LETTERS = {
    "not_allowed": "R", "administrators_only": "O", "come_to_private": "P", "scope_administrators": "G",
    "settings_group_only": "G", "group_not_allowed": "L", "expired": "E", "upload_expired": "E",
}  # fmt: skip
SAID = {
    "a question": ASKED, "a mention": f"@yinjubot {ASKED}", "/ask": f"/ask {ASKED}", "/start": "/start",
    "a deep link": "/start p_000000000000-1", "/help": "/help", "/reports": "/reports", "/scope": "/scope",
    "/history": "/history", "/export": "/export", "/watch": "/watch 石桥", "/unwatch": "/unwatch",
    "/settings": "/settings", "/privacy": "/privacy", "/forgetme": "/forgetme", "/pair": "/pair",
    "/allow": "/allow 77", "/deny": "/deny 77", "/remove": "/remove water.md", "/audit": "/audit water.md",
    "/stats": "/stats", "/unanswered": "/unanswered", "/nonsense": "/nonsense",
}  # fmt: skip
PRESSED = {
    "press: reports": "r1:0", "press: card": "c1:{report}", "press: heading": "h1:{report}:0",
    "press: passage": "p1:{report}-1", "press: outline": "o1:{report}:0:0", "press: scope": "s1:c:{report}",
    "press: history": "hi:0", "press: setting": "s1:q:3", "press: forget me": "x1:no",
    "press: answer": "v1:AAAAAAAAAAAA:0:0",
    "press: vote": "f1:AAAAAAAAAAAA:0:0:1", "press: ask again": "ha:AAAAAAAAAAAA", "press: upload": "u1:AAAAAAAAAAAA:y",
    "press: removal": "d1:{report}:y", "press: made up": "' OR 1=1 --",
}  # fmt: skip
DONE = (*SAID, "an edit", "a file", "inline", *PRESSED)


class House:
    """Hold a bot in one mode, and everybody and every group that may come to it."""

    def __init__(self, telegram: OfflineTelegram) -> None:
        self.telegram = telegram
        self.people = {who: telegram.person(who) for who in WHO}
        self.groups = {place: telegram.supergroup(place, *self.people.values()) for place in PLACES[1:]}

    def place(self, place: str, who: str) -> Chat:
        """Show where it happens; the bot is a member there, whatever it left before."""
        chat = self.groups.get(place) or self.telegram.private(self.people[who])
        chat.members[self.telegram.bot.id] = "member"
        return chat

    async def do(self, what: str, user: User, chat: Chat, *, report: str) -> None:
        """Let somebody do one thing, and wait until the bot is quiet."""
        telegram = self.telegram
        if what in SAID:
            await telegram.say(SAID[what], user=user, chat=chat)
        elif what in PRESSED:
            below = telegram.stand(chat, telegram.bot, "…")
            await telegram.press_data(below, PRESSED[what].format(report=report), user=user)
        elif what == "an edit":
            await telegram.edit_message(telegram.stand(chat, user, "…"), f"/ask {ASKED}")
        elif what == "a file":
            await telegram.send_document("a.md", "# 总结\n\n修好石桥三座。\n".encode(), user=user, chat=chat)
        else:
            await telegram.inline_query(ASKED, user=user)
        await telegram.quiet()

    def letter(self, since: int, user: User) -> str:
        """Tell what happened since so many calls."""
        made, spoken = self.telegram.calls[since:], texts.load()["zh-CN"]
        if any(call.method == "leaveChat" for call in made):
            return "L"
        told = "\n".join(str(call.parameters.get("text", "")) for call in made)
        for name, letter in LETTERS.items():
            if spoken(name, id=user.id)[:14] in told:
                return letter
        if any(call.method == "answerInlineQuery" and not call.parameters["results"] for call in made):
            return "."
        return "A" if any(call.method not in ("answerCallbackQuery", "getChatMember") for call in made) else "."


@pytest.mark.usefixtures("fonts_listed")
@pytest.mark.parametrize("mode", MODES)
async def test_every_cell_of_the_table_is_as_it_says(telegram: OfflineTelegram, data_dir: Path, mode: str) -> None:
    house = House(telegram)
    access = {"mode": mode, "admins": frozenset({house.people["administrator"].id})}
    lifted = {"questions_per_person": 10**6, "questions_per_chat": 10**6}
    async with Service(telegram, data_dir, access=access, limits=lifted) as service:
        grant = service.library.admissions.grant
        await grant(house.people["admitted"].id, "admitted", by=1)
        await grant(house.people["denied"].id, "denied", by=1)
        await grant(house.groups["let in"].id, "admitted", by=1)
        await grant(house.groups["denied"].id, "denied", by=1)
        [report] = [one.report.id for one in await service.library.reports.holdings() if one.report.file == "water.md"]
        found: dict[str, list[str]] = {}
        for what in DONE:
            for place in PLACES:
                letters = ""
                for who in WHO:
                    since = len(telegram.calls)
                    await house.do(what, house.people[who], house.place(place, who), report=report)
                    letters += house.letter(since, house.people[who])
                    if report not in await service.library.reports.ids():
                        assert (what, who) == ("press: removal", "administrator")
                        assert await service.ingest("water.md", WATER) == report
                found.setdefault(what, []).append(letters)
    counts["hostile files and inputs tried"] += len(DONE) * len(PLACES) * len(WHO)
    assert found == {what: [words[MODES.index(mode)] for words in row] for what, row in rows().items()}


# What presses do below an answer in a group, by the asker and by another: T it is turned, V a vote is counted, M a
# message comes, N told that it is not theirs, G told that the group's administrators may, E told that this has expired.
BELOW_AN_ANSWER = """
v1:{answer}:1:0     TN      f1:{answer}:1:0:1   VV      rl                  MM      sx                  GG
r1:0                EE      c1:{report}         EE      p1:{report}-1       EE      o1:{report}:0:0     EE
h1:{report}:0       EE      s1:c:{report}       EE      s1:q:3              EE      hi:0                EE
ha:{answer}         EE      x1:yes              EE      u1:{answer}:y       EE      d1:{report}:y       EE
v1:{other}:0:0      EE      f1:{other}:0:0:1    EE      m1:{other}:0        EE      nonsense            EE
"""


async def test_below_an_answer_only_its_own_buttons_do_anything_and_turning_is_for_the_asker(
    telegram: OfflineTelegram, service: Service
) -> None:
    asker, other = telegram.person("甲"), telegram.person("乙")
    group = telegram.supergroup("群", asker, other)
    [elsewhere] = await telegram.ask(ASKED, user=asker)
    [answer] = await telegram.ask(f"/ask {ASKED}", user=asker, chat=group)
    ids = {"answer": str(answer.buttons[0].data).split(":")[1], "other": str(elsewhere.buttons[0].data).split(":")[1]}
    [report] = [one.report.id for one in await service.library.reports.holdings() if one.report.file == "water.md"]
    spoken = texts.load()["zh-CN"]
    said = {spoken("expired"): "E", spoken("not_yours"): "N", spoken("scope_administrators"): "G"}
    said |= {spoken("upload_expired"): "E", spoken("administrators_only"): "O", spoken("voted_useful"): "V"}

    async def press(data: str, user: User) -> str:
        before, messages = answer.text, len(telegram.from_bot(group))
        query = await telegram.press_data(answer, data, user=user)
        await telegram.quiet()
        assert query.answered, data
        came = "M" if len(telegram.from_bot(group)) > messages else ""
        if answer.text != before and not data.startswith("f1:"):  # a vote is counted on its button
            came += "T"
        return said.get(query.text or "", "") + came

    words = BELOW_AN_ANSWER.split()
    expected = dict(zip(words[::2], words[1::2], strict=True))
    found = {
        one: "".join([await press(one.format(report=report, **ids), user) for user in (asker, other)])
        for one in expected
    }
    assert found == expected


def rows() -> dict[str, list[list[str]]]:
    """Read the table: for each thing done, for each place, a word for each mode."""
    read = {}
    for line in TABLE.strip().splitlines()[1:]:
        words = line[18:].split()
        read[line[:18].strip()] = [words[start : start + 3] for start in range(0, len(words), 3)]
    return read
