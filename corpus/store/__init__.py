"""Reports, passages and conversations in SQLite; all SQL is in this package."""

from corpus.store.admissions import Admissions
from corpus.store.chats import Chats, Preferences
from corpus.store.coinages import Coinages
from corpus.store.conversations import Conversations, KeptAnswer
from corpus.store.database import Database
from corpus.store.feed import Feed
from corpus.store.figures import Figures
from corpus.store.forgetting import Forgetting
from corpus.store.ledger import Ledger
from corpus.store.outlines import Entry, Outlines
from corpus.store.passages import Passages
from corpus.store.readings import Member, Readings
from corpus.store.reports import Holding, Reports
from corpus.store.scopes import Chosen, Scopes
from corpus.store.uploads import Upload, Uploads
from corpus.store.votes import Ballots, Votes
from corpus.store.watches import Watch, Watches
from corpus.store.wordings import Compared, OutOfDate, WordingStore

__all__ = [
    "Admissions",
    "Ballots",
    "Chats",
    "Chosen",
    "Coinages",
    "Compared",
    "Conversations",
    "Database",
    "Entry",
    "Feed",
    "Figures",
    "Forgetting",
    "Holding",
    "KeptAnswer",
    "Ledger",
    "Member",
    "OutOfDate",
    "Outlines",
    "Passages",
    "Preferences",
    "Readings",
    "Reports",
    "Scopes",
    "Upload",
    "Uploads",
    "Votes",
    "Watch",
    "Watches",
    "WordingStore",
]
