"""The vault: what a reporter wrote is sealed with a data key of its concern's own."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from pydantic import BaseModel

from services.intake.store import Store
from shared.contracts.ids import ConcernId, aggregate_id
from shared.security.master import MasterKeys
from shared.security.vault import VaultCipher, WrappedKey
from shared.telemetry.clock import Clock

ORPHANED_AFTER = timedelta(hours=1)
_PURPOSE = b"samlad intake replay 1\x00"
_OF_KEYS = b"samlad intake keys of requests 1\x00"


class Vault:
    """Seals texts; compares requests by a keyed hash that tells nothing without the key.

    A key's age is told by `wall`: a demo's story may begin anew while live keys stand.
    """

    def __init__(self, keys: MasterKeys, store: Store, wall: Clock) -> None:
        self.keys = keys
        self._cipher = VaultCipher(keys)
        self._comparing, self._naming = keys.derived(_PURPOSE), keys.derived(_OF_KEYS)
        self._store = store
        self._wall = wall
        self._holder = str(uuid4())
        self._announcing = asyncio.Lock()
        self._left = False

    async def seal(self, concern_id: ConcernId, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The texts sealed, by field. Their key stands, acknowledged, before this returns."""
        if not texts:
            return {}
        fresh, under = self._cipher.new_key(concern_id), self.keys.current.name
        kept = await self._store.add_key(concern_id, fresh, self._wall.now(), under=under)
        key = WrappedKey(kept)
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
        """As `open`, of several concerns at once; those without a key are left out.

        So is a text whose key was destroyed and which another key of its concern stands beside.
        """
        keys = await self._store.keys_of(list(sealed))
        return {
            concern_id: self._cipher.open_all(concern_id, texts, key=WrappedKey(keys[concern_id]))
            for concern_id, texts in sealed.items()
            if concern_id in keys
        }

    def digest(self, request: BaseModel) -> str:
        """What tells a repeated request from another one under the same key."""
        return self.digest_of(request.model_dump_json(exclude_defaults=True))

    def digest_of(self, text: str) -> str:
        """The keyed hash of a text."""
        return hmac.digest(self._comparing, text.encode(), sha256).hex()

    async def destroy(self, concern_id: ConcernId) -> None:
        """Destroy a concern's key: nothing sealed with it opens again, in backups neither."""
        await self._store.erasures.destroy_key(concern_id)

    @asynccontextmanager
    async def leaving(self, concern_id: ConcernId) -> AsyncIterator[None]:
        """Destroy a concern's key once its last text is gone: what is written within takes it away.

        Broken off, the sweep destroys it; sealed with again meanwhile, it stays.
        """
        mark = str(uuid4())
        await self._store.erasures.leave_key(concern_id, mark, self._wall.now())
        yield
        await self._store.erasures.destroy_left_key(concern_id, mark)

    def id_of(self, kind: str, agency: str, key: str) -> str:
        """The id of what an agency made under this key: who guesses the key cannot tell by it."""
        hashed = hmac.digest(self._naming, key.encode(), sha256).hex()
        return aggregate_id(kind, agency, hashed)

    async def sweep(self) -> int:
        """Destroy keys whose concern never came to stand, or has no text any more."""
        return await self._store.sweep_keys(self._wall.now() - ORPHANED_AFTER)

    async def announce(self) -> None:
        """Say which master keys this process opens with: a rotation waits for everybody."""
        names = [each.name for each in self.keys.all]
        async with self._announcing:
            if not self._left:
                await self._store.wrapped.announce(self._holder, names, self._wall.now())

    async def leave(self) -> None:
        """Say that this process opens nothing any more; what was being announced ends before."""
        async with self._announcing:
            self._left = True
            await self._store.wrapped.leave(self._holder)
