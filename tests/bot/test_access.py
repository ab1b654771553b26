"""Who may ask and who may administer, as people see it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.handlers.doors import decide
from bot.offline import Chat, OfflineTelegram, User
from corpus.store.admissions import CODE_LENGTH
from tests.support.running import Way, every_way
from tests.support.service import Service

ASKED = "石桥村发现了多少个隐患"


@pytest.fixture
def boss(telegram: OfflineTelegram) -> User:
    return telegram.person("站长", number=501)


@pytest.fixture
async def closed(telegram: OfflineTelegram, data_dir: Path, boss: User, way: Way) -> AsyncIterator[Service]:
    """Serve by allowlist, with one administrator named in the settings."""
    access = {"mode": "allowlist", "admins": frozenset({boss.id})}
    async with Service(telegram, data_dir, way=way, access=access) as serving:
        yield serving


@pytest.fixture
async def pairing(telegram: OfflineTelegram, data_dir: Path, way: Way) -> AsyncIterator[Service]:
    async with Service(telegram, data_dir, way=way, access={"mode": "pairing"}) as serving:
        yield serving


def test_the_table_of_decisions() -> None:
    standings = ("administrator", "admitted", "stranger", "denied")
    assert [decide("open", person=one, group=None) for one in standings] == ["admit", "admit", "admit", "refuse"]
    for mode in ("allowlist", "pairing"):
        assert [decide(mode, person=one, group=None) for one in standings] == ["admit", "admit", "refuse", "refuse"]
        assert [decide(mode, person="stranger", group=one) for one in standings] == ["admit", "admit", "leave", "leave"]
    assert decide("open", person="stranger", group="stranger") == "admit"
    for mode, group in itertools.product(("open", "allowlist", "pairing"), ("admitted",)):
        assert decide(mode, person="denied", group=group) == "ignore"


async def test_a_stranger_is_told_the_number_to_give_to_an_administrator(
    telegram: OfflineTelegram, closed: Service, wang: User
) -> None:
    for said in (ASKED, "/start", "/reports", "/help", "/allow 1"):
        [reply] = await telegram.ask(said, user=wang)
        assert f"您的编号是 {wang.id}" in reply.text


async def test_a_strangers_press_of_a_button_is_answered_and_does_nothing(
    telegram: OfflineTelegram, closed: Service, boss: User, wang: User
) -> None:
    [answer] = await telegram.ask(ASKED, user=boss)
    before = answer.text
    query = await telegram.press_data(answer, "r1:0", user=wang)
    await telegram.quiet()
    assert (query.answered, query.alert, answer.text) == (True, True, before)


async def test_allow_admits_and_deny_turns_away_at_once_and_after_a_restart(
    telegram: OfflineTelegram, closed: Service, boss: User, wang: User
) -> None:
    await telegram.ask(f"/allow {wang.id}", user=boss)
    [answer] = await telegram.ask(ASKED, user=wang)
    assert "隐患27个" in answer.text
    await closed.restart()
    [answer] = await telegram.ask(ASKED, user=wang)
    assert "隐患27个" in answer.text
    await telegram.ask(f"/deny {wang.id}", user=boss)
    [reply] = await telegram.ask(ASKED, user=wang)
    assert "只为指定的人服务" in reply.text
    assert [(one.who, one.act, one.about) for one in await closed.library.admissions.acts()] == [
        (boss.id, "deny", str(wang.id)),
        (boss.id, "allow", str(wang.id)),
    ]


async def test_allow_alone_lists_who_is_admitted(telegram: OfflineTelegram, closed: Service, boss: User) -> None:
    for command in ("/allow 77", "/deny 78", "/allow -1009"):
        await telegram.ask(command, user=boss)
    [listed] = await telegram.ask("/allow", user=boss)
    assert listed.text.split("\n\n")[:2] == ["已允许\n-1009\n77", "已拒绝\n78"]


async def test_who_is_no_administrator_any_more_is_no_longer_shown_their_commands(
    telegram: OfflineTelegram, pairing: Service, wang: User, li: User
) -> None:
    for one in (wang, li):
        await telegram.ask(f"/pair {await pairing.library.admissions.make_code('administrator')}", user=one)
    await telegram.ask(f"/deny {li.id}", user=wang)
    shown = [scope[2] for scope in telegram.settings if scope[:2] == ("commands", "chat")]
    assert set(shown) == {str(wang.id)}


async def test_names_are_no_ids(telegram: OfflineTelegram, closed: Service, boss: User) -> None:
    for given in ("@wang", "小王", "1 2", "0", "--1", "1" * 40):
        [reply] = await telegram.ask(f"/allow {given}", user=boss)
        assert reply.text.startswith("请写数字编号")
    assert await closed.library.admissions.standings() == {}


async def test_an_administrator_of_the_settings_cannot_be_turned_away(
    telegram: OfflineTelegram, closed: Service, boss: User
) -> None:
    [reply] = await telegram.ask(f"/deny {boss.id}", user=boss)
    assert reply.text == "设置里写明的管理员和您自己不能拒绝。"


async def test_administration_in_a_group_is_asked_to_come_to_private_chat(
    telegram: OfflineTelegram, data_dir: Path, boss: User, wang: User
) -> None:
    group = telegram.supergroup("读报小组", wang, boss, admins=[boss])
    async with Service(telegram, data_dir, access={"admins": frozenset({boss.id})}) as serving:
        for more in ({"user": boss}, {"user": boss, "anonymous": True}):
            [reply] = await telegram.ask("/deny 10001", chat=group, **more)
            assert reply.text.startswith("管理操作请到私聊里进行")
        assert await telegram.ask("/deny 10001", chat=group, user=wang) == []
        [reply] = await telegram.ask("/deny 10001", user=wang)
        assert reply.text == "这个命令只有管理员能用。"
        assert await serving.library.admissions.standings() == {}


@every_way
async def test_a_group_that_is_not_allowed_is_left_politely(
    telegram: OfflineTelegram, closed: Service, boss: User, wang: User, group: Chat
) -> None:
    await telegram.ask(f"/ask {ASKED}", user=wang, chat=group)
    assert closed.last(group).text.startswith("抱歉，我不在这个群服务")
    assert str(group.id) in closed.last(group).text
    assert group.members[telegram.bot.id] == "left"


async def test_in_a_group_that_is_allowed_everybody_may_ask_but_who_is_denied(
    telegram: OfflineTelegram, closed: Service, boss: User, wang: User, li: User, group: Chat
) -> None:
    await telegram.ask(f"/allow {group.id}", user=boss)
    await telegram.ask(f"/deny {li.id}", user=boss)
    [answer] = await telegram.ask(f"/ask {ASKED}", user=wang, chat=group)
    assert "隐患27个" in answer.text
    assert await telegram.ask(f"/ask {ASKED}", user=li, chat=group) == []


@every_way
async def test_a_code_makes_an_administrator_once(
    telegram: OfflineTelegram, pairing: Service, wang: User, li: User
) -> None:
    [reply] = await telegram.ask(ASKED, user=wang)
    assert reply.text.endswith("如果您有配对码，请发送：/pair 配对码")
    code = await pairing.library.admissions.make_code("administrator")
    assert len(code) == CODE_LENGTH
    [reply] = await telegram.ask(f"/pair {code.lower()}", user=wang)
    assert reply.text.startswith("您是管理员了")
    [reply] = await telegram.ask(f"/pair {code}", user=li)
    assert reply.text == "配对码不对、用过了，或已过期。"
    commands = telegram.settings["commands", "chat", str(wang.id), ""]
    assert "allow" in [one["command"] for one in commands], "the commands of an administrator are shown at once"
    [reply] = await telegram.ask(f"/allow {li.id}", user=wang)
    assert reply.text == f"已允许 {li.id}。"
    assert [one.act for one in await pairing.library.admissions.acts()] == ["allow", "pair"]


async def test_a_code_for_readers_admits_and_an_expired_one_does_not(
    telegram: OfflineTelegram, pairing: Service, wang: User, li: User
) -> None:
    old = await pairing.library.admissions.make_code("admitted", seconds=-1)
    [reply] = await telegram.ask(f"/pair {old}", user=wang)
    assert reply.text == "配对码不对、用过了，或已过期。"
    code = await pairing.library.admissions.make_code("admitted")
    await telegram.ask(f"/pair {code}", user=wang)
    [answer] = await telegram.ask(ASKED, user=wang)
    assert "隐患27个" in answer.text
    [reply] = await telegram.ask("/allow 5", user=wang)
    assert reply.text == "这个命令只有管理员能用。"


async def test_guessing_codes_is_slow(telegram: OfflineTelegram, pairing: Service, wang: User) -> None:
    code = await pairing.library.admissions.make_code("administrator")
    for _ in range(5):
        await telegram.ask("/pair AAAAAAAA", user=wang)
    [reply] = await telegram.ask(f"/pair {code}", user=wang)
    assert reply.text == "试得太多了，请一小时后再试。"


async def test_a_code_is_not_taken_in_a_group(
    telegram: OfflineTelegram, service: Service, wang: User, group: Chat
) -> None:
    code = await service.library.admissions.make_code("administrator")
    await telegram.ask(f"/pair {code}", user=wang, chat=group)
    assert await service.library.admissions.standings() == {}


def test_pair_prints_a_code_and_says_where_it_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["pair", "--data-dir", str(tmp_path)])
    out, err = capsys.readouterr()
    assert left.value.code == 0
    assert len(out.strip()) == CODE_LENGTH
    assert f"/pair {out.strip()}" in err
