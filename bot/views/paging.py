"""Long lists, page by page, with buttons that keep their place in their data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from telegram import InlineKeyboardButton

from bot.texts import Texts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Hold one page of a list: its items, where it begins, its number from 0, and how many pages there are."""

    items: Sequence[T]
    first: int
    number: int
    count: int


def page_of(items: Sequence[T], number: int, *, size: int) -> Page[T]:
    """Cut page *number* out of a list; the nearest there is where there is no such page."""
    count = max(1, -(-len(items) // size))
    number = max(0, min(number, count - 1))
    return Page(items[number * size : (number + 1) * size], number * size, number, count)


def turning(page: Page[T], texts: Texts, to: Callable[[int], str]) -> list[InlineKeyboardButton]:
    """Make the buttons that turn to the pages beside one; *to* makes the data for a page."""
    buttons = []
    if page.number > 0:
        buttons.append(InlineKeyboardButton(texts("previous"), callback_data=to(page.number - 1)))
    if page.number < page.count - 1:
        buttons.append(InlineKeyboardButton(texts("next"), callback_data=to(page.number + 1)))
    return buttons
