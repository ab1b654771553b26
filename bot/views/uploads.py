"""Files on their way in, and reports on their way out, as messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Texts
from bot.views.answers import Reply
from bot.views.markup import Markup, bold, join, quotation, shorten, text
from corpus.model import Noise
from corpus.store import Holding

if TYPE_CHECKING:  # what reads files takes a while to load
    from corpus.ingest import IngestResult


def card(result: IngestResult, texts: Texts, *, upload_id: str) -> Reply:
    """Show what a dry run found, and ask."""
    share = result.noise_characters / max(1, result.characters)
    lines = [bold(text(shorten(result.file, 120))), text(shorten(result.title or "", 200))]
    lines.append(text(_counted(result, texts)))
    lines.append(text(texts("card_noise", characters=result.noise_characters, share=f"{share:.1%}")))
    if result.noise_sample:
        sample = "\n".join(shorten(piece.text, 80) for piece in result.noise_sample)
        lines.append(quotation(text(sample)))
    if result.duplicates:
        lines.append(text(texts("card_duplicates", count=result.duplicates)))
    if result.status == "replaced":
        lines.append(text(texts("card_replaces")))
    if result.much_noise:
        lines.append(text(texts("card_much_noise", share=f"{share:.0%}")))
    if result.nearly:
        other, alike = result.nearly
        lines.append(text(texts("card_nearly", file=shorten(other, 120), share=f"{alike:.0%}")))
    lines.append(text(texts("card_ask")))
    return Reply(join(lines, "\n"), _yes_or_no(f"u1:{upload_id}", "card_yes", "card_no", texts))


def outcome(result: IngestResult, texts: Texts) -> Markup:
    """Say what became of a file."""
    name = shorten(result.file, 120)
    if result.status == "failed":
        return text(texts("upload_failed", file=name, error=_reason(result, texts)))
    if result.status == "unchanged":
        return text(texts("upload_unchanged", file=name))
    said = texts("upload_replaced" if result.status == "replaced" else "upload_added", file=name)
    return text(f"{said}\n{_counted(result, texts)}")


def ask_to_remove(held: Holding, texts: Texts) -> Reply:
    """Ask whether a report is really to go."""
    said = texts("remove_ask", title=shorten(held.report.title, 200), file=held.report.file, passages=held.passages)
    return Reply(text(said), _yes_or_no(f"d1:{held.report.id}", "remove_yes", "remove_no", texts))


def audit(noise: Iterable[Noise]) -> str:
    """List what was taken out, a line each: line, rule, text."""
    return "".join(f"{piece.line}\t{piece.rule}\t{' '.join(piece.text.split())}\n" for piece in noise)


def _reason(result: IngestResult, texts: Texts) -> str:
    """Say why a file failed in the reader's language, and what was not foreseen in the error's own words, too."""
    said = texts(f"why_{result.why or 'unreadable'}")
    return said if result.why not in (None, "unreadable") else f"{said}\n{shorten(result.error or '', 600)}"


def _counted(result: IngestResult, texts: Texts) -> str:
    return texts("upload_counts", articles=result.articles, passages=result.passages, characters=result.characters)


def _yes_or_no(data: str, yes: str, no: str, texts: Texts) -> InlineKeyboardMarkup:
    buttons = [(yes, "y"), (no, "n")]
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(texts(name), callback_data=f"{data}:{word}") for name, word in buttons]]
    )
