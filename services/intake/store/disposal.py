"""What is old enough to be disposed of, by kind; and the end of what is no concern."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from services.intake.domain.disposal import Kind
from shared.contracts.codes import ConcernState
from shared.store.client import ASCENDING, Collection, Database, Document
from shared.store.errors import translated

SEALED: Final[Document] = {"vault": {"$gt": {}}}  # an object that is not empty
STATE_OF: Final[dict[Kind, ConcernState]] = {
    Kind.NARRATIVE: ConcernState.REGISTERED,
    Kind.QUARANTINED: ConcernState.QUARANTINED,
    Kind.REJECTED: ConcernState.REJECTED,
    Kind.WITHDRAWN: ConcernState.WITHDRAWN,
}
OF_KIND: Final[dict[Kind, Document]] = {
    kind: {"state.status": state.value} | ({} if kind is Kind.WITHDRAWN else SEALED)
    for kind, state in STATE_OF.items()
}
MANY: Final = 1_000


class Disposals:
    """Finds by the day something came in, in one district."""

    def __init__(self, concerns: Collection, imports: Collection, contacts: Collection) -> None:
        self._concerns = concerns
        self._imports = imports
        self._contacts = contacts

    @classmethod
    def of(cls, database: Database, keys: Database) -> "Disposals":
        """In these databases."""
        return cls(database["concerns"], database["concern_imports"], keys["contacts"])

    async def prepare(self) -> None:
        """Make the index; harmless to repeat. Only what has sealed texts is in it."""
        with translated():
            await self._concerns.create_index(
                [("district", ASCENDING), ("registered_at", ASCENDING)],
                name="sealed",
                partialFilterExpression=SEALED,
            )

    async def concerns(
        self, kind: Kind, district: str, before: datetime, *, limit: int
    ) -> tuple[list[str], int]:
        """The oldest concerns of the kind that are due, and how many are."""
        wanted = OF_KIND[kind] | {"district": district, "registered_at": {"$lte": before}}
        with translated():
            found = self._concerns.find(wanted, {"_id": 1}).sort("registered_at", ASCENDING)
            rows = await found.limit(limit).to_list(limit)
            due = await self._concerns.count_documents(wanted)
        return [row["_id"] for row in rows], due

    async def contacts(
        self, district: str, before: datetime, *, limit: int
    ) -> tuple[list[str], int]:
        """The concerns that are due and whose contact is kept, and how many are."""
        due = [
            row["_id"]
            async for ids in self._contact_ids()
            for row in await self._came_before(ids, district, before)
        ]
        return due[:limit], len(due)

    async def _contact_ids(self) -> AsyncIterator[Sequence[str]]:
        after = ""
        while True:
            with translated():
                found = self._contacts.find({"_id": {"$gt": after}}, {"_id": 1})
                rows = await found.sort("_id", ASCENDING).limit(MANY).to_list(MANY)
            if not rows:
                return
            yield [row["_id"] for row in rows]
            after = rows[-1]["_id"]

    async def _came_before(
        self, ids: Sequence[str], district: str, before: datetime
    ) -> list[Document]:
        wanted = {"_id": {"$in": ids}, "district": district, "registered_at": {"$lte": before}}
        with translated():
            return await self._concerns.find(wanted, {"_id": 1}).to_list(None)

    async def forget_contact(self, concern_id: str) -> None:
        """Destroy a concern's contact with its key."""
        with translated():
            await self._contacts.delete_one({"_id": concern_id})

    async def imports(self, district: str, before: datetime) -> int:
        """How many reports of imports are due."""
        with translated():
            return await self._imports.count_documents(
                {"district": district, "at": {"$lte": before}}
            )

    async def forget_imports(self, district: str, before: datetime) -> int:
        """Remove the reports of imports that are due."""
        wanted = {"district": district, "at": {"$lte": before}}
        with translated():
            done = await self._imports.delete_many(wanted)
        return int(done.deleted_count)
