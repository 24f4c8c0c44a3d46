"""Keys that agencies made for their systems: a hash, whose it is, until when, last used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts.codes import Role
from shared.store.client import ASCENDING, DESCENDING, Database, Document, UpdateOne
from shared.store.errors import translated

_ORDER = [("issued", DESCENDING), ("_id", ASCENDING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """All that is kept of a key; the key itself is shown once and not kept.

    Attributes:
        reads_texts: whether who made it may read the agency's texts; not so for a key of old.
    """

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
    reads_texts: bool = False

    @property
    def ordered(self) -> tuple[str, str, Role, str, str, timedelta]:
        """What was ordered; the same for the same order."""
        length = self.expires - self.issued
        return (self.kind, self.agency, self.role, self.district, self.label, length)

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
            "reads_texts": key.reads_texts,
        }
        with translated():
            await self._keys.insert_one(document)

    async def page(
        self, district: str, agency: str | None, *, skip: int, limit: int
    ) -> tuple[list[StoredKey], int]:
        """Some of an agency's keys, or the district's, and how many: newest first, revoked too."""
        whose = _whose(district, agency)
        with translated():
            found = self._keys.find(whose).sort(_ORDER).skip(skip).limit(limit)
            rows = await found.to_list(None)
            return [_key(row) for row in rows], await self._keys.count_documents(whose)

    async def named(self, district: str, agency: str | None, fingerprint: str) -> StoredKey | None:
        """The one key of theirs whose hash begins so."""
        begins = {"_id": {"$gte": fingerprint, "$lt": f"{fingerprint}g"}}  # hexadecimal
        with translated():
            rows = await self._keys.find(_whose(district, agency) | begins).to_list(2)
        return _key(rows[0]) if len(rows) == 1 else None

    async def count_in_force(self, district: str, agency: str, now: datetime) -> int:
        """How many keys of an agency open something."""
        with translated():
            return await self._keys.count_documents(_whose(district, agency) | _in_force(now))

    async def in_force(self, now: datetime) -> list[StoredKey]:
        """Every key that opens something."""
        with translated():
            return [_key(row) for row in await self._keys.find(_in_force(now)).to_list(None)]

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


def _whose(district: str, agency: str | None) -> Document:
    return {"district": district} | ({"agency": agency} if agency else {})


def _in_force(now: datetime) -> Document:
    return {"expires": {"$gt": now}, "revoked": {"$exists": False}}


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
        reads_texts=row.get("reads_texts", False),
    )
