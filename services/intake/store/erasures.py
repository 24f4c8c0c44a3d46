"""Concerns as the records officer meets them: of every agency; and the end of their keys."""

from datetime import datetime
from typing import Final

from shared.contracts.ids import ConcernId
from shared.store.client import ASCENDING, Database, Document
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream

MOST: Final = 50


class Erasures:
    """Finds concerns of a district whoever reported them, and destroys keys."""

    def __init__(self, concerns: Stream, keys: Database) -> None:
        self._concerns = concerns.collection
        self._keys = keys["data_keys"]

    async def by_own_number(self, agency: str, number: str, district: str) -> list[Loaded]:
        """The agency's concerns under this number of its own, oldest first; one more than most."""
        return await self._all({"agency": agency, "state.external_reference": number}, district)

    async def by_receipt(self, digest: str, district: str) -> list[Loaded]:
        """The concern whose receipt carries this reference."""
        return await self._all({"receipt": digest}, district)

    async def _all(self, wanted: Document, district: str) -> list[Loaded]:
        with translated():
            rows = self._concerns.find(wanted | {"district": district}, {"outbox": 0})
            found = await rows.sort("registered_at", ASCENDING).limit(MOST + 1).to_list(None)
        return [Loaded.of(row) for row in found]

    async def destroy_key(self, concern_id: ConcernId) -> None:
        """Nothing sealed with this key opens again, acknowledged by the majority."""
        with translated():
            await self._keys.delete_one({"_id": concern_id})

    async def leave_key(self, concern_id: ConcernId, mark: str, now: datetime) -> None:
        """Say that the last text of this key is about to go; the sweep looks at it again."""
        with translated():
            await self._keys.update_one(
                {"_id": concern_id}, {"$set": {"written": now, "left": mark}}
            )

    async def destroy_left_key(self, concern_id: ConcernId, mark: str) -> None:
        """Destroy a key that was left, unless something was sealed with it since."""
        with translated():
            await self._keys.delete_one({"_id": concern_id, "left": mark})
