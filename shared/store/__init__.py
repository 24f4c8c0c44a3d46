"""Where a service keeps its documents: MongoDB, through one driver, with answers in our words."""

from shared.store.client import (
    ASCENDING,
    DESCENDING,
    Client,
    Collection,
    Database,
    Document,
    InsertOne,
    ReplaceOne,
    Session,
    UpdateOne,
    connect,
    of_one_moment,
)
from shared.store.errors import (
    Conflict,
    DuplicateId,
    Rejected,
    StoreError,
    Unavailable,
    WriteUncertain,
    translated,
)

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Client",
    "Collection",
    "Conflict",
    "Database",
    "Document",
    "DuplicateId",
    "InsertOne",
    "Rejected",
    "ReplaceOne",
    "Session",
    "StoreError",
    "Unavailable",
    "UpdateOne",
    "WriteUncertain",
    "connect",
    "of_one_moment",
    "translated",
]
