"""References of receipts: derived from the concern, found again by their keyed hash alone.

A concern's id is no secret; its reference is. Nobody tells one from the other without the vault's
secret for references, which outlives a change of its master key; the stored hash tells neither.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from services.intake.commands.vault import Vault
from services.intake.domain.reference import read, written
from shared.contracts.ids import ConcernId

SHOWN_FOR = timedelta(hours=1)
LONGEST_TIME = 12
REFERENCES = b"samlad intake references 1\x00"
_REFERENCE, _COMPARING, _TICKET = b"reference", b"hash", b"ticket"


class ReferenceKey:
    """Makes references and their hashes, and the tickets that show a receipt for an hour."""

    def __init__(self, secret: bytes) -> None:
        self._deriving = hmac.digest(secret, _REFERENCE, sha256)
        self._comparing = hmac.digest(secret, _COMPARING, sha256)
        self._admitting = hmac.digest(secret, _TICKET, sha256)

    def of(self, concern_id: str) -> str:
        """The reference of a concern, the same each time."""
        return written(hmac.digest(self._deriving, concern_id.encode(), sha256))

    def digest(self, reference: str) -> str:
        """What a reference is found by, however it was typed."""
        return hmac.digest(self._comparing, read(reference).encode(), sha256).hex()

    def stored(self, concern_id: ConcernId) -> dict[str, str]:
        """What is kept on the concern, so that its reference finds it."""
        return {"receipt": self.digest(self.of(concern_id))}

    def ticket(self, concern_id: str, now: datetime) -> str:
        """What admits a browser to this receipt, for an hour."""
        until = int((now + SHOWN_FOR).timestamp())
        return f"{until}.{self._mark(concern_id, until)}"

    def admits(self, ticket: str, concern_id: str, now: datetime) -> bool:
        """Whether the ticket is ours, for this receipt, and in time."""
        until, _, mark = ticket.partition(".")
        if not (until.isascii() and until.isdecimal() and len(until) <= LONGEST_TIME):
            return False
        ours = hmac.compare_digest(mark.encode(), self._mark(concern_id, int(until)).encode())
        return ours and int(until) > now.timestamp()

    def _mark(self, concern_id: str, until: int) -> str:
        return hmac.digest(self._admitting, f"{until}|{concern_id}".encode(), sha256).hex()


class References:
    """The vault's key for references."""

    def __init__(self, vault: Vault) -> None:
        self.key = ReferenceKey(vault.keys.derived(REFERENCES))
