"""Telegram, played inside the process: people, chats, messages, buttons, and a Bot API in front of them.

``OfflineTelegram`` is the world; ``OfflineTelegram.request()`` is what python-telegram-bot talks to instead of the
network. ``yinju chat`` and the tests run the real Application on it::

    world = OfflineTelegram()
    application = Application.builder().token(world.token).request(world.request()).get_updates_request(world.request())
    ...
    world.watch(application)
    reader = world.person("小王")
    await world.say("凤翔区督查发现了多少个问题", user=reader)
    await world.quiet()
    print(world.messages(world.private(reader))[-1].text)
"""

from bot.offline.entities import Entity
from bot.offline.faults import Fault, LostConnection
from bot.offline.nouns import Button, Call, CallbackQuery, Chat, Event, File, GuestQuery, InlineQuery, Message, User
from bot.offline.people import OfflineTelegram

__all__ = [
    "Button",
    "Call",
    "CallbackQuery",
    "Chat",
    "Entity",
    "Event",
    "Fault",
    "File",
    "GuestQuery",
    "InlineQuery",
    "LostConnection",
    "Message",
    "OfflineTelegram",
    "User",
]
