"""The vault's cipher: one data key per concern, wrapped by the master key.

AES-256-GCM. The associated data binds a sealed text to its concern and its field, and a wrapped
key to its concern, so that nothing can be moved to another place and still open. Destroying the
wrapped key makes every sealed text of that concern unreadable, backups included.

A wrapped key begins with 2 and the id of the master key that wrapped it; those that begin with 1
are from before there was an id, and are tried with every key there is.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NewType

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.ids import ConcernId
from shared.security.master import KEY_BYTES, MasterKeys
from shared.security.sealing import VERSION, VaultRefusedError, decrypt, encrypt, joined

__all__ = ["KEY_BYTES", "SealedFor", "VaultCipher", "VaultRefusedError", "WrappedKey"]

WrappedKey = NewType("WrappedKey", bytes)

_WITH_ID = b"\x02"


@dataclass(frozen=True, slots=True)
class SealedFor:
    """Where a sealed text belongs."""

    concern_id: ConcernId
    field: str

    def bound(self) -> bytes:
        """The associated data: no two places give the same bytes."""
        return b"samlad vault text\x00" + joined(self.concern_id, self.field)


class VaultCipher:
    """Makes data keys and seals texts with them; holds only the master keys."""

    def __init__(self, master_key: bytes | MasterKeys) -> None:
        keys = master_key if isinstance(master_key, MasterKeys) else MasterKeys.read(master_key)
        self._current = _WITH_ID + keys.current.id
        self._masters = {_WITH_ID + each.id: AESGCM(each.wrapping) for each in reversed(keys.all)}

    def new_key(self, concern_id: ConcernId) -> WrappedKey:
        """A new data key for this concern, wrapped."""
        return self._wrap(concern_id, os.urandom(KEY_BYTES))

    def rewrapped(self, concern_id: ConcernId, key: WrappedKey) -> WrappedKey:
        """The same data key under the current master key; VaultRefusedError when none opens it."""
        return self._wrap(concern_id, self._unwrap(concern_id, key))

    def seal(self, concern_id: ConcernId, field: str, text: str, *, key: WrappedKey) -> bytes:
        """The text, readable only with this concern's key and for this field."""
        place = SealedFor(concern_id, field)
        return encrypt(AESGCM(self._unwrap(concern_id, key)), text.encode(), place.bound())

    def open(self, concern_id: ConcernId, field: str, sealed: bytes, *, key: WrappedKey) -> str:
        """The text again; VaultRefusedError when anything does not belong together."""
        place = SealedFor(concern_id, field)
        return decrypt(AESGCM(self._unwrap(concern_id, key)), sealed, place.bound()).decode()

    def open_all(
        self, concern_id: ConcernId, sealed: Mapping[str, bytes], *, key: WrappedKey
    ) -> dict[str, str]:
        """The texts that this key opens, by field; VaultRefusedError when no master opens the key.

        What another key sealed is left out: that one was destroyed, and nothing opens it again.
        """
        cipher, opened = AESGCM(self._unwrap(concern_id, key)), dict[str, str]()
        for field, text in sealed.items():
            with suppress(VaultRefusedError):
                bound = SealedFor(concern_id, field).bound()
                opened[field] = decrypt(cipher, text, bound).decode()
        return opened

    def _wrap(self, concern_id: ConcernId, plain: bytes) -> WrappedKey:
        bound = _key_bound(concern_id)
        return WrappedKey(encrypt(self._masters[self._current], plain, bound, self._current))

    def _unwrap(self, concern_id: ConcernId, key: WrappedKey) -> bytes:
        bound, header = _key_bound(concern_id), bytes(key[: len(self._current)])
        if header in self._masters:
            return decrypt(self._masters[header], key, bound, header)
        return _first_that_opens(self._masters.values(), key, bound)


def _first_that_opens(masters: Iterable[AESGCM], key: bytes, bound: bytes) -> bytes:
    for master in masters:
        try:
            return decrypt(master, key, bound, VERSION)
        except VaultRefusedError:
            continue
    raise VaultRefusedError("does not belong here")


def _key_bound(concern_id: ConcernId) -> bytes:
    return b"samlad vault key\x00" + joined(concern_id)
