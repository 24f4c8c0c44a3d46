"""Leases: which of several replicas does a piece of work. Counted on the server's clock only."""

from datetime import UTC, datetime
from time import monotonic
from typing import Final

from pymongo import ReturnDocument

from shared.store.client import Collection, Database, Document
from shared.store.errors import DuplicateId, translated

COLLECTION: Final = "leases"
SECONDS: Final = 5.0
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Leases:
    """The leases of one service as `owner` sees them; one document per shard."""

    def __init__(self, database: Database, owner: str, *, seconds: float = SECONDS) -> None:
        self._leases: Collection = database[COLLECTION]
        self._owner = owner
        self.seconds = seconds
        self._prolonged: dict[str, float] = {}

    async def hold(self, shard: str) -> bool:
        """Take or prolong the lease; False while somebody else has it.

        Asks the server once in a third of the lease's time and otherwise remembers.
        """
        now = monotonic()
        if now < self._prolonged.get(shard, 0.0):
            return True
        held = await self._take(shard)
        self._prolonged[shard] = now + self.seconds / 3 if held else 0.0
        return held

    async def _take(self, shard: str) -> bool:
        free: Document = {
            "$or": [
                {"$eq": ["$owner", {"$literal": self._owner}]},
                {"$lt": [{"$ifNull": ["$until", _LONG_AGO]}, "$$NOW"]},
            ]
        }
        until: Document = {"$add": ["$$NOW", int(self.seconds * 1000)]}
        change: list[Document] = [
            {"$set": {"free": free}},
            {
                "$set": {
                    "owner": {"$cond": ["$free", {"$literal": self._owner}, "$owner"]},
                    "until": {"$cond": ["$free", until, "$until"]},
                }
            },
            {"$unset": "free"},
        ]
        try:
            with translated():
                standing = await self._leases.find_one_and_update(
                    {"_id": shard}, change, upsert=True, return_document=ReturnDocument.AFTER
                )
        except DuplicateId:
            return False  # somebody made it in the same moment
        return bool(standing and standing["owner"] == self._owner)

    async def release(self, shard: str) -> None:
        """Give the lease back at once, if it is ours; one never had costs no question."""
        if self._prolonged.pop(shard, 0.0):
            with translated():
                await self._leases.delete_one({"_id": shard, "owner": self._owner})
