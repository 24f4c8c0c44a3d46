"""Keys that agencies made for their systems: a hash, whose it is, until when, last used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.contracts.codes import Role
from shared.store.client import DESCENDING, Database, Document, UpdateOne
from shared.store.errors import translated

MOST_LISTED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """All that is kept of a key; the key itself is shown once and not kept."""

    sha256: str
    kind: str
    agency: str
    role: Role
    district: str
    label: str
    issued: datetime
    expires: datetime
    revoked: datetime | None = None
    last_used: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and self.expires > now


class ApiKeys:
    """The collection `api_keys`."""

    def __init__(self, database: Database) -> None:
        self._keys = database["api_keys"]

    async def add(self, key: StoredKey) -> None:
        """Keep a new key; DuplicateId when its hash stands already."""
        document: Document = {
            "_id": key.sha256,
            "kind": key.kind,
            "agency": key.agency,
            "role": key.role.value,
            "district": key.district,
            "label": key.label,
            "issued": key.issued,
            "expires": key.expires,
        }
        with translated():
            await self._keys.insert_one(document)

    async def of(self, district: str, agency: str | None = None) -> list[StoredKey]:
        """An agency's keys, or the whole district's: newest first, revoked ones too."""
        whose = {"district": district} | ({"agency": agency} if agency else {})
        with translated():
            found = self._keys.find(whose).sort("issued", DESCENDING).limit(MOST_LISTED)
            return [_key(row) for row in await found.to_list(None)]

    async def in_force(self, now: datetime) -> list[StoredKey]:
        """Every key that opens something."""
        wanted: Document = {"expires": {"$gt": now}, "revoked": {"$exists": False}}
        with translated():
            return [_key(row) for row in await self._keys.find(wanted).to_list(None)]

    async def revoke(self, sha256: str, now: datetime) -> bool:
        """Make a key worthless; whether it was not already."""
        with translated():
            done = await self._keys.update_one(
                {"_id": sha256, "revoked": {"$exists": False}}, {"$set": {"revoked": now}}
            )
        return bool(done.modified_count)

    async def used(self, when: Mapping[str, datetime]) -> None:
        """Remember when keys were used last."""
        writes: Sequence[UpdateOne] = [
            UpdateOne({"_id": sha256}, {"$max": {"last_used": moment}})
            for sha256, moment in when.items()
        ]
        with translated():
            await self._keys.bulk_write(writes, ordered=False)


def _key(row: Document) -> StoredKey:
    return StoredKey(
        sha256=row["_id"],
        kind=row["kind"],
        agency=row["agency"],
        role=Role(row["role"]),
        district=row["district"],
        label=row["label"],
        issued=row["issued"],
        expires=row["expires"],
        revoked=row.get("revoked"),
        last_used=row.get("last_used"),
    )
