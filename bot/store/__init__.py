"""The one package that touches files: records, media, the plugins' documents, and the journal of sends."""

from bot.store.documents import DocumentStore
from bot.store.files import RecordFiles
from bot.store.folder import DataFolder, Quarantined
from bot.store.index import Index, LiveConversation
from bot.store.journal import SendJournal
from bot.store.lock import DataInUse
from bot.store.media import MediaStore
from bot.store.records import TooNew, Unwritable
from bot.store.storage import DurableStorage
from bot.store.store import Store

__all__ = [
    "DataFolder",
    "DataInUse",
    "DocumentStore",
    "DurableStorage",
    "Index",
    "LiveConversation",
    "MediaStore",
    "Quarantined",
    "RecordFiles",
    "SendJournal",
    "Store",
    "TooNew",
    "Unwritable",
]
