"""The wrapped data keys as a rotation goes through them, and which processes open with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.intake.store.data_keys import DATA_KEYS
from shared.store.client import ASCENDING, Collection, Database, Document, UpdateOne
from shared.store.errors import translated

HOLDERS: Final = "holders"


class Kind(StrEnum):
    """What a data key is for: the collection it lies in."""

    CONCERN = DATA_KEYS
    CONTACT = "contacts"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One of a concern's data keys, or that of its contact, as it is kept."""

    kind: Kind
    id: str
    key: bytes

    @property
    def place(self) -> str:
        """What the key is bound to: a contact's opens nothing else of its concern."""
        return self.id if self.kind is Kind.CONCERN else f"{self.id}/contact"


class WrappedKeys:
    """The collections of keys, and `holders`, of the keys' database."""

    def __init__(self, keys: Database) -> None:
        self._keys: Mapping[Kind, Collection] = {kind: keys[kind.value] for kind in Kind}
        self._holders: Collection = keys[HOLDERS]

    async def others_than(
        self, master: str, kind: Kind, *, after: str, limit: int
    ) -> list[Wrapped]:
        """The next keys of the kind, by id, that this master key has not wrapped."""
        wanted: Document = {"under": {"$ne": master}, "_id": {"$gt": after}}
        with translated():
            found = self._keys[kind].find(wanted, {"key": 1}).sort("_id", ASCENDING)
            rows = await found.limit(limit).to_list(None)
        return [Wrapped(kind, row["_id"], bytes(row["key"])) for row in rows]

    async def count_others_than(self, master: str) -> int:
        """How many keys this master key has not wrapped."""
        wanted = {"under": {"$ne": master}}
        with translated():
            counts = [await keys.count_documents(wanted) for keys in self._keys.values()]
        return sum(counts)

    async def replace(self, keys: Sequence[tuple[Wrapped, bytes]], master: str) -> None:
        """Put each key's new form in place of the old; one that is gone or other stays so."""
        for kind, kept in self._keys.items():
            writes = [
                UpdateOne({"_id": old.id, "key": old.key}, {"$set": {"key": new, "under": master}})
                for old, new in keys
                if old.kind is kind
            ]
            if writes:
                with translated():
                    await kept.bulk_write(writes, ordered=False)

    async def announce(self, holder: str, masters: Sequence[str], now: datetime) -> None:
        """This process opens with these master keys."""
        told = {"masters": list(masters), "seen": now}
        with translated():
            await self._holders.replace_one({"_id": holder}, told, upsert=True)

    async def leave(self, holder: str) -> None:
        """This process is no more."""
        with translated():
            await self._holders.delete_one({"_id": holder})

    async def holders(self, since: datetime) -> Mapping[str, Sequence[str]]:
        """The processes that were seen since then, and which master keys they open with."""
        with translated():
            await self._holders.delete_many({"seen": {"$lt": since}})
            rows = await self._holders.find().to_list(None)
        return {row["_id"]: row["masters"] for row in rows}
