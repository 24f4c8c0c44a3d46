"""The vault: what a reporter wrote is sealed with a data key of its concern's own."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from pydantic import BaseModel

from services.intake.store import Store
from shared.contracts.ids import ConcernId
from shared.security.vault import VaultCipher, WrappedKey
from shared.telemetry.clock import Clock

ORPHANED_AFTER = timedelta(hours=1)
AUDIT = b"samlad intake audit 1\x00"
_PURPOSE = b"samlad intake replay 1\x00"


class Vault:
    """Seals texts; compares requests by a keyed hash that tells nothing without the key.

    A key's age is told by `wall`: a demo's story may begin anew while live keys stand.
    """

    def __init__(self, master_key: bytes, store: Store, wall: Clock) -> None:
        self._cipher = VaultCipher(master_key)
        self._master = master_key
        self._comparing = hmac.digest(master_key, _PURPOSE, sha256)
        self._store = store
        self._wall = wall
        self._hashing: dict[bytes, bytes] = {}

    async def seal(self, concern_id: ConcernId, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The texts sealed, by field. Their key stands, acknowledged, before this returns."""
        if not texts:
            return {}
        fresh = self._cipher.new_key(concern_id)
        key = WrappedKey(await self._store.add_key(concern_id, fresh, self._wall.now()))
        return {
            name: self._cipher.seal(concern_id, name, text, key=key) for name, text in texts.items()
        }

    async def open(self, concern_id: ConcernId, sealed: Mapping[str, bytes]) -> dict[str, str]:
        """The texts again, by field; nothing when their key has been destroyed."""
        opened = await self.open_each({concern_id: sealed})
        return opened.get(concern_id, {})

    async def open_each(
        self, sealed: Mapping[ConcernId, Mapping[str, bytes]]
    ) -> dict[ConcernId, dict[str, str]]:
        """As `open`, of several concerns at once; those without a key are left out."""
        keys = await self._store.keys_of(list(sealed))
        return {
            concern_id: {
                name: self._cipher.open(concern_id, name, text, key=WrappedKey(keys[concern_id]))
                for name, text in texts.items()
            }
            for concern_id, texts in sealed.items()
            if concern_id in keys
        }

    def digest(self, request: BaseModel) -> str:
        """What tells a repeated request from another one under the same key."""
        return self.digest_of(request.model_dump_json(exclude_defaults=True))

    def digest_of(self, text: str) -> str:
        """The keyed hash of a text."""
        return hmac.digest(self._comparing, text.encode(), sha256).hex()

    async def secret(self, purpose: bytes) -> bytes:
        """The vault's secret for a purpose: made out of the first master key, and kept wrapped.

        Raises VaultRefusedError when the one that is kept does not open with this master key.
        """
        derived = hmac.digest(self._master, purpose, sha256)
        wrapped = self._cipher.wrap(purpose, derived)
        standing = await self._store.secrets.keep(purpose, wrapped)
        return self._cipher.unwrap(purpose, WrappedKey(standing))

    async def hashed(self, purpose: bytes, text: str) -> str:
        """The hash of a text under a purpose's secret: the same whatever the master key becomes."""
        if purpose not in self._hashing:
            self._hashing[purpose] = await self.secret(purpose)
        return hmac.digest(self._hashing[purpose], text.encode(), sha256).hex()

    async def sweep(self) -> int:
        """Destroy keys whose concern never came to stand."""
        return await self._store.sweep_keys(self._wall.now() - ORPHANED_AFTER)
