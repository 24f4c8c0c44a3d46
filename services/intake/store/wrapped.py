"""The wrapped data keys as a rotation goes through them, and which processes open with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.contracts.ids import ConcernId
from shared.store.client import ASCENDING, Collection, Database, Document, UpdateOne
from shared.store.errors import translated

HOLDERS: Final = "holders"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A concern's data key as it is kept."""

    concern_id: ConcernId
    key: bytes


class WrappedKeys:
    """The collections `data_keys` and `holders` of the keys' database."""

    def __init__(self, keys: Database) -> None:
        self._keys: Collection = keys["data_keys"]
        self._holders: Collection = keys[HOLDERS]

    async def others_than(self, master: str, *, after: str, limit: int) -> list[Wrapped]:
        """The next keys, by id, that this master key has not wrapped."""
        wanted: Document = {"under": {"$ne": master}, "_id": {"$gt": after}}
        with translated():
            rows = await self._keys.find(wanted).sort("_id", ASCENDING).limit(limit).to_list(None)
        return [Wrapped(ConcernId(row["_id"]), bytes(row["key"])) for row in rows]

    async def count_others_than(self, master: str) -> int:
        """How many keys this master key has not wrapped."""
        with translated():
            return await self._keys.count_documents({"under": {"$ne": master}})

    async def replace(self, keys: Sequence[tuple[Wrapped, bytes]], master: str) -> None:
        """Put each key's new form in place of the old; one that is gone or other stays so."""
        writes = [
            UpdateOne(
                {"_id": old.concern_id, "key": old.key}, {"$set": {"key": new, "under": master}}
            )
            for old, new in keys
        ]
        if writes:
            with translated():
                await self._keys.bulk_write(writes, ordered=False)

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
