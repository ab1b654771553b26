"""A walk at random through a played Telegram: people press, write, edit, delete, come and go; the bot is restarted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.checks import look_over
from bot.offline import Chat, Fault, Message, OfflineTelegram, User
from tests.support.reports import VILLAGES, WATER
from tests.support.service import Service

QUESTIONS = (
    "石桥村发现了多少个隐患", "水库巡查多少次", "青杨村果园面积有多少亩", "那柳林村呢", "电商直播间卖出多少吨苹果",
    "全年办成实事多少件", "乡镇工作总结", "火星基地有几台挖掘机", "<b>&amp;😀", "？？？", "问" * 1001,
    "档案扫描了多少页",
)  # fmt: skip
COMMANDS = (
    "/start", "/help", "/reports", "/reports 乡镇", "/scope", "/history", "/export", "/export docx", "/watch 实事",
    "/watch", "/unwatch", "/settings", "/privacy", "/forgetme", "/ask", "/ask 水库巡查多少次", "/pair AAAAAAAA",
    "/stats", "/unanswered", "/allow", "/audit villages.md", "/remove 乡镇1.md", "/nonsense", "/start p_000000000000-1",
)  # fmt: skip
# Buttons far up are pressed, too.
LOOKED_BACK = 40


def report(number: int, version: int) -> str:
    """Write a small report that changes from version to version."""
    visited = f"## 一、做法\n\n干部带头走访{version + 7}户。\n"
    return f"# 乡镇工作总结之{number}\n\n第{number}乡全年办成实事{version}件。\n\n{visited}"


class Walk:
    """Walk through *world*, which *service* serves, by *seed*: ten people, three groups, everybody's private chat."""

    def __init__(self, world: OfflineTelegram, service: Service, boss: User, *, seed: int) -> None:
        self.world, self.service, self.boss = world, service, boss
        self.chance = random.Random(seed)
        codes = ("zh-hans", "zh-hant", "en", None)
        self.people = [boss, *(world.person(f"读者{n}", language=codes[n % 4]) for n in range(9))]
        self.groups = [
            world.group("小组", *self.people[1:4], admins=[boss]),
            world.supergroup("读报小组", *self.people[2:], admins=[boss]),
            world.supergroup("论坛", *self.people, topics=["党建", "水利"]),
        ]
        self.steps: Counter[str] = Counter()
        self.ever: set[str] = set()  # every paragraph that was ever held
        self._verbs: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (20, self._ask), (12, self._speak), (40, self._press), (6, self._reply), (6, self._edit), (4, self._delete),
            (3, self._inline), (2, self._guest), (2, self._upload), (2, self._renew), (1, self._take_out),
            (1, self._come_and_go), (1, self._migrate), (1, self._forge), (1, self._work_off), (1, self._restart),
            (2, self._disturb),
        ]  # fmt: skip

    async def go(self, steps: int) -> None:
        """Take so many steps, some of them before the bot is done with the one before."""
        await self._learn()
        weights, verbs = zip(*self._verbs, strict=True)
        for _ in range(steps):
            [verb] = self.chance.choices(verbs, weights)
            self.steps[verb.__name__.strip("_")] += 1
            await verb()
            if self.chance.random() < 0.7:
                await self.world.quiet(60)
        await self._settle()

    async def _settle(self) -> None:
        """Wait until the bot is done, also with what it put off."""
        await self.world.quiet(60)
        while self.service.application.waiting:
            await self.world.bell.wait(0.05)
            await self.world.quiet(60)

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────

    def _somebody(self) -> User:
        return self.chance.choice(self.people)

    def _somewhere(self) -> tuple[User, Chat]:
        user = self._somebody()
        return user, self.chance.choice([self.world.private(user), *self.groups])

    def _shown(self, chat: Chat) -> list[Message]:
        return self.world.from_bot(chat)[-LOOKED_BACK:]

    async def _ask(self) -> None:
        await self.world.say(self.chance.choice(QUESTIONS), user=self._somebody())

    async def _speak(self) -> None:
        user, chat = self._somewhere()
        said = self.chance.choice((*COMMANDS, *QUESTIONS, *(f"@yinjubot {one}" for one in QUESTIONS)))
        thread = self.chance.choice((None, *chat.topics.values()))
        anonymous = chat.type == "supergroup" and self.chance.random() < 0.1
        await self.world.say(said, user=user, chat=chat, thread=thread, anonymous=anonymous)

    async def _press(self) -> None:
        user, chat = self._somewhere()
        there = [(one, button) for one in self._shown(chat) for button in one.buttons if button.data]
        if there:
            message, button = self.chance.choice(there)
            await self.world.press(message, button, user=user)

    async def _forge(self) -> None:
        user, chat = self._somewhere()
        every = [button.data for one in self.groups for message in self._shown(one) for button in message.buttons]
        if (shown := self._shown(chat)) and (held := [data for data in every if data]):
            await self.world.press_data(self.chance.choice(shown), self.chance.choice(held), user=user)

    async def _reply(self) -> None:
        user, chat = self._somewhere()
        if shown := self._shown(chat):
            said = self.chance.choice((*QUESTIONS, "/export", "/ask", "@yinjubot"))
            await self.world.say(said, user=user, chat=chat, reply_to=self.chance.choice(shown))

    async def _edit(self) -> None:
        _, chat = self._somewhere()
        theirs = [one for one in self.world.messages(chat)[-LOOKED_BACK:] if one.sender in self.people and one.text]
        if theirs:
            said = self.chance.choice(QUESTIONS)
            mention = "@yinjubot " if chat.type != "private" and self.chance.random() < 0.7 else ""
            await self.world.edit_message(self.chance.choice(theirs), mention + said)

    async def _delete(self) -> None:
        _, chat = self._somewhere()
        if standing := self.world.messages(chat)[-LOOKED_BACK:]:
            message = await self.world.delete_message(self.chance.choice(standing))
            button = next((one for one in message.buttons if one.data), None)
            if button and self.chance.random() < 0.5:  # somebody's program shows it still
                await self.world.press(message, button, user=self._somebody())

    async def _inline(self) -> None:
        user = self._somebody()
        query = await self.world.inline_query(self.chance.choice(QUESTIONS), user=user)
        await self.world.quiet(60)
        if query.results:
            await self.world.choose(query, 0, chat=self.chance.choice(self.groups))

    async def _guest(self) -> None:
        one, other = self.chance.sample(self.people[1:], 2)
        away = self.world.supergroup("别处", one, other, bot=None)
        await self.world.say(f"@yinjubot {self.chance.choice(QUESTIONS)}", user=one, chat=away)

    async def _upload(self) -> None:
        name = f"乡镇{self.chance.randint(0, 4)}.md"
        text = report(self.chance.randint(0, 4), self.chance.randint(1, 99))
        self._hold(text)
        who = self.chance.choice((self.boss, self.boss, self._somebody()))
        await self.world.send_document(name, text.encode(), user=who)

    async def _renew(self) -> None:
        """Let the operator take in another version by the command line."""
        number = self.chance.randint(0, 4)
        text = report(number, self.chance.randint(1, 99))
        self._hold(text)
        await self.service.ingest(f"乡镇{number}.md", text)

    async def _take_out(self) -> None:
        held = await self.service.library.reports.holdings()
        if len(held) > 4:
            await self.service.library.reports.remove(self.chance.choice(held).report.id)
            await self._learn()

    async def _come_and_go(self) -> None:
        user, group, bot = self._somebody(), self.chance.choice(self.groups), self.world.bot
        match self.chance.randrange(4):
            case 0:
                await self.world.block(user)
                await self.world.quiet(60)
                await self.world.unblock(user)
            case 1:
                await self.world.kick(group, bot, by=self.boss)
                await self.world.quiet(60)
                await self.world.join(group, bot, by=self.boss)
            case 2:
                await self.world.promote(group, bot, by=self.boss)
            case 3:
                await self.world.promote(
                    group, user, by=self.boss, status=self.chance.choice(("member", "administrator"))
                )

    async def _migrate(self) -> None:
        basic = next((one for one in self.groups if one.type == "group"), None)
        if basic:
            self.groups[self.groups.index(basic)] = await self.world.migrate(basic, by=self.boss)
        else:
            self.groups[0] = self.world.group("小组", *self.people[1:4], admins=[self.boss])

    async def _work_off(self) -> None:
        """Let the hour come for what is done now and then."""
        queue: Any = self.service.application.job_queue
        for job in queue.jobs():
            await job.run(self.service.application)

    async def _disturb(self) -> None:
        """Let some call that is to come fail: refused by a gateway, lost on its way there or back."""
        lost = self.chance.choice(
            (Fault.server_error(), Fault.reset(), Fault.timeout(carried_out=True), Fault.garbage())
        )
        self.world.faults["*"].append(lost)

    async def _restart(self) -> None:
        self.world.faults["*"].clear()  # that a start waits for Telegram is tested elsewhere
        await self.service.restart()

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────────

    def _hold(self, text: str) -> None:
        self.ever |= {line.strip("# ") for line in text.splitlines()}

    async def _learn(self) -> None:
        self._hold(VILLAGES)
        self._hold(WATER)
        for one in await self.service.library.reports.ids():
            self.ever |= {passage.text for passage in await self.service.library.passages.of_report(one)}

    async def faults(self) -> list[str]:
        """List what is wrong with the bot and its store now; none where all is well."""
        world, database = self.world, self.service.library.database
        handled = (Forbidden, ChatMigrated)
        found = [
            f"failed: {error!r}"
            for error in self.service.errors
            # A BadRequest is a NetworkError to python-telegram-bot, a reply that is no JSON a plain TelegramError.
            if not isinstance(error, handled) and type(error) not in (NetworkError, TimedOut, TelegramError)
        ]
        # A press whose answer was lost on its way is not answered again; what it asked for is done.
        tried = {call.parameters.get("callback_query_id") for call in world.calls_of("answerCallbackQuery")}
        found += [
            f"not answered: {one}" for one in world.callbacks.values() if not one.answered and one.id not in tried
        ]
        found += [f"not answered: {one}" for one in world.inline_queries.values() if not one.answered]
        found += [f"foreign key: {row}" for row in await database.rows("PRAGMA foreign_key_check")]
        for what, sql in ORPHANS.items():
            found += [f"{what}: {row}" for row in await database.rows(sql)]
        uploads = {row[0] for row in await database.rows("SELECT id FROM uploads")}
        folder = self.service.data_dir / "uploads"
        kept = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        found += [f"uploads differ: {uploads ^ kept}"] if uploads != kept else []
        found += [
            f"{one.name}: {one.detail}"
            for one in await look_over(self.service.settings(), token=None)
            if one.status == "fail"
        ]
        chats = [*self.groups, *map(world.private, self.people)]
        found += [
            f"not verbatim: {words}" for chat in chats for one in world.from_bot(chat) for words in self._invented(one)
        ]
        return found

    def _invented(self, message: Message) -> list[str]:
        """List the quoted words of a message that no paragraph held at any time."""
        if any((button.data or "").startswith("u1:") for button in message.buttons):
            return []  # the card of a file shows what was taken out
        quoted = [one.of(message.text) for one in message.entities if "blockquote" in one.type]
        parts = [part for words in quoted for part in words.strip("…").split("\n\n")]
        return [part for part in parts if not any(part in held for held in self.ever)]


ORPHANS = {
    "vote on nothing": "SELECT answer FROM votes WHERE answer NOT IN (SELECT id FROM answers)",
    "update not dealt with": "SELECT id FROM updates WHERE body IS NOT NULL",
    "wording of nothing": "SELECT id FROM wordings WHERE id NOT IN (SELECT wording FROM said)",
    "passage without wording": "SELECT report, n FROM passages EXCEPT SELECT report, n FROM said",
    "one message shows two answers": (
        "SELECT chat, message FROM answers WHERE message > 0 GROUP BY chat, message HAVING count(*) > 1"
    ),
}
