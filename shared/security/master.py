"""The vault's master key as it lies in its file, and its successor when it is rotated.

A first key is 32 raw bytes. What compares (replays, references, the audit chain) is derived from
its root; a successor carries that root along, sealed: 32 bytes of its own and 61 of the root. So a
rotation changes what wraps, and never what was compared or chained before.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.security.sealing import NONCE_BYTES, VERSION, VaultRefusedError, decrypt, encrypt

KEY_BYTES: Final = 32
SUCCESSOR_BYTES: Final = KEY_BYTES + len(VERSION) + NONCE_BYTES + KEY_BYTES + 16
FILE_BYTES: Final = frozenset({KEY_BYTES, SUCCESSOR_BYTES})
_ROOT: Final = b"samlad vault root 1\x00"
_ID: Final = b"samlad vault key id 1\x00"
_ID_BYTES: Final = 4


@dataclass(frozen=True)
class MasterKey:
    """One master key: what wraps data keys, and the root of what compares."""

    wrapping: bytes = field(repr=False)
    root: bytes = field(repr=False)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """The key of a file's content; ValueError when it is none."""
        if len(content) not in FILE_BYTES:
            raise ValueError("the vault's master key must be 32 bytes, or 93 after a rotation")
        wrapping, carried = content[:KEY_BYTES], content[KEY_BYTES:]
        if not carried:
            return cls(wrapping, hmac.digest(wrapping, _ROOT, sha256))
        try:
            return cls(wrapping, decrypt(AESGCM(wrapping), carried, _ROOT))
        except VaultRefusedError as error:
            raise ValueError("the file of the vault's master key is broken") from error

    @cached_property
    def id(self) -> bytes:
        """Tells this key from others in front of what it wrapped; tells nothing else of it."""
        return hmac.digest(self.wrapping, _ID, sha256)[:_ID_BYTES]

    @property
    def name(self) -> str:
        """The id as it is shown."""
        return self.id.hex()

    def successor(self, wrapping: bytes) -> bytes:
        """The content of the file of the key that follows this one."""
        if len(wrapping) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        return wrapping + encrypt(AESGCM(wrapping), self.root, _ROOT)


@dataclass(frozen=True)
class MasterKeys:
    """The key that wraps now, and those before it that may have wrapped what still stands."""

    current: MasterKey
    former: tuple[MasterKey, ...] = ()

    @classmethod
    def read(cls, content: bytes, former: Iterable[bytes] = ()) -> Self:
        """The keys of these files; ValueError unless they follow one another."""
        keys = cls(MasterKey.read(content), tuple(map(MasterKey.read, former)))
        if any(each.root != keys.current.root for each in keys.former):
            raise ValueError("the vault's keys do not follow one another: `samlad vault rotate`")
        return keys

    @property
    def all(self) -> tuple[MasterKey, ...]:
        """The current one first."""
        return (self.current, *self.former)

    def derived(self, purpose: bytes) -> bytes:
        """The secret for a purpose; the same whichever key wraps."""
        return hmac.digest(self.current.root, purpose, sha256)
