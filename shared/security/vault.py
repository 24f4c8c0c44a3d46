"""The vault's cipher: data keys wrapped by the master key, each for one place.

AES-256-GCM. A place is a concern, a later key of it, or what is kept beside it. The associated data
binds a wrapped key to its place, and a sealed text to its place and its field, so that nothing can
be moved and still open. Destroying the wrapped key makes every text sealed with it unreadable,
backups included.

A wrapped key begins with 2 and the id of the master key that wrapped it; those that begin with 1
are from before there was an id, and are tried with every key there is.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NewType

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.security.master import KEY_BYTES, MasterKeys
from shared.security.sealing import VERSION, VaultRefusedError, decrypt, encrypt, joined

__all__ = ["KEY_BYTES", "DataKey", "VaultCipher", "VaultRefusedError", "WrappedKey"]

WrappedKey = NewType("WrappedKey", bytes)

_WITH_ID = b"\x02"


class DataKey:
    """A data key in the clear, while texts of its place are sealed or opened; and as it is kept."""

    def __init__(self, place: str, plain: bytes, wrapped: WrappedKey) -> None:
        self.wrapped = wrapped
        self._place = place
        self._cipher = AESGCM(plain)

    def seal(self, field: str, text: str) -> bytes:
        """The text, readable only with this key and for this field."""
        return encrypt(self._cipher, text.encode(), _text_bound(self._place, field))

    def open(self, field: str, sealed: bytes) -> str:
        """The text again; VaultRefusedError when anything does not belong together."""
        return decrypt(self._cipher, sealed, _text_bound(self._place, field)).decode()

    def seal_all(self, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The texts sealed, by field."""
        return {field: self.seal(field, text) for field, text in texts.items()}

    def open_all(self, sealed: Mapping[str, bytes]) -> dict[str, str]:
        """The texts that this key opens, by field.

        What another key sealed is left out: that one was destroyed, and nothing opens it again.
        """
        opened = dict[str, str]()
        for field, text in sealed.items():
            with suppress(VaultRefusedError):
                opened[field] = self.open(field, text)
        return opened


class VaultCipher:
    """Makes and unwraps data keys; holds only the master keys."""

    def __init__(self, master_key: bytes | MasterKeys) -> None:
        keys = master_key if isinstance(master_key, MasterKeys) else MasterKeys.read(master_key)
        self._current = _WITH_ID + keys.current.id
        self._masters = {_WITH_ID + each.id: AESGCM(each.wrapping) for each in reversed(keys.all)}

    def new_key(self, place: str) -> DataKey:
        """A new data key for this place."""
        plain = os.urandom(KEY_BYTES)
        return DataKey(place, plain, self._wrap(place, plain))

    def unwrap(self, place: str, key: WrappedKey) -> DataKey:
        """The data key of this place; VaultRefusedError when no master key opens it."""
        return DataKey(place, self._unwrap(place, key), key)

    def rewrapped(self, place: str, key: WrappedKey) -> WrappedKey:
        """The same data key under the current master key; VaultRefusedError when none opens it."""
        return self._wrap(place, self._unwrap(place, key))

    def _wrap(self, place: str, plain: bytes) -> WrappedKey:
        bound = _key_bound(place)
        return WrappedKey(encrypt(self._masters[self._current], plain, bound, self._current))

    def _unwrap(self, place: str, key: WrappedKey) -> bytes:
        bound, header = _key_bound(place), bytes(key[: len(self._current)])
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


def _key_bound(place: str) -> bytes:
    return b"samlad vault key\x00" + joined(place)


def _text_bound(place: str, field: str) -> bytes:
    """No two places or fields give the same bytes."""
    return b"samlad vault text\x00" + joined(place, field)
