"""Figures in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.texts import Texts
from bot.views.markup import Markup, bold, join, shorten, text
from corpus.store.figures import Summary, Unanswered


def summary(figures: Summary, texts: Texts) -> Markup:
    """Say what happened in the days that are summed up; short enough for a caption."""
    lines = [
        bold(text(texts("stats", days=len(figures.days)))),
        text(texts("stats_questions", questions=figures.questions, people=figures.people)),
        text(
            texts(
                "stats_answered",
                answered=figures.answered,
                share=f"{figures.share:.0%}",
                related=figures.related,
                none=figures.questions - figures.answered - figures.related,
            )
        ),
        text(texts("stats_votes", useful=figures.useful, useless=figures.useless)),
    ]
    if figures.busiest:
        lines.append(text(texts("stats_busiest")))
        lines += [
            text(f"{number}. {shorten(busy.title, 60)} · {busy.answers}")
            for number, busy in enumerate(figures.busiest, 1)
        ]
    return join(lines, "\n")


def unanswered(found: Sequence[Unanswered], texts: Texts) -> Markup:
    """List the questions that found nothing, as many as fit a message."""
    if not found:
        return text(texts("unanswered_empty"))
    shown = bold(text(texts("unanswered")))
    for one in found:
        grown = (
            shown + text("\n") + text(texts("unanswered_line", question=shorten(one.question, 200), times=one.times))
        )
        if not grown.fits():
            break
        shown = grown
    return shown
