"""API keys: made once, stored as a SHA-256, found again until they expire.

A key is 43 random characters (256 bits), so a plain hash is enough: there is nothing to guess.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via

_WRITTEN = re.compile(r"sml_(?:test|team|live)_[A-Za-z0-9_-]{43}")


class KeyKind(StrEnum):
    """Who can really be reached with what a key does."""

    TEST = "test"
    TEAM = "team"
    LIVE = "live"


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


class KeyRecord(BaseModel):
    """What is kept of a key: everything but the key. A time without a zone is in UTC.

    Attributes:
        reads_texts: as of `Principal`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    kind: KeyKind
    agency: AgencyCode
    role: Role
    district: DistrictCode
    label: str = ""
    expires: Annotated[datetime, AfterValidator(_zoned)]
    reads_texts: bool = True

    def principal(self) -> Principal:
        """The one who holds the key."""
        return Principal(
            district=self.district,
            agency=self.agency,
            role=self.role,
            via=Via.KEY,
            reads_texts=self.reads_texts,
        )


class KeyRing(Protocol):
    """Knows the keys that are in force."""

    def find(self, plaintext: str, now: datetime) -> Principal | None:
        """Who holds this key, if it is known and has not expired."""
        ...


def issue(
    kind: KeyKind | str,
    agency: str,
    role: Role,
    district: str,
    days: int,
    now: datetime | None = None,
) -> tuple[str, KeyRecord]:
    """A new key (shown once) and what is kept of it; it expires `days` after `now`."""
    known = KeyKind(kind)
    plaintext = f"sml_{known}_{secrets.token_urlsafe(32)}"
    record = KeyRecord(
        sha256=digest(plaintext),
        kind=known,
        agency=AgencyCode(agency),
        role=role,
        district=DistrictCode(district),
        expires=(now or datetime.now(UTC)) + timedelta(days=days),
    )
    return plaintext, record


def digest(plaintext: str) -> str:
    """The SHA-256 a key is kept as."""
    return hashlib.sha256(plaintext.encode()).hexdigest()


def looks_like_key(text: str) -> bool:
    """Whether the text is written as our keys are."""
    return _WRITTEN.fullmatch(text) is not None


class RecordKeyRing:
    """A key ring over records in memory."""

    def __init__(self, records: Sequence[KeyRecord] = ()) -> None:
        self._by_digest = {record.sha256: record for record in records}

    def find(self, plaintext: str, now: datetime) -> Principal | None:
        """Who holds this key, if it is known and has not expired."""
        if not looks_like_key(plaintext):
            return None
        record = self._by_digest.get(digest(plaintext))
        return record.principal() if record is not None and record.expires > now else None


class FileKeyRing:
    """A key ring over a JSON file `{"keys": [...]}`; read again when the file has changed.

    A file that is away or broken has no keys: everybody is refused until it is whole again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._ring = RecordKeyRing()

    def find(self, plaintext: str, now: datetime) -> Principal | None:
        """Who holds this key, if it is known and has not expired."""
        self._refresh()
        return self._ring.find(plaintext, now)

    def _refresh(self) -> None:
        try:
            stat = self._path.stat()
        except OSError:
            self._seen, self._ring = None, RecordKeyRing()
            return
        if self._seen != (stat.st_mtime_ns, stat.st_size):
            self._ring = RecordKeyRing(_read_or_none(self._path))
            self._seen = (stat.st_mtime_ns, stat.st_size)


def read_records(path: Path) -> list[KeyRecord]:
    """The records in a key file; ValueError when it is broken."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [KeyRecord.model_validate(record) for record in content["keys"]]


def write_records(path: Path, records: Sequence[KeyRecord]) -> None:
    """Write a key file in one step, readable by its owner alone."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    keys = [record.model_dump(mode="json") for record in records]
    fresh.write_text(json.dumps({"keys": keys}, indent=1), encoding="utf-8")
    fresh.replace(path)


def _read_or_none(path: Path) -> list[KeyRecord]:
    try:
        return read_records(path)
    except (OSError, ValueError, KeyError, TypeError):
        return []
