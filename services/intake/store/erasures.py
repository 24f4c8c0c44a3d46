"""Concerns as the records officer meets them: of every agency; and the end of their keys."""

from shared.contracts.ids import ConcernId
from shared.store.client import Database
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream


class Erasures:
    """Finds concerns of a district whoever reported them, and destroys keys."""

    def __init__(self, concerns: Stream, keys: Database) -> None:
        self._concerns = concerns.collection
        self._keys = keys["data_keys"]

    async def any(self, concern_id: str, district: str) -> Loaded | None:
        """A concern of the district; the mark of a diverted report is none."""
        wanted = {"_id": concern_id, "district": district, "agency": {"$exists": True}}
        with translated():
            found = await self._concerns.find_one(wanted, {"outbox": 0})
        return None if found is None else Loaded.of(found)

    async def destroy_key(self, concern_id: ConcernId) -> None:
        """Nothing sealed with this key opens again, acknowledged by the majority."""
        with translated():
            await self._keys.delete_one({"_id": concern_id})
