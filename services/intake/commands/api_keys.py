"""Keys agencies make for their systems: issued once, known at once here, within seconds elsewhere.

They open intake's doors only; keys for the whole of Samlad are the operator's (`samlad keys`).
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.commands.concerns import KEY_REUSED
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
from shared.security.roles import ROLE_RIGHTS, Principal, Right
from shared.store.entries import to_milliseconds
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock

EVERY_SECONDS: Final = 2.0
FINGERPRINT: Final = 12  # characters of its hash that name a key to people
BROKEN_OFF: Final = Refusal(
    "KEYS.BROKEN_OFF",
    "Samma beställning pågår eller bröts av. Se efter bland era nycklar: står den där, spärra den. "
    "Gör sedan en ny beställning.",
    "The same order is under way or was broken off. Look among your keys: if it stands there, "
    "revoke it. Then order anew.",
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

        First the line, then the claim on the order's mark, then the key, so that one mark never
        makes two. Broken off before the claim, only a line of a key that is none stands, and the
        same order may be sent again. Broken off after it, the mark is used: a key that came to
        stand is in the list, nobody has its text, and it is to be revoked; a new order makes
        another.

        Raises:
            Refused: a rule is broken, there are too many keys already, or another key was ordered
                under the same idempotency key.
        """
        agency = ordered_for(order, agency=why.agency, role=why.actor_role, district=self._district)
        plaintext, made = self._new(order, agency, why)
        mark = self._vault.id_of("api-key", why.agency, key)
        if (earlier := await self._store.claimed(mark)) is not None:
            return Issued(await self._standing(earlier, made), None)
        known = self._store.api_keys
        if await known.count_in_force(made.district, agency, made.issued) >= MOST_IN_FORCE:
            raise Refused(TOO_MANY)
        await self._trail.note(Line(act=Act.KEY_ISSUED, subject=_subject(made), why=why))
        if (claimed := await self._store.claim(mark, made.sha256)) != made.sha256:
            return Issued(await self._standing(claimed, made), None)
        await known.add(made)
        with suppress(StoreError):  # it stands, and must be shown: it opens things within seconds
            await self.refresh()
        return Issued(made, plaintext)

    def _new(self, order: KeyOrder, agency: str, why: Provenance) -> tuple[str, StoredKey]:
        """A key that reads what its maker may: somebody of its agency, in a role that reads."""
        now = to_milliseconds(self._wall.now())
        plaintext, record = issue(
            KeyKind(order.kind), agency, order.role, why.district, order.days, now
        )
        reading = ROLE_RIGHTS[Right.READ_OWN_NARRATIVES]
        return plaintext, StoredKey(
            sha256=record.sha256,
            kind=order.kind,
            agency=agency,
            role=order.role,
            district=str(why.district),
            label=order.label,
            issued=now,
            expires=record.expires,
            reads_texts=agency == why.agency and why.actor_role in reading,
        )

    async def _standing(self, sha256: str, wanted: StoredKey) -> StoredKey:
        """The key an earlier order of the same mark made, if it was this order."""
        found = await self._store.api_keys.named(wanted.district, None, sha256)
        if found is None:
            raise Refused(BROKEN_OFF)
        if found.ordered != wanted.ordered:
            raise Refused(KEY_REUSED)
        return found

    async def revoke(self, fingerprint: str, why: Provenance) -> StoredKey | None:
        """Make a key worthless from now on; harmless to repeat. None when there is no such key."""
        named = self._store.api_keys.named
        found = await named(str(why.district), _seen_by(why), fingerprint)
        if found is None or found.revoked is not None:
            return found
        await self._trail.note(Line(act=Act.KEY_REVOKED, subject=_subject(found), why=why))
        await self._store.api_keys.revoke(found.sha256, self._wall.now())
        await self.refresh()
        return await named(str(why.district), _seen_by(why), fingerprint)

    async def listed(
        self, why: Provenance, *, skip: int, limit: int
    ) -> tuple[list[StoredKey], int]:
        """Some of the keys somebody may see, newest first, and how many there are."""
        return await self._store.api_keys.page(
            str(why.district), _seen_by(why), skip=skip, limit=limit
        )


def _seen_by(why: Provenance) -> str | None:
    """Whose keys somebody sees: their agency's; None for all, for who sees to the district."""
    return None if why.actor_role in SEES_ALL else str(why.agency)


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
        reads_texts=key.reads_texts,
    )
