"""Files from administrators: a dry run and a card first, taken in once they say so; /remove and /audit."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from telegram import Document, Message, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot.handlers import asking
from bot.handlers.admitting import administrator
from bot.handlers.desk import Desk, new_id
from bot.handlers.sending import answer, edit, edit_message
from bot.texts import Texts
from bot.views import uploads as view
from bot.views.answers import Reply
from bot.views.markup import Markup, text
from corpus.errors import UnknownReport
from corpus.model import ReportId
from corpus.store import Upload

if TYPE_CHECKING:  # what reads files takes a while to load
    from corpus.ingest import IngestResult

Context = ContextTypes.DEFAULT_TYPE

UPLOAD_DATA = re.compile(r"^u1:([\w-]{8,16}):([yn])$")
REMOVE_DATA = re.compile(r"^d1:([0-9a-f]{12}):([yn])$")
# How often the message that shows progress is edited.
PROGRESS_SECONDS = 4.0


async def document(desk: Desk, update: Update, context: Context) -> None:
    """Read a file that an administrator sent and show what taking it in would do; from others its caption is asked."""
    message, texts = update.message, desk.speak(update)
    if message is None or message.document is None:
        return
    if message.caption and not desk.doors.is_administrator(update.effective_user):
        await asking.question(desk, update, context)
        return
    who = await administrator(desk, update)
    if who is None:
        return
    name, limit = _name(message.document), desk.upload_bytes
    too_large = text(texts("upload_too_large", limit=limit // 2**20))
    if (message.document.file_size or 0) > limit:
        await message.reply_html(too_large.html)
        return
    progress = await message.reply_html(text(texts("upload_reading", file=name)).html)
    try:
        file = await message.document.get_file()
        content = bytes(await file.download_as_bytearray())
    except BadRequest:
        await _replace(context, progress, too_large)
        return
    result = await desk.library.ingester.ingest_bytes(content, name=name, dry_run=True)
    if result.status in ("failed", "unchanged"):
        await _replace(context, progress, view.outcome(result, texts))
        return
    upload = Upload(new_id(), who, message.chat.id, progress.message_id, name, time.time())
    await desk.library.uploads.keep(upload, content)
    card = view.card(result, texts, upload_id=upload.id)
    await _replace(context, progress, card.markup, card)


async def decide(desk: Desk, update: Update, context: Context) -> None:
    """Take a file in, or drop it."""
    query, texts = update.callback_query, desk.speak(update)
    match = UPLOAD_DATA.match(query.data or "") if query else None
    if query is None or match is None:
        return
    if not desk.doors.is_administrator(query.from_user):
        await answer(query, texts("administrators_only"), alert=True)
        return
    upload = await desk.library.uploads.find(match[1])
    content = await desk.library.uploads.content(upload) if upload else None
    if upload is None or content is None:
        await answer(query)
        await edit(query, text(texts("upload_expired")), None)
        return
    if query.from_user.id != upload.owner:
        await answer(query, texts("administrators_only"), alert=True)
        return
    if upload.id in desk.under_way:
        await answer(query, texts("upload_under_way"))
        return
    await answer(query)
    if match[2] == "n":
        await desk.library.uploads.drop(upload.id)
        await edit(query, text(texts("upload_cancelled", file=upload.name)), None)
        return
    desk.under_way.add(upload.id)
    try:
        await edit(query, text(texts("upload_taking", file=upload.name)), None)
        result = await _take(desk, context, upload, content, texts)
        await desk.library.admissions.record(f"ingest: {result.status}", who=upload.owner, about=upload.name)
        await desk.library.uploads.drop(upload.id)
        await edit(query, view.outcome(result, texts), None)
    finally:
        desk.under_way.discard(upload.id)


async def remove(desk: Desk, update: Update, context: Context) -> None:
    """Ask whether to take a report out."""
    found = await _report(desk, update, context, how="remove_how")
    if found is None or update.message is None:
        return
    asked = view.ask_to_remove(await desk.library.reports.holding(found), desk.speak(update))
    await update.message.reply_html(asked.markup.html, reply_markup=asked.buttons)


async def removal(desk: Desk, update: Update, context: Context) -> None:
    """Take a report out, or leave it."""
    query, texts = update.callback_query, desk.speak(update)
    match = REMOVE_DATA.match(query.data or "") if query else None
    if query is None or match is None:
        return
    if not desk.doors.is_administrator(query.from_user):
        await answer(query, texts("administrators_only"), alert=True)
        return
    await answer(query)
    if match[2] == "n":
        await edit(query, text(texts("remove_cancelled")), None)
        return
    try:
        held = await desk.library.reports.holding(ReportId(match[1]))
    except UnknownReport:
        await edit(query, text(texts("report_unknown", report=match[1])), None)
        return
    await desk.library.reports.remove(held.report.id)
    await desk.library.admissions.record("remove", who=query.from_user.id, about=held.report.file)
    await edit(query, text(texts("removed", title=held.report.title)), None)


async def audit(desk: Desk, update: Update, context: Context) -> None:
    """Send everything that was taken out of a report as noise, as a text file."""
    found = await _report(desk, update, context, how="audit_how")
    if found is None or update.message is None:
        return
    held, noise = await desk.library.reports.holding(found), await desk.library.reports.noise(found)
    texts = desk.speak(update)
    caption = text(texts("audit", title=held.report.title, pieces=len(noise), characters=held.noise_characters))
    if not noise:
        await update.message.reply_html(caption.html)
        return
    content = view.audit(noise).encode()
    await update.message.reply_document(content, caption=caption.html, filename=f"audit-{found}.txt")


async def _take(desk: Desk, context: Context, upload: Upload, content: bytes, texts: Texts) -> IngestResult:
    """Take a file in, and say every few seconds that it goes on."""
    taking = asyncio.create_task(desk.library.ingester.ingest_bytes(content, name=upload.name))
    started = time.monotonic()
    while not (await asyncio.wait({taking}, timeout=PROGRESS_SECONDS))[0]:
        said = texts("upload_taking_for", file=upload.name, seconds=round(time.monotonic() - started))
        if upload.message is not None:
            await edit_message(context.bot, text(said), None, chat=upload.chat, message=upload.message)
    return await taking


async def _report(desk: Desk, update: Update, context: Context, *, how: str) -> ReportId | None:
    if await administrator(desk, update) is None or update.message is None:
        return None
    texts, wanted = desk.speak(update), " ".join(context.args or ())
    if not wanted:
        await update.message.reply_html(text(texts(how)).html)
        return None
    try:
        return await desk.library.reports.find(wanted)
    except UnknownReport:
        await update.message.reply_html(text(texts("report_unknown", report=wanted)).html)
        return None


async def _replace(context: Context, progress: Message, markup: Markup, card: Reply | None = None) -> None:
    buttons = card.buttons if card else None
    await edit_message(context.bot, markup, buttons, chat=progress.chat.id, message=progress.message_id)


def _name(sent: Document) -> str:
    """Take the file's own name, without any folder somebody put into it."""
    name = PurePosixPath((sent.file_name or "").replace("\\", "/")).name.strip()
    return "".join(c for c in name if c.isprintable())[:200] or "report.txt"
