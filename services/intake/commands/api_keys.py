"""Keys agencies make for their systems: issued once, known at once here, within seconds elsewhere.

They open intake's doors only; keys for the whole of Samlad are the operator's (`samlad keys`).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.commands.trail import Act, Line, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.api_keys import (
    MOST_IN_FORCE,
    SEES_ALL,
    TOO_MANY,
    KeyOrder,
    ordered_for,
)
from services.intake.store import Store
from services.intake.store.api_keys import StoredKey
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.refusal import Refusal, Refused
from shared.security.keys import KeyKind, KeyRecord, KeyRing, RecordKeyRing, digest, issue
from shared.security.roles import Principal
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock

EVERY_SECONDS: Final = 2.0
FINGERPRINT: Final = 12  # characters of its hash that name a key to people
BROKEN_OFF: Final = Refusal(
    "KEYS.BROKEN_OFF",
    "Beställningen bröts av och gav ingen nyckel. Beställ igen.",
    "The order was broken off and made no key. Order again.",
)

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key, to be shown this once; without its text when the same order was repeated."""

    key: StoredKey
    plaintext: str | None


class AgencyKeys:
    """Knows the operator's keys and the agencies' own; a key ring, and the commands on the latter.

    While MongoDB is away the keys known last go on; so do revoked ones that this process has not
    heard of, for as long.
    """

    def __init__(
        self,
        store: Store,
        others: KeyRing,
        vault: Vault,
        *,
        district: District,
        trail: Trail,
        wall: Clock,
    ) -> None:
        self._store = store
        self._vault = vault
        self._others = others
        self._district = district
        self._trail = trail
        self._wall = wall
        self._ring = RecordKeyRing()
        self._used: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    # A key ring

    def find(self, plaintext: str, now: datetime) -> Principal | None:
        """Who holds this key, if it is known and has not expired."""
        found = self._others.find(plaintext, now)
        if found is None and (found := self._ring.find(plaintext, now)) is not None:
            self._used[digest(plaintext)] = now
        return found

    # A part of the app

    async def start(self) -> None:
        """Begin to look for keys made elsewhere, in the background."""
        self._task = asyncio.create_task(self._run(), name="keys")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def refresh(self) -> None:
        """Learn which keys are in force, and tell which were used."""
        used, self._used = self._used, {}
        try:
            if used:
                await self._store.api_keys.used(used)
            standing = await self._store.api_keys.in_force(self._wall.now())
        except StoreError:
            self._used = used | self._used
            raise
        self._ring = RecordKeyRing([_record(key) for key in standing])

    async def _run(self) -> None:
        while True:
            try:
                await self.refresh()
            except StoreError as error:
                _log.warning("keys wait", code=error.code)
            except Exception as error:  # noqa: BLE001 - the loop must outlive what nobody foresaw
                _log.error("keys failed", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)

    # Commands

    async def issue(self, order: KeyOrder, key: str, why: Provenance) -> Issued:
        """Make a key; a repeated order makes none.

        Raises:
            Refused: a rule is broken, or there are too many keys already.
        """
        agency = ordered_for(order, agency=why.agency, role=why.actor_role, district=self._district)
        now = self._wall.now()
        plaintext, record = issue(
            KeyKind(order.kind), agency, order.role, why.district, order.days, now
        )
        made = StoredKey(
            sha256=record.sha256,
            kind=order.kind,
            agency=agency,
            role=order.role,
            district=str(why.district),
            label=order.label,
            issued=now,
            expires=record.expires,
        )
        mark = self._vault.id_of("api-key", why.agency, key)
        standing = await self._store.api_keys.of(made.district, agency)
        if sum(one.in_force(now) for one in standing) >= MOST_IN_FORCE:
            raise Refused(TOO_MANY)
        if (claimed := await self._store.claim(mark, made.sha256)) != made.sha256:
            return Issued(_standing(standing, claimed), None)
        await self._trail.note(Line(act=Act.KEY_ISSUED, subject=_subject(made), why=why))
        await self._store.api_keys.add(made)
        await self.refresh()
        return Issued(made, plaintext)

    async def revoke(self, fingerprint: str, why: Provenance) -> StoredKey | None:
        """Make a key worthless from now on; harmless to repeat. None when there is no such key."""
        found = _one(await self.listed(why), fingerprint)
        if found is None or found.revoked is not None:
            return found
        await self._trail.note(Line(act=Act.KEY_REVOKED, subject=_subject(found), why=why))
        await self._store.api_keys.revoke(found.sha256, self._wall.now())
        await self.refresh()
        return _one(await self.listed(why), fingerprint)

    async def listed(self, why: Provenance) -> list[StoredKey]:
        """The keys somebody may see: their agency's; all of the district for who sees to it."""
        agency = None if why.actor_role in SEES_ALL else str(why.agency)
        return await self._store.api_keys.of(str(why.district), agency)


def _one(keys: list[StoredKey], fingerprint: str) -> StoredKey | None:
    found = [key for key in keys if key.sha256.startswith(fingerprint)]
    return found[0] if len(found) == 1 else None


def _standing(keys: list[StoredKey], sha256: str) -> StoredKey:
    """The key an earlier order of the same mark made."""
    if (found := _one(keys, sha256)) is None:
        raise Refused(BROKEN_OFF)
    return found


def _subject(key: StoredKey) -> str:
    """What the audit trail calls it: a code."""
    return f"KEY.{key.sha256[:FINGERPRINT].upper()}"


def _record(key: StoredKey) -> KeyRecord:
    return KeyRecord(
        sha256=key.sha256,
        kind=KeyKind(key.kind),
        agency=AgencyCode(key.agency),
        role=key.role,
        district=DistrictCode(key.district),
        label=key.label,
        expires=key.expires,
    )
