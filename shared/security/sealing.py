"""AES-256-GCM as everything of the vault uses it: a version byte, a fresh nonce, bound data."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
VERSION: Final = b"\x01"


class VaultRefusedError(Exception):
    """What was sealed has been changed, moved, or does not belong to this key."""


def encrypt(cipher: AESGCM, plain: bytes, bound: bytes, header: bytes = VERSION) -> bytes:
    """The header, a nonce and the sealed text."""
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, plain, bound)


def decrypt(cipher: AESGCM, sealed: bytes, bound: bytes, header: bytes = VERSION) -> bytes:
    """The text again; VaultRefusedError when anything does not belong together."""
    if not sealed.startswith(header):
        raise VaultRefusedError("unknown form")
    rest = sealed[len(header) :]
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise VaultRefusedError("does not belong here") from error


def joined(*parts: str) -> bytes:
    """The parts as bytes; no two lists of parts give the same."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
