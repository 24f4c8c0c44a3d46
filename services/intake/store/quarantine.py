"""Concerns as the desk sees them: what waits in quarantine, and any concern of the district."""

from typing import Final

from shared.contracts.codes import ConcernState
from shared.store.client import ASCENDING, Document
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream

WAITING: Final[Document] = {"state.status": ConcernState.QUARANTINED.value}
WITHOUT_TEXT: Final = {"outbox": 0, "vault": 0}


class Quarantined:
    """The concerns of every agency, by district."""

    def __init__(self, concerns: Stream) -> None:
        self._concerns = concerns.collection

    async def prepare(self) -> None:
        """Make the index; harmless to repeat. Only what waits is in it."""
        with translated():
            await self._concerns.create_index(
                [("district", ASCENDING), ("registered_at", ASCENDING), ("_id", ASCENDING)],
                name="quarantined",
                partialFilterExpression=WAITING,
            )

    async def waiting(self, district: str, *, skip: int, limit: int) -> tuple[list[Loaded], int]:
        """A page of what waits, the longest waiting first, and how much waits in all."""
        wanted = WAITING | {"district": district}
        order = [("registered_at", ASCENDING), ("_id", ASCENDING)]
        with translated():
            rows = self._concerns.find(wanted, WITHOUT_TEXT).sort(order)
            found = await rows.skip(skip).limit(limit).to_list(None)
            total = await self._concerns.count_documents(wanted)
        return [Loaded.of(row) for row in found], total

    async def any(self, concern_id: str, district: str) -> Loaded | None:
        """A concern of the district, whoever reported it; the mark of a diverted one is none."""
        wanted = {"_id": concern_id, "district": district, "agency": {"$exists": True}}
        with translated():
            found = await self._concerns.find_one(wanted, {"outbox": 0})
        return None if found is None else Loaded.of(found)
