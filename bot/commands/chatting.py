"""``yinju chat``: the very bot, in the terminal, without a token."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from bot import logs, terminal
from bot.app import UPDATES, build
from bot.commands.options import Common, common
from bot.commands.session import library
from bot.offline import OfflineTelegram
from bot.offline.nouns import Chat, Message, User
from bot.serving import running
from bot.views import plain
from config.settings import Settings
from corpus.bootstrap import Library

PATIENCE_SECONDS = 120


@click.command()
@click.option("--group", is_flag=True, help="Talk in a group: the bot hears /ask, its @mention and replies.")
@click.option("--as", "name", default="我", metavar="NAME", help="Talk as somebody.")
@common
@click.pass_obj
def chat(options: Common, group: bool, name: str) -> None:
    """Talk to the bot in the terminal, as its administrator.

    Type a button's or a link's number to press it, and the path of a file to send it.
    """
    logs.set_up(debug=options.debug, quiet=True)
    asyncio.run(_chat(options.settings(), group=group, name=name))


async def _chat(settings: Settings, *, group: bool, name: str) -> None:
    async with library(settings, samples=True) as opened:
        await Conversation(opened, settings, group=group, name=name).hold()


class Conversation:
    """Hold one conversation: what the person types goes to the bot, what the bot shows is printed."""

    def __init__(self, opened: Library, settings: Settings, *, group: bool, name: str) -> None:
        # The store remembers which updates were dealt with; those of another session must not look the same.
        self._world = OfflineTelegram(first_id=time.time_ns() // 1_000_000)
        self._person: User = self._world.person(name)
        member = [self._person]
        self._chat: Chat = self._world.group("群", admins=member) if group else self._world.private(self._person)
        settings = _unhurried(settings, administrator=self._person.id)
        self._files = settings.data_dir / "received"
        self._application = build(
            opened, settings, token=self._world.token, request=self._world.request(), flood_limits=False
        )
        self._world.watch(self._application)
        self._library = opened
        self._console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self._seen: dict[int, tuple[str, object]] = {}

    async def hold(self) -> None:
        """Greet, then read lines until they end."""
        await self._application.initialize()
        async with running(self._application):
            updater = self._application.updater
            if updater is None:
                raise TypeError("the application has no updater")
            await updater.start_polling(allowed_updates=UPDATES, poll_interval=0)
            try:
                await self._say("/start")
                self._library.warm()
                while (line := await asyncio.to_thread(_read_line)) is not None:
                    if line.strip():
                        if not sys.stdin.isatty():
                            self._console.print(Text(f"› {line.strip()}"))  # a pipe's reader sees what was asked
                        await self._take(line.strip())
            finally:
                await updater.stop()

    async def _take(self, line: str) -> None:
        message = self._last_with_choices()
        offered = terminal.choices(message) if message else []
        if message and line.isascii() and line.isdigit() and 1 <= int(line) <= len(offered):
            await self._choose(message, offered[int(line) - 1])
        elif (content := await asyncio.to_thread(_content, line)) is not None:
            await self._world.send_document(Path(line).name, content, user=self._person, chat=self._chat)
            await self._show()
        else:
            await self._say(line)

    async def _say(self, text: str) -> None:
        await self._world.say(text, user=self._person, chat=self._chat)
        await self._show()

    async def _choose(self, message: Message, choice: terminal.Choice) -> None:
        if choice.button is None:
            await self._say(f"/start {choice.start}")
        elif choice.button.data is None:
            shown = plain.printed(choice.button.copies or choice.button.url or choice.label)
            self._console.print(Text(shown), end="\n\n")
        else:
            pressed = await self._world.press(message, choice.button, user=self._person)
            await self._show()
            terminal.show_notice(self._console, pressed)

    async def _show(self) -> None:
        await self._world.quiet(PATIENCE_SECONDS)
        for message in terminal.changed(self._seen, self._world.from_bot(self._chat)):
            terminal.show(self._console, message, files=self._files)

    def _last_with_choices(self) -> Message | None:
        return next((one for one in reversed(self._world.from_bot(self._chat)) if terminal.choices(one)), None)


def _unhurried(settings: Settings, *, administrator: int) -> Settings:
    """Lift the limits on how fast one may ask, and admit the one who is here, perhaps a pipe, as an administrator."""
    limits = settings.limits.model_copy(update={"questions_per_person": 100_000, "questions_per_chat": 100_000})
    access = settings.access.model_copy(update={"mode": "open", "admins": frozenset({administrator})})
    return settings.model_copy(update={"limits": limits, "access": access})


def _content(line: str) -> bytes | None:
    """Read the file whose path was typed; None where there is none."""
    try:
        path = Path(line).expanduser()
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a question may be anything but a path
        return None


def _read_line() -> str | None:
    if sys.stdin.isatty():
        sys.stderr.write("› ")
        sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"
    return line.rstrip("\n") if line else None
