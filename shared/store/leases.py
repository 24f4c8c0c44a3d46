"""Leases: which of several replicas does a piece of work. Counted on the server's clock only."""

from typing import Final

from shared.store.client import Collection, Database, Document
from shared.store.errors import DuplicateId, translated

COLLECTION: Final = "leases"
SECONDS: Final = 5.0


class Leases:
    """The leases of one service as `owner` sees them; one document per shard."""

    def __init__(self, database: Database, owner: str, *, seconds: float = SECONDS) -> None:
        self._leases: Collection = database[COLLECTION]
        self._owner = owner
        self.seconds = seconds

    async def hold(self, shard: str) -> bool:
        """Take or prolong the lease; False while somebody else has it."""
        mine_or_run_out: Document = {
            "_id": shard,
            "$or": [{"owner": self._owner}, {"$expr": {"$lt": ["$until", "$$NOW"]}}],
        }
        until: Document = {"$add": ["$$NOW", int(self.seconds * 1000)]}
        change: list[Document] = [{"$set": {"owner": self._owner, "until": until}}]
        try:
            with translated():
                await self._leases.update_one(mine_or_run_out, change, upsert=True)
        except DuplicateId:
            return False
        return True

    async def release(self, shard: str) -> None:
        """Give the lease back at once, if it is ours."""
        with translated():
            await self._leases.delete_one({"_id": shard, "owner": self._owner})
