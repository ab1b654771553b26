"""Answers as files: plain text, or a document to work on; every quotation with its source."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from bot.texts import Texts
from corpus.citing import reference
from corpus.model import Answer
from corpus.store import KeptAnswer

Answers = Sequence[tuple[KeptAnswer, Answer]]

# What XML, and so a document, cannot hold.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_text(answers: Answers, texts: Texts) -> str:
    """Write answers as plain text."""
    parts = []
    for kept, shown in answers:
        lines = [kept.question, "=" * 20, *_notes(shown, texts)]
        for quote in shown.quotes:
            lines += ["", quote.text, f"{texts('source')}：{reference(quote.passage)}"]
        parts.append("\n".join(lines))
    return "\n\n\n".join([*parts, texts("verbatim")]).encode("utf-8", "replace").decode() + "\n"


def as_docx(answers: Answers, texts: Texts) -> bytes:
    """Write answers as a Word document."""
    from docx import Document  # noqa: PLC0415 - a tenth of a start, for what is rarely asked

    document = Document()
    for kept, shown in answers:
        document.add_heading(_fit(kept.question), level=1)
        for note in _notes(shown, texts):
            document.add_paragraph(_fit(note))
        for quote in shown.quotes:
            document.add_paragraph(_fit(quote.text), style="Quote")
            document.add_paragraph(_fit(f"{texts('source')}：{reference(quote.passage)}"))
    document.add_paragraph(texts("verbatim"))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _notes(shown: Answer, texts: Texts) -> Iterator[str]:
    if not shown.quotes:
        yield texts("none") if shown.verdict == "none" else texts("changed")
    elif shown.verdict == "related":
        yield texts("related")


def _fit(words: str) -> str:
    return _UNFIT.sub("", words)
