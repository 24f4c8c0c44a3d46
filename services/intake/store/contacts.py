"""How to reach residents who want an answer: sealed, in the database of the vault's keys.

A contact and its data key are one document there, apart from everything that is shown, exported or
counted: one write keeps it and one delete forgets it, and it follows that database's short backups.
`{_id: concern id, key: wrapped, sealed, expires, written}`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.domain.life import OVER
from shared.store.client import Collection, Document
from shared.store.errors import translated

MANY: Final = 1000
NEEDING: Final[Document] = {
    "agency": {"$exists": True},
    "state.status": {"$nin": sorted(status.value for status in OVER)},
}


@dataclass(frozen=True, slots=True)
class SealedContact:
    """A contact nobody can read without the master key."""

    key: bytes
    sealed: bytes


class SealedContacts:
    """The contacts of concerns, by the concern's id."""

    def __init__(self, contacts: Collection, concerns: Collection) -> None:
        self._contacts = contacts
        self._concerns = concerns

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        with translated():
            await self._contacts.create_index("expires", name="expires")
            await self._contacts.create_index("written", name="unsettled", sparse=True)

    async def put(
        self, concern_id: str, contact: SealedContact, *, expires: datetime, written: datetime
    ) -> None:
        """Keep a concern's contact, in place of one that was sent before.

        `expires` is told by the reports' clock, `written` by the wall clock.
        """
        kept = {"key": contact.key, "sealed": contact.sealed}
        with translated():
            await self._contacts.replace_one(
                {"_id": concern_id}, kept | {"expires": expires, "written": written}, upsert=True
            )

    async def get(self, concern_id: str) -> SealedContact | None:
        """A concern's contact, while it is kept."""
        with translated():
            row = await self._contacts.find_one({"_id": concern_id}, {"key": 1, "sealed": 1})
        return None if row is None else SealedContact(bytes(row["key"]), bytes(row["sealed"]))

    async def shorten(self, concern_id: str, expires: datetime) -> None:
        """Let a contact end by then, if it would end later."""
        with translated():
            await self._contacts.update_one({"_id": concern_id}, {"$min": {"expires": expires}})

    async def unsettle(self, concern_id: str) -> None:
        """Let the sweep look at a contact again, an hour from now by the database's clock."""
        with translated():
            await self._contacts.update_one(
                {"_id": concern_id}, {"$currentDate": {"written": True}}
            )

    async def forget(self, concern_id: str) -> bool:
        """Destroy a concern's contact; whether there was one."""
        with translated():
            done = await self._contacts.delete_one({"_id": concern_id})
        return bool(done.deleted_count)

    async def forget_expired(self, now: datetime) -> int:
        """Destroy contacts past their last day."""
        with translated():
            done = await self._contacts.delete_many({"expires": {"$lte": now}})
        return int(done.deleted_count)

    async def forget_orphans(self, before: datetime) -> int:
        """Destroy contacts written before then that no concern needs.

        It never came to stand, is over, or was diverted: of that one only a mark without an agency.
        """
        swept = 0
        old = {"written": {"$lt": before}}
        with translated():
            while rows := await self._contacts.find(old, {"_id": 1}).limit(MANY).to_list(None):
                ids = [row["_id"] for row in rows]
                standing = await self._concerns.distinct("_id", {"_id": {"$in": ids}} | NEEDING)
                await self._contacts.update_many(
                    {"_id": {"$in": standing}} | old, {"$unset": {"written": ""}}
                )
                orphans = list(set(ids) - set(standing))
                done = await self._contacts.delete_many({"_id": {"$in": orphans}} | old)
                swept += done.deleted_count
        return swept
