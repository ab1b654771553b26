"""Reports, passages and conversations in SQLite; all SQL is in this package."""

from corpus.store.conversations import Conversations, KeptAnswer
from corpus.store.database import Database
from corpus.store.outlines import Entry, Outlines
from corpus.store.reports import Holding, Reports
from corpus.store.scopes import Chosen, Scopes
from corpus.store.votes import Ballots, Votes
from corpus.store.watches import Watch, Watches

__all__ = [
    "Ballots",
    "Chosen",
    "Conversations",
    "Database",
    "Entry",
    "Holding",
    "KeptAnswer",
    "Outlines",
    "Reports",
    "Scopes",
    "Votes",
    "Watch",
    "Watches",
]
