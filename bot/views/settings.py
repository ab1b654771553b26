"""What a chat wishes, as a message with a row of buttons for each setting."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import LANGUAGES, Texts
from bot.views.answers import Reply
from bot.views.markup import bold, join, text
from bot.views.reports import CHOOSE_SCOPE
from corpus.store import Preferences

QUOTES = (1, 2, 3, 5)
FORGET, KEEP = "x1:yes", "x1:no"


def settings(wishes: Preferences, texts: Texts, *, group: bool, quotes: int) -> Reply:
    """Show what a private chat or a *group* wishes; *quotes* is how many an answer shows unless it wishes otherwise."""
    languages: dict[str, str] = {one: texts(f"language_{one}") for one in ("auto", *LANGUAGES)}
    language = wishes.language or "auto"
    shown = wishes.quotes or quotes
    lines = [
        bold(text(texts("settings_group" if group else "settings"))),
        text(texts("settings_language", language=languages[language])),
        text(texts("settings_quotes", count=shown)),
    ]
    rows = [
        [_button(label, f"l:{code}", code == language) for code, label in languages.items()],
        [_button(str(count), f"q:{count}", count == shown) for count in QUOTES],
    ]
    if group:
        askers = {one: texts(f"askers_{one}") for one in ("everyone", "administrators")}
        lines.append(text(texts("settings_askers", askers=askers[wishes.askers])))
        rows.append([_button(label, f"a:{one}", one == wishes.askers) for one, label in askers.items()])
    else:
        notices = {"on": texts("notices_on"), "off": texts("notices_off")}
        state = "on" if wishes.notices else "off"
        lines.append(text(texts("settings_notices", state=notices[state])))
        rows.append([_button(label, f"n:{one}", one == state) for one, label in notices.items()])
    rows.append([InlineKeyboardButton(texts("settings_scope"), callback_data=CHOOSE_SCOPE)])
    return Reply(join(lines, "\n"), InlineKeyboardMarkup(rows))


def ask_to_forget(texts: Texts) -> Reply:
    """Ask whether everything about a person is really to be deleted."""
    row = [
        InlineKeyboardButton(texts("forget_yes"), callback_data=FORGET),
        InlineKeyboardButton(texts("forget_no"), callback_data=KEEP),
    ]
    return Reply(text(texts("forget_ask")), InlineKeyboardMarkup([row]))


def _button(label: str, value: str, chosen: bool) -> InlineKeyboardButton:
    return InlineKeyboardButton(f"✓ {label}" if chosen else label, callback_data=f"s1:{value}")
