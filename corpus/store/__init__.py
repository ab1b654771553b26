"""Reports, passages and conversations in SQLite; all SQL is in this package."""

from corpus.store.admissions import Admissions
from corpus.store.chats import Chats, Preferences
from corpus.store.conversations import Conversations, KeptAnswer
from corpus.store.database import Database
from corpus.store.forgetting import Forgetting
from corpus.store.reports import Holding, Reports
from corpus.store.uploads import Upload, Uploads

__all__ = [
    "Admissions",
    "Chats",
    "Conversations",
    "Database",
    "Forgetting",
    "Holding",
    "KeptAnswer",
    "Preferences",
    "Reports",
    "Upload",
    "Uploads",
]
