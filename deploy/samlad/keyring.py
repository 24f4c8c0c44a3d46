"""A key file as the operator handles it."""

from pathlib import Path

from deploy.samlad.refusal import CannotError, Exit
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.security.keys import KeyKind, KeyRecord, issue, read_records, write_records

SHOWN = 12
ENOUGH = 6


def add(
    file: Path, agency: str, role: str, *, kind: str, days: int, label: str
) -> tuple[str, KeyRecord]:
    """Add a key; returns it with what is kept of it. Raises CannotError for an unknown code."""
    district = District.load()
    if agency not in district.agencies:
        raise CannotError(f"The district file knows no agency {agency}.", Exit.USAGE)
    if role not in Role.__members__:
        raise CannotError(f"There is no role {role}: {', '.join(Role)}.", Exit.USAGE)
    if kind not in set(KeyKind):
        raise CannotError(f"There is no kind {kind}: {', '.join(KeyKind)}.", Exit.USAGE)
    key, made = issue(kind, agency, Role(role), district.code, days)
    record = made.model_copy(update={"label": label})
    write_records(file, [*_records(file), record])
    return key, record


def listed(file: Path) -> list[dict[str, str]]:
    """Return a row per key, without the key."""
    return [
        {
            "fingerprint": record.sha256[:SHOWN],
            "agency": record.agency,
            "role": str(record.role),
            "kind": str(record.kind),
            "expires": record.expires.date().isoformat(),
            "label": record.label,
        }
        for record in _records(file)
    ]


def remove(file: Path, fingerprint: str) -> KeyRecord:
    """Remove the one key whose fingerprint begins so. Raises CannotError unless there is one."""
    records = _records(file)
    found = [record for record in records if record.sha256.startswith(fingerprint)]
    if len(fingerprint) < ENOUGH or len(found) != 1:
        raise CannotError(
            f"{len(found)} keys begin with {fingerprint}; at least {ENOUGH} characters of one.",
            Exit.USAGE,
        )
    write_records(file, [record for record in records if record is not found[0]])
    return found[0]


def _records(file: Path) -> list[KeyRecord]:
    if not file.exists():
        return []
    try:
        return read_records(file)
    except (ValueError, KeyError, TypeError) as error:
        raise CannotError(f"{file} is not a key file.", Exit.FAILED) from error
