"""The vault: what a reporter wrote is sealed with a data key of its concern's own.

Whenever the texts of a concern change, those that stand afterwards are sealed under another key:

1. the later key is stored, and the one before is told to the sweep;
2. the concern is written, with its texts sealed anew and the name of the later key;
3. the key before is destroyed: no copy of the concern from before opens any more.

Broken off at any point, the sweep destroys whichever of the keys the concern does not name.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import uuid4

from pydantic import BaseModel

from services.intake.store import Store
from services.intake.store.data_keys import GENERATION, TEXTS, Sealed, kept_key, key_id
from shared.contracts.ids import ConcernId, aggregate_id
from shared.security.master import MasterKeys
from shared.security.vault import VaultCipher, WrappedKey
from shared.store.client import Document
from shared.store.stream import Loaded
from shared.telemetry.clock import Clock

ORPHANED_AFTER = timedelta(hours=1)
TRIES: Final = 8
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

    def seal_new(
        self, concern_id: ConcernId, texts: Mapping[str, str]
    ) -> tuple[Document | None, dict[str, bytes]]:
        """A new concern's texts, by field, and their key: who stores it stores that before."""
        if not texts:
            return None, {}
        key, under = self._cipher.new_key(concern_id), self.keys.current.name
        kept = kept_key(concern_id, key.wrapped, self._wall.now(), under=under)
        return kept, key.seal_all(texts)

    async def seal(self, concern_id: ConcernId, texts: Mapping[str, str]) -> dict[str, bytes]:
        """As `seal_new`; the key stands, acknowledged, before this returns, or stood already."""
        return await self._seal(concern_id, texts) if texts else {}

    async def open(self, standing: Loaded, *fields: str) -> dict[str, str]:
        """The texts of a concern that was read, all or those of some fields; as `open_each`."""
        sealed = Sealed.of(standing.id, standing.extra)
        opened = await self.open_each([sealed.only(*fields) if fields else sealed])
        return opened.get(sealed.concern_id, {})

    async def open_each(self, sealed: Sequence[Sealed]) -> dict[ConcernId, dict[str, str]]:
        """The texts again, by concern and field; a concern without a key is left out.

        So is a text whose key was destroyed and which another key of its concern stands beside.
        Where texts changed after they were read here, those that stand now are opened.
        """
        opened, wanted = dict[ConcernId, dict[str, str]](), sealed
        for _ in range(TRIES):
            keys = await self._store.data_keys.of([each.key for each in wanted])
            now = {
                each.concern_id: self._opened(each, keys[each.key])
                for each in wanted
                if each.key in keys
            }
            opened |= now
            wanted = await self._moved(
                [
                    each
                    for each in wanted
                    if now.get(each.concern_id, {}).keys() != each.texts.keys()
                ]
            )
            if not wanted:
                break
        return opened

    @asynccontextmanager
    async def replacing(
        self, standing: Loaded, texts: Mapping[str, str | None]
    ) -> AsyncIterator[Document]:
        """What belongs on a concern whose texts change: these in place of those before.

        None takes one away; a field that is not named keeps what it has. The key before goes once
        what is written within stands, and only then.
        """
        before = Sealed.of(standing.id, standing.extra)
        given = {name: text for name, text in texts.items() if text}
        if not given and before.texts.keys().isdisjoint(texts):
            yield {}
            return
        kept = before.only(*(name for name in before.texts if name not in texts))
        after = await self._anew(kept, given)
        await self._store.data_keys.unsettle(before.key, self._wall.now())
        yield after
        await self._store.data_keys.destroy(before.key)

    def digest(self, request: BaseModel) -> str:
        """What tells a repeated request from another one under the same key."""
        return self.digest_of(request.model_dump_json(exclude_defaults=True))

    def digest_of(self, text: str) -> str:
        """The keyed hash of a text."""
        return hmac.digest(self._comparing, text.encode(), sha256).hex()

    async def destroy(self, concern_id: ConcernId) -> None:
        """Destroy a concern's keys: nothing sealed with them opens again, in backups neither."""
        await self._store.data_keys.destroy_all_of(concern_id)

    def id_of(self, kind: str, agency: str, key: str) -> str:
        """The id of what an agency made under this key: who guesses the key cannot tell by it."""
        hashed = hmac.digest(self._naming, key.encode(), sha256).hex()
        return aggregate_id(kind, agency, hashed)

    async def sweep(self) -> int:
        """Destroy keys whose concern never came to stand, or has no text under them any more."""
        return await self._store.data_keys.sweep(self._wall.now() - ORPHANED_AFTER)

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

    async def _seal(self, key: str, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The texts under the key of this id: a new one, unless it stands already."""
        fresh, under = self._cipher.new_key(key), self.keys.current.name
        kept = await self._store.data_keys.add(key, fresh.wrapped, self._wall.now(), under=under)
        if kept == fresh.wrapped:
            return fresh.seal_all(texts)
        return self._cipher.unwrap(key, WrappedKey(kept)).seal_all(texts)

    async def _anew(self, kept: Sealed, given: Mapping[str, str]) -> Document:
        """The texts kept and given under a key of their own; what nothing opens stays as it is."""
        keys = await self._store.data_keys.of([kept.key]) if kept.texts else {}
        opened = self._opened(kept, keys[kept.key]) if kept.key in keys else {}
        lost = {name: sealed for name, sealed in kept.texts.items() if name not in opened}
        if not (texts := {**opened, **given}):
            return {TEXTS: lost}
        generation = uuid4().hex
        sealed = await self._seal(key_id(kept.concern_id, generation), texts)
        return {TEXTS: lost | sealed, GENERATION: generation}

    def _opened(self, sealed: Sealed, wrapped: bytes) -> dict[str, str]:
        return self._cipher.unwrap(sealed.key, WrappedKey(wrapped)).open_all(sealed.texts)

    async def _moved(self, shut: Collection[Sealed]) -> list[Sealed]:
        """Those whose concern names another key now, with what it has of the same fields."""
        if not shut:
            return []
        rows = await self._store.standing(self._store.concerns, [each.concern_id for each in shut])
        now = {row.id: Sealed.of(row.id, row.extra) for row in rows.values()}
        return [
            now[each.concern_id].only(*each.texts)
            for each in shut
            if each.concern_id in now and now[each.concern_id].key != each.key
        ]
