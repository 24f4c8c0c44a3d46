"""The vault's cipher: one data key per concern, wrapped by the master key.

AES-256-GCM. The associated data binds a sealed text to its concern and its field, and a wrapped
key to its concern, so that nothing can be moved to another place and still open. Destroying the
wrapped key makes every sealed text of that concern unreadable, backups included.
"""

import os
from dataclasses import dataclass
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.ids import ConcernId

WrappedKey = NewType("WrappedKey", bytes)

KEY_BYTES = 32
_NONCE = 12
_VERSION = b"\x01"
_PURPOSE = b"samlad vault purpose\x00"


class VaultRefusedError(Exception):
    """What was sealed has been changed, moved, or does not belong to this key."""


@dataclass(frozen=True, slots=True)
class SealedFor:
    """Where a sealed text belongs."""

    concern_id: ConcernId
    field: str

    def bound(self) -> bytes:
        """The associated data: no two places give the same bytes."""
        return b"samlad vault text\x00" + _joined(self.concern_id, self.field)


class VaultCipher:
    """Makes data keys and seals texts with them; holds only the master key (32 bytes)."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError("the vault's master key must be 32 bytes")
        self._master = AESGCM(master_key)

    def new_key(self, concern_id: ConcernId) -> WrappedKey:
        """A new data key for this concern, wrapped."""
        return WrappedKey(_encrypt(self._master, os.urandom(KEY_BYTES), _key_bound(concern_id)))

    def seal(self, concern_id: ConcernId, field: str, text: str, *, key: WrappedKey) -> bytes:
        """The text, readable only with this concern's key and for this field."""
        place = SealedFor(concern_id, field)
        return _encrypt(self._data_key(concern_id, key), text.encode(), place.bound())

    def open(self, concern_id: ConcernId, field: str, sealed: bytes, *, key: WrappedKey) -> str:
        """The text again; VaultRefusedError when anything does not belong together."""
        place = SealedFor(concern_id, field)
        return _decrypt(self._data_key(concern_id, key), sealed, place.bound()).decode()

    def wrap(self, purpose: bytes, secret: bytes) -> WrappedKey:
        """A secret of the vault's own, wrapped; it opens for this purpose only."""
        return WrappedKey(_encrypt(self._master, secret, _PURPOSE + purpose))

    def unwrap(self, purpose: bytes, wrapped: WrappedKey) -> bytes:
        """The secret again; VaultRefusedError when it was not wrapped for this purpose."""
        return _decrypt(self._master, wrapped, _PURPOSE + purpose)

    def _data_key(self, concern_id: ConcernId, key: WrappedKey) -> AESGCM:
        return AESGCM(_decrypt(self._master, key, _key_bound(concern_id)))


def _key_bound(concern_id: ConcernId) -> bytes:
    return b"samlad vault key\x00" + _joined(concern_id)


def _joined(*parts: str) -> bytes:
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + cipher.encrypt(nonce, plain, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise VaultRefusedError("unknown form")
    try:
        return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound)
    except (InvalidTag, ValueError) as error:
        raise VaultRefusedError("does not belong here") from error
