"""Reports, passages and conversations in SQLite; all SQL is in this package."""

from corpus.store.admissions import Admissions
from corpus.store.chats import Chats, Preferences
from corpus.store.conversations import Conversations, KeptAnswer
from corpus.store.database import Database
from corpus.store.reports import Holding, Reports

__all__ = ["Admissions", "Chats", "Conversations", "Database", "Holding", "KeptAnswer", "Preferences", "Reports"]
