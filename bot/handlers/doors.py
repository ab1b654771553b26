"""Who may do what, as a table; and what settings and administrators said of people and groups."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from telegram import Chat, User
from telegram.constants import ChatType

from corpus.store import Admissions
from corpus.store.admissions import Granted

ANONYMOUS_ADMINISTRATOR = 1087968824

Mode = Literal["open", "allowlist", "pairing"]
Standing = Literal["administrator", "admitted", "stranger", "denied"]
Decision = Literal["admit", "refuse", "ignore", "leave"]

# A person in private, inline or as a guest's caller, by their own standing: (open, allowlist and pairing).
_PERSON: Mapping[Standing, tuple[Decision, Decision]] = MappingProxyType(
    {
        "administrator": ("admit", "admit"),
        "admitted": ("admit", "admit"),
        "stranger": ("admit", "refuse"),
        "denied": ("refuse", "refuse"),
    }
)
# A group where the bot is a member, by the group's standing; whoever is denied is not heard there either.
_GROUP: Mapping[Standing, tuple[Decision, Decision]] = MappingProxyType(
    {
        "administrator": ("admit", "admit"),
        "admitted": ("admit", "admit"),
        "stranger": ("admit", "leave"),
        "denied": ("leave", "leave"),
    }
)


def decide(mode: Mode, *, person: Standing, group: Standing | None) -> Decision:
    """Decide whether somebody is heard, in a *group* (by its standing) or, with None, in private."""
    strict = mode != "open"
    if group is None:
        return _PERSON[person][strict]
    decision = _GROUP[group][strict]
    return "ignore" if decision == "admit" and person == "denied" else decision


class Doors:
    """Know the standing of people and groups: from the settings, and what administrators said since.

    The settings' administrators are what they are; of everybody else the latest word of an administrator holds.
    """

    def __init__(self, *, mode: Mode, admins: frozenset[int], users: frozenset[int], groups: frozenset[int]) -> None:
        self.mode = mode
        self._admins = admins
        self._named = users | groups
        self._granted: dict[int, Granted] | None = None

    async def open(self, admissions: Admissions) -> None:
        """Read what administrators said, once."""
        if self._granted is None:
            self._granted = dict(await admissions.standings())

    async def read_again(self, admissions: Admissions) -> None:
        """Read what administrators said, because it has changed."""
        self._granted = dict(await admissions.standings())

    @property
    def granted(self) -> Mapping[int, Granted]:
        """Tell what administrators said."""
        return self._granted or {}

    @property
    def named(self) -> frozenset[int]:
        """Tell whom the settings name besides administrators."""
        return self._named

    @property
    def administrators(self) -> frozenset[int]:
        """Name every administrator, by numeric id."""
        return self._admins | {number for number, standing in self.granted.items() if standing == "administrator"}

    def is_fixed(self, number: int) -> bool:
        """Tell whether the settings make this person an administrator, which no command takes away."""
        return number in self._admins

    def standing(self, number: int) -> Standing:
        """Tell the standing of a person or a group, by numeric id."""
        if number in self._admins:
            return "administrator"
        return self.granted.get(number) or ("admitted" if number in self._named else "stranger")

    def decide(self, user: User | None, chat: Chat | None) -> Decision:
        """Decide about somebody in a chat; without a chat, as in private."""
        person = self.standing(user.id) if user else "stranger"
        in_group = chat is not None and chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
        return decide(self.mode, person=person, group=self.standing(chat.id) if chat and in_group else None)

    def admit(self, user: User | None, chat: Chat | None) -> bool:
        """Tell whether this person may ask in this chat."""
        return self.decide(user, chat) == "admit"

    def admits_alone(self, person: int) -> bool:
        """Tell whether a person, known by their numeric id, is heard in private."""
        return decide(self.mode, person=self.standing(person), group=None) == "admit"

    def is_administrator(self, user: User | None) -> bool:
        """Tell whether this person administers the bot."""
        return user is not None and self.standing(user.id) == "administrator"
