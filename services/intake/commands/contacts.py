"""How to reach a resident who wants an answer: sealed until it is given, then destroyed."""

from datetime import datetime, timedelta

from services.intake.commands.vault import ORPHANED_AFTER, Vault
from services.intake.domain.contact import Contact, contact_of
from services.intake.store import Store
from services.intake.store.contacts import SealedContact
from shared.contracts.ids import ConcernId
from shared.security.vault import VaultCipher, WrappedKey
from shared.telemetry.clock import Clock

FIELD = "contact"
AFTER_THE_ANSWER = timedelta(days=14)


class Contacts:
    """Keeps, reads and forgets contacts; `days` is how long one is kept at most."""

    def __init__(self, vault: Vault, store: Store, wall: Clock, *, days: int) -> None:
        self._cipher = VaultCipher(vault.keys)
        self._store = store
        self._wall = wall
        self.days = days

    async def keep(self, concern_id: ConcernId, contact: Contact, now: datetime) -> None:
        """Seal a contact before its concern stands; a repeat of what stands changes nothing.

        So a form sent again does not bring back what was forgotten meanwhile.
        """
        if await self._store.concerns.load(concern_id) is not None:
            return
        cipher, place = self._cipher, _apart(concern_id)
        key = cipher.new_key(place)
        await self._store.contacts.put(
            concern_id,
            SealedContact(key.wrapped, key.seal(FIELD, contact.value)),
            expires=now + timedelta(days=self.days),
            written=self._wall.now(),
        )

    async def read(self, concern_id: str) -> Contact | None:
        """The contact in clear; who calls this has asked for the purpose and audits it."""
        kept = await self._store.contacts.get(concern_id)
        if kept is None:
            return None
        cipher, place = self._cipher, _apart(concern_id)
        return contact_of(cipher.unwrap(place, WrappedKey(kept.key)).open(FIELD, kept.sealed))

    async def answered(self, concern_id: str, now: datetime) -> None:
        """The answer has been given: the contact has two weeks left, to reach the resident."""
        await self._store.contacts.shorten(concern_id, now + AFTER_THE_ANSWER)

    async def forget(self, concern_id: str) -> bool:
        """Destroy the contact with its key; whether there was one."""
        return await self._store.contacts.forget(concern_id)

    async def sweep(self, now: datetime) -> int:
        """Destroy contacts past their last day, and those that no concern needs."""
        expired = await self._store.contacts.forget_expired(now)
        return expired + await self._store.contacts.forget_orphans(
            self._wall.now() - ORPHANED_AFTER
        )


def _apart(concern_id: str) -> str:
    """Where a contact is sealed: its key opens nothing else of the concern."""
    return f"{concern_id}/{FIELD}"
