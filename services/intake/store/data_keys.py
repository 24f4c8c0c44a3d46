"""The data keys of the concerns' texts, in a database of their own: read, let go, destroyed, swept.

A concern's first key has the concern's id. Whenever its texts change, all that stand are sealed
anew under a later key, `<concern id>#<generation>`; the concern names the generation, and the key
before is destroyed. A key that its concern does not name opens nothing that stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from services.intake.store.disposal import SEALED
from shared.contracts.ids import ConcernId
from shared.store.client import Collection, Database, Document
from shared.store.errors import DuplicateId, translated
from shared.store.group_commit import GroupCommit
from shared.store.stream import Stream

MANY: Final = 1000
DATA_KEYS: Final = "data_keys"
TEXTS, GENERATION = "vault", "vault_key"
_AFTER_ID, _PAST_ALL = "#", "$"  # the one character follows the other


def key_id(concern_id: str, generation: str | None) -> str:
    """Under which id a concern's key is kept; the first one has no generation."""
    return f"{concern_id}{_AFTER_ID}{generation}" if generation else concern_id


def concern_of(key: str) -> str:
    """The concern a key belongs to."""
    return key.partition(_AFTER_ID)[0]


def keys_of(concern_id: str) -> Document:
    """What the ids of a concern's keys are, the first and every later one."""
    return {"$gte": concern_id, "$lt": f"{concern_id}{_PAST_ALL}"}


def kept_key(key_id: str, key: bytes, now: datetime, *, under: str) -> Document:
    """A wrapped key as it is kept; `under` names the master key that wrapped it."""
    return {"_id": key_id, "key": key, "written": now, "under": under}


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed texts of a concern by field, and the id of the key they are under."""

    concern_id: ConcernId
    key: str
    texts: Mapping[str, bytes]

    @classmethod
    def of(cls, concern_id: str, document: Document) -> Self:
        """As the concern's document has them."""
        key = key_id(concern_id, document.get(GENERATION))
        return cls(ConcernId(concern_id), key, document.get(TEXTS) or {})

    def only(self, *fields: str) -> Self:
        """Those of these fields."""
        return replace(
            self, texts={name: self.texts[name] for name in fields if name in self.texts}
        )


class DataKeys:
    """The keys that stand; `stream` is for who stores one and what it sealed in one go."""

    def __init__(self, concerns: Stream, keys: Database) -> None:
        self.stream = Stream(keys[DATA_KEYS], source=concerns.source)
        self._concerns = concerns.collection
        self._keys: Collection = self.stream.collection
        self._new = GroupCommit(self.stream)

    async def prepare(self) -> None:
        """Make the index; harmless to repeat."""
        with translated():
            await self._keys.create_index("written", name="unsettled", sparse=True)

    async def stop(self) -> None:
        """Finish what is being written."""
        await self._new.stop()

    async def add(self, key_id: str, key: bytes, now: datetime, *, under: str = "") -> bytes:
        """Store a data key; answers the one that stands, should there be one already.

        `under` names the master key that wrapped it. `now` and the sweep's `before` are told by
        the wall clock, never by a demo's.
        """
        while True:
            try:
                await self._new.insert(kept_key(key_id, key, now, under=under))
            except DuplicateId:
                standing = await self._touch(key_id, now)
                if standing is not None:
                    return standing
            else:
                return key

    async def _touch(self, key_id: str, now: datetime) -> bytes | None:
        """The key that stands, kept from the sweep from now on; None when it was just swept."""
        with translated():
            found = await self._keys.find_one_and_update(
                {"_id": key_id}, {"$max": {"written": now}}
            )
        return None if found is None else bytes(found["key"])

    async def of(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The keys of these ids that stand; a destroyed one is not among them."""
        with translated():
            rows = await self._keys.find({"_id": {"$in": list(ids)}}, {"key": 1}).to_list(None)
        return {row["_id"]: bytes(row["key"]) for row in rows}

    async def any_of(self, concern_id: str) -> bool:
        """Whether any key of a concern stands."""
        with translated():
            return await self._keys.find_one({"_id": keys_of(concern_id)}, {"_id": 1}) is not None

    async def unsettle(self, key: str, now: datetime) -> None:
        """Let the sweep look at a key again, an hour from now: its concern may name another."""
        with translated():
            await self._keys.update_one({"_id": key}, {"$set": {"written": now}})

    async def destroy(self, key: str) -> None:
        """Nothing sealed with this key opens again, acknowledged by the majority."""
        with translated():
            await self._keys.delete_one({"_id": key})

    async def destroy_all_of(self, concern_id: str) -> None:
        """As `destroy`, every key of a concern: those of what broke off too."""
        with translated():
            await self._keys.delete_many({"_id": keys_of(concern_id)})

    async def sweep(self, before: datetime) -> int:
        """Destroy keys written or let go before then under which no concern has a sealed text."""
        swept = 0
        old: Document = {"written": {"$lt": before}}
        with translated():
            while rows := await self._keys.find(old, {"_id": 1}).limit(MANY).to_list(MANY):
                ids = {row["_id"] for row in rows}
                standing = ids & await self._named({concern_of(one) for one in ids})
                await self._keys.update_many(
                    {"_id": {"$in": list(standing)}} | old, {"$unset": {"written": ""}}
                )
                done = await self._keys.delete_many({"_id": {"$in": list(ids - standing)}} | old)
                swept += done.deleted_count
        return swept

    async def _named(self, concern_ids: set[str]) -> set[str]:
        """The keys that these concerns' sealed texts are under."""
        sealed = {"_id": {"$in": list(concern_ids)}} | SEALED
        rows = await self._concerns.find(sealed, {GENERATION: 1}).to_list(None)
        return {key_id(row["_id"], row.get(GENERATION)) for row in rows}
