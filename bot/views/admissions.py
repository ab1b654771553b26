"""Who was let in and who turned away, as a message."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Texts
from bot.views.markup import Markup, bold, join, text
from corpus.store.admissions import Granted

MOST = 60


def listed(granted: Mapping[int, Granted], named: frozenset[int], texts: Texts) -> Markup:
    """List numbers by standing, the settings' ones first."""
    parts = []
    for title, numbers in (
        ("allowed_by_settings", sorted(named - granted.keys())),
        ("allowed_administrators", [n for n, standing in granted.items() if standing == "administrator"]),
        ("allowed_admitted", [n for n, standing in granted.items() if standing == "admitted"]),
        ("allowed_denied", [n for n, standing in granted.items() if standing == "denied"]),
    ):
        if numbers:
            more = "…" if len(numbers) > MOST else ""
            parts.append(bold(text(texts(title))) + text("\n" + "\n".join(map(str, numbers[:MOST])) + more))
    return join((*parts, text(texts("allow_how"))), "\n\n")
