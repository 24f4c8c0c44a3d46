"""Whether the vault's key file opens the data keys that are there."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from deploy.samlad.doctor.finding import ASK_SECONDS, Finding, failure, warning, well
from deploy.samlad.doctor.mongo import REACH
from services.intake.store.wrapped import Kind, Wrapped, WrappedKeys
from shared.security.master import MasterKeys
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey
from shared.store.client import connect
from shared.store.errors import StoreError

WHAT: Final = "vault"
LOOKED_AT: Final = 50  # of each kind, and as many again of those another key wrapped
ANY: Final = ""
FILES: Final = (
    "Put the vault's key files back from your backup, and name them in SAMLAD_VAULT_KEY_FILE and, "
    "during a rotation, in SAMLAD_VAULT_FORMER_KEY_FILES."
)
OTHER_KEY: Final = (
    "Stop intake, put the right vault key back from your backup, or name the former one in "
    "SAMLAD_VAULT_FORMER_KEY_FILES: no other opens these narratives."
)
GO_ON: Final = "Run `samlad vault rotate` to its end, and keep the former key until then."


def vault(url: str, prefix: str, key: Path, former: Iterable[Path]) -> list[Finding]:
    """Say whether the keys of the settings open what lies in the keys' database."""
    try:
        keys = MasterKeys.read(key.read_bytes(), [each.read_bytes() for each in former])
    except OSError as error:
        return [failure(WHAT, f"{error.filename}: {type(error).__name__}", FILES)]
    except ValueError as error:
        return [failure(WHAT, f"{key}: {error}", FILES)]
    try:
        some = asyncio.run(_some(url, prefix, keys.current.name))
    except (StoreError, TimeoutError) as error:
        return [failure(WHAT, f"MongoDB does not tell its keys ({type(error).__name__})", REACH)]
    return [judged(some, keys)]


def judged(some: Sequence[Wrapped], keys: MasterKeys) -> Finding:
    """Judge data keys by which of the master keys opens them."""
    closed = len(some) - _opened(some, keys)
    if closed:
        found = f"{closed} of {len(some)} data keys that were looked at do not open"
        return failure(WHAT, found, OTHER_KEY)
    by_former = len(some) - _opened(some, MasterKeys(keys.current))
    if by_former:
        return warning(WHAT, f"{by_former} data keys at least wait for the new key", GO_ON)
    return well(WHAT, f"opens the {len(some)} data keys that were looked at")


def _opened(some: Sequence[Wrapped], keys: MasterKeys) -> int:
    cipher = VaultCipher(keys)
    return sum(_opens(cipher, each) for each in some)


def _opens(cipher: VaultCipher, each: Wrapped) -> bool:
    try:
        cipher.rewrapped(each.place, WrappedKey(each.key))
    except VaultRefusedError:
        return False
    return True


async def _some(url: str, prefix: str, current: str) -> Sequence[Wrapped]:
    """Some keys of each kind, and some of those that the current key has not wrapped."""
    client = connect(url, seconds=ASK_SECONDS / 2)
    try:
        async with asyncio.timeout(ASK_SECONDS / 2):
            kept = WrappedKeys(client.database(f"{prefix}vault_keys"))
            found = [
                await kept.others_than(master, kind, after="", limit=LOOKED_AT)
                for kind in Kind
                for master in (ANY, current)
            ]
    finally:
        await client.close()
    return list({(each.kind, each.id): each for some in found for each in some}.values())
