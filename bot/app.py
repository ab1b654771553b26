"""The wiring: which handler answers what. Read this first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest

from bot import texts
from bot.handlers import (
    admitting,
    answering,
    asking,
    browsing,
    counting,
    elsewhere,
    failing,
    membership,
    personal,
    preferring,
    scoping,
    tidying,
    uploading,
    walking,
)
from bot.handlers.desk import Desk, Pace
from bot.handlers.doors import Doors
from bot.handlers.gate import gate
from bot.inbox import CrossingOff, Inbox
from bot.pacing import PatientRateLimiter
from bot.requesting import CarefulRequest
from bot.turns import Turns
from bot.views.reports import OPEN_REPORTS
from config.settings import Settings
from corpus.bootstrap import Library

Handler = Callable[[Desk, Any, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

# What Telegram is asked to send; whatever has no handler below is not even fetched.
UPDATES = ["message", "edited_message", "callback_query", "inline_query", "guest_message", "my_chat_member"]

# How often new reports, taken in by whichever process, are looked over for what people watch for.
LOOK_OVER_SECONDS = 30

# How many inline queries count as one question: programs send them while somebody types.
INLINE_A_QUESTION = 3

# As many calls may be under way at a time, most of them waiting; python-telegram-bot's own figure.
CONNECTIONS = 256

# Telegram hands bots no larger files.
MOST_UPLOAD_BYTES = 20 * 2**20


def build(
    library: Library,
    settings: Settings,
    *,
    token: str,
    request: BaseRequest | None = None,
    flood_limits: bool = True,
) -> CrossingOff:
    """Build the application on an open library.

    *request* takes the network's place where it is given; without *flood_limits* calls are not held back.
    """
    turns = Turns(per_chat=settings.telegram.concurrency, most=settings.limits.waiting)
    desk = Desk(
        library=library,
        texts=texts.load(),
        doors=Doors(
            mode=settings.access.mode,
            admins=settings.access.admins,
            users=settings.access.users,
            groups=settings.access.groups,
        ),
        turns=turns,
        pace=Pace(per_person=settings.limits.questions_per_person, per_chat=settings.limits.questions_per_chat),
        typing=Pace(
            per_person=settings.limits.questions_per_person * INLINE_A_QUESTION,
            per_chat=settings.limits.questions_per_chat,
        ),
        quotes=settings.answer.quotes,
        question_characters=settings.limits.question_characters,
        stale_seconds=settings.telegram.stale_minutes * 60,
        retention_days=settings.retention.questions_days,
        upload_bytes=min(settings.limits.upload_bytes, settings.limits.file_bytes, MOST_UPLOAD_BYTES),
    )
    builder = (
        ApplicationBuilder()
        .token(token)
        .application_class(CrossingOff)
        .update_queue(Inbox(library.conversations))
        .concurrent_updates(turns)
        .defaults(
            Defaults(
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                do_quote=True,
                allow_sending_without_reply=True,
            )
        )
        .base_url(settings.telegram.base_url)
        .base_file_url(settings.telegram.base_file_url)
    )
    if flood_limits:
        # The stubs tie a limiter's own arguments to the builder's type; ours is the parent's, an integer.
        builder = builder.rate_limiter(PatientRateLimiter(max_retries=0))  # type: ignore[arg-type]
    builder = builder.request(request or CarefulRequest(connection_pool_size=CONNECTIONS))
    builder = builder.get_updates_request(request or CarefulRequest(connection_pool_size=1))
    application = builder.build()
    if not isinstance(application, CrossingOff):
        raise TypeError("the builder made another kind of application")
    application.inbox_of = library.conversations
    application.turns = turns
    wire(application, desk)
    return application


def wire(application: CrossingOff, desk: Desk) -> None:
    """Say which handler answers what; the first that matches does, so order matters."""

    def on(handler: Handler) -> Callable[[Any, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
        return partial(handler, desk)

    # Only new messages: filters.TEXT alone would also take edits, channel posts, business and guest messages.
    new = filters.UpdateType.MESSAGE
    edits = filters.UpdateType.EDITED_MESSAGE & ~filters.IS_AUTOMATIC_FORWARD
    private, groups = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
    # A post that Telegram forwards from a linked channel is nobody's question.
    people = new & ~filters.IS_AUTOMATIC_FORWARD

    add = application.add_handler
    # Before everything else: who is not admitted, or comes when the house is full, comes no further.
    add(TypeHandler(Update, on(gate)), group=-1)

    add(CommandHandler("start", on(browsing.start), filters=people))
    add(CommandHandler("help", on(browsing.help_), filters=people))
    add(CommandHandler("reports", on(browsing.reports), filters=people))
    add(CommandHandler("scope", on(scoping.scope), filters=people))
    add(CommandHandler("history", on(personal.history), filters=people & private))
    add(CommandHandler("export", on(personal.export), filters=people))
    add(CommandHandler("watch", on(personal.watch), filters=people & private))
    add(CommandHandler("unwatch", on(personal.unwatch), filters=people & private))
    add(CommandHandler("ask", on(asking.command), filters=people))

    add(CommandHandler("settings", on(preferring.settings), filters=people))
    add(CommandHandler("privacy", on(preferring.privacy), filters=people))
    add(CommandHandler("forgetme", on(preferring.forget_me), filters=people))

    # The bot's administrators, in private; in a group they are asked to come there.
    add(CommandHandler("allow", on(admitting.allow), filters=people))
    add(CommandHandler("deny", on(admitting.deny), filters=people))
    add(CommandHandler("pair", on(admitting.pair), filters=people))
    add(CommandHandler("remove", on(uploading.remove), filters=people))
    add(CommandHandler("audit", on(uploading.audit), filters=people))
    add(CommandHandler("stats", on(counting.stats), filters=people))
    add(CommandHandler("unanswered", on(counting.unanswered), filters=people))
    add(MessageHandler(people & private & filters.Document.ALL, on(uploading.document)))

    add(MessageHandler(people & private & (filters.TEXT | filters.CAPTION) & ~filters.COMMAND, on(asking.question)))
    add(MessageHandler(people & groups & (filters.TEXT | filters.CAPTION) & ~filters.COMMAND, on(asking.in_group)))
    # Whatever else somebody sends in private: no one is left without an answer.
    add(MessageHandler(people & private & ~filters.StatusUpdate.ALL, on(browsing.unclear)))

    # An edited question edits its answer; filters.TEXT includes commands, of which only /ask asks.
    add(
        MessageHandler(
            edits & (private | groups) & (filters.TEXT | filters.CAPTION),
            on(asking.edited),
        )
    )

    # Where the bot is no member: a guest answers by its query and by nothing else.
    add(InlineQueryHandler(on(elsewhere.inline_query)))
    add(MessageHandler(filters.UpdateType.GUEST_MESSAGE, on(elsewhere.guest)))

    # Coming and going.
    add(ChatMemberHandler(on(membership.changed), ChatMemberHandler.MY_CHAT_MEMBER))
    add(MessageHandler(new & filters.StatusUpdate.MIGRATE, on(membership.migrated)))

    wire_buttons(application, desk)
    if application.job_queue:
        application.job_queue.run_repeating(partial(personal.look_over, desk), LOOK_OVER_SECONDS)
        application.job_queue.run_repeating(partial(tidying.daily, desk), tidying.DAY, first=60, name="daily")

    application.add_error_handler(partial(failing.error, desk))


def wire_buttons(application: CrossingOff, desk: Desk) -> None:
    """Say which handler answers which button, by the form of its data."""

    def on(handler: Handler) -> Callable[[Any, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
        return partial(handler, desk)

    add = application.add_handler
    add(CallbackQueryHandler(on(preferring.choose), pattern=preferring.SETTINGS_DATA))
    add(CallbackQueryHandler(on(preferring.forget), pattern=preferring.FORGET_DATA))
    add(CallbackQueryHandler(on(uploading.decide), pattern=uploading.UPLOAD_DATA))
    add(CallbackQueryHandler(on(uploading.removal), pattern=uploading.REMOVE_DATA))
    add(CallbackQueryHandler(on(asking.heading), pattern=browsing.HEADING_DATA))
    add(CallbackQueryHandler(on(asking.meant), pattern=asking.MEANT_DATA))
    add(CallbackQueryHandler(on(browsing.turn_reports), pattern=browsing.REPORTS_DATA))
    add(CallbackQueryHandler(on(browsing.open_reports), pattern=f"^{OPEN_REPORTS}$"))
    add(CallbackQueryHandler(on(browsing.open_card), pattern=browsing.CARD_DATA))
    add(CallbackQueryHandler(on(walking.turn_passage), pattern=walking.PASSAGE_DATA))
    add(CallbackQueryHandler(on(walking.turn_outline), pattern=walking.OUTLINE_DATA))
    add(CallbackQueryHandler(on(scoping.choose), pattern=scoping.SCOPE_DATA))
    add(CallbackQueryHandler(on(personal.turn_history), pattern=personal.HISTORY_DATA))
    add(CallbackQueryHandler(on(personal.export_as), pattern=personal.EXPORT_DATA))
    add(CallbackQueryHandler(on(personal.again), pattern=personal.AGAIN_DATA))
    add(CallbackQueryHandler(on(answering.vote), pattern=answering.VOTE_DATA))
    add(CallbackQueryHandler(on(answering.turn)))  # and whatever was made up: every press is answered
