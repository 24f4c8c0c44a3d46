"""Whether the secret files are there, whole, and readable by their owner alone."""

import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.samlad.doctor.finding import Finding, failure, warning, well
from deploy.samlad.secret_files import SECRET_BYTES, Secrets
from shared.security.keys import KeyRecord, read_records
from shared.security.master import FILE_BYTES

SOON: Final = timedelta(days=14)
SHOWN: Final = 12  # characters of a fingerprint, as `samlad keys list` shows them
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
VAULT: Final = "vault key"
PREPARE = "Run `samlad prepare`: it makes a new one, and everybody signs in again."
RESTORE = (
    "Put it back from your backup: no other opens the narratives. "
    "Only in a new system run `samlad prepare`."
)
KEYS = "Put it back from your backup, or run `samlad prepare` and make new keys."


def secrets(files: Secrets) -> list[Finding]:
    """Say how the session's secret, the vault's key and the API keys are kept."""
    return [
        _sealed("session secret", files.session, PREPARE),
        _sealed(VAULT, files.vault, RESTORE),
        _keys(files.keys),
    ]


def _sealed(what: str, path: Path, mend: str) -> Finding:
    try:
        seen = path.stat()
    except OSError as error:
        return failure(what, f"{path}: {type(error).__name__}", mend)
    return secret(what, path, size=seen.st_size, mode=seen.st_mode, mend=mend)


def secret(what: str, path: Path, *, size: int, mode: int, mend: str) -> Finding:
    """Judge a secret file by its bytes and its mode."""
    rotated = what == VAULT and size in FILE_BYTES
    if size != SECRET_BYTES and not rotated:
        return failure(what, f"{path} has {size} bytes, not {SECRET_BYTES}", mend)
    return _open(what, path, mode) or well(what, str(path))


def _open(what: str, path: Path, mode: int) -> Finding | None:
    if not mode & OTHERS:
        return None
    found = f"{path} may be used by others (mode {stat.S_IMODE(mode):03o})"
    return warning(what, found, f"Run chmod 600 {path}.")


def _keys(path: Path) -> Finding:
    try:
        mode, records = path.stat().st_mode, read_records(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return failure("API keys", f"{path}: {type(error).__name__}; every key is refused", KEYS)
    return _open("API keys", path, mode) or keys(records, datetime.now(UTC))


def keys(records: Sequence[KeyRecord], now: datetime) -> Finding:
    """Judge the keys by when they expire: WARN from 14 days before, until they are revoked."""
    ending = [each for each in records if each.expires <= now + SOON]
    if not ending:
        return well("API keys", f"{len(records)} in force")
    told = ", ".join(_told(each, now) for each in ending)
    advice = "Make new ones with `samlad keys create`, then revoke these with `samlad keys revoke`."
    return warning("API keys", told, advice)


def _told(record: KeyRecord, now: datetime) -> str:
    word = "expired" if record.expires <= now else "expires"
    return f"{record.sha256[:SHOWN]} of {record.agency} {word} {record.expires:%Y-%m-%d}"
