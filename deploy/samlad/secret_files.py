"""The secrets of an embedded system: made once, readable by their owner alone."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from deploy.samlad.refusal import CannotError, Exit
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.security.keys import KeyKind, KeyRecord, issue, read_records, write_records
from shared.security.master import FILE_BYTES

DEMO_DAYS = 365
SECRET_BYTES = 32
DESKS = {
    "DISTRICT_COORD": (
        Role.COORDINATOR,
        Role.ANALYST,
        Role.OPERATOR,
        Role.COUNCIL_SECRETARY,
        Role.RECORDS_OFFICER,
        Role.SSPF_COORDINATOR,
    ),
    "DISTRICT_PREVENTION": (Role.SSPF_COORDINATOR, Role.ANALYST),
    "POLICE_NORRMALM": (Role.COMMUNITY_POLICE,),
}
NOWHERE_ELSE: Mapping[str, str] = MappingProxyType({})
EVERYWHERE = (Role.REPORTER, Role.ACTION_OWNER)


class Secrets:
    """The secret files of a system: in its data folder, or where the settings say.

    Args:
        folder: the data folder.
        elsewhere: the settings (`SAMLAD_…_FILE`) that name other places.
    """

    def __init__(self, folder: Path, elsewhere: Mapping[str, str] = NOWHERE_ELSE) -> None:
        self.session = Path(elsewhere.get("SAMLAD_SECRET_FILE") or folder / "secret")
        self.vault = Path(elsewhere.get("SAMLAD_VAULT_KEY_FILE") or folder / "vault.key")
        former = elsewhere.get("SAMLAD_VAULT_FORMER_KEY_FILES", "").split(",")
        self.former_vaults = [Path(each) for each in former if each]
        self.keys = Path(elsewhere.get("SAMLAD_KEYS_FILE") or folder / "keys.json")
        self.demo_keys = folder / "demo-keys.json"

    def make(self, *, demo: bool) -> None:
        """Make what is missing; in demo mode also a test key per agency and role.

        A session seal that is broken off is made anew: people sign in again. A vault key never
        is: with another one every narrative would be lost. Raises CannotError for one of another
        length, and for one that is missing during a rotation or beside another one.
        """
        for path in (self.session, self.vault, self.keys, self.demo_keys):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.session.exists() or self.session.stat().st_size != SECRET_BYTES:
            write_secret(self.session, secrets.token_bytes(SECRET_BYTES))
        self._make_vault_key()
        if not self.keys.exists():
            write_records(self.keys, [])
        if demo and not self.demo_keys.exists():
            self._make_demo_keys()

    def _make_vault_key(self) -> None:
        if not self.vault.exists() and self.former_vaults:
            raise CannotError(
                f"The vault key {self.vault} is not there, and former ones are named: none is "
                "made. Name the file that `samlad vault rotate` made.",
                Exit.REFUSED,
            )
        if not self.vault.exists() and (other := self._other_vault_key()):
            raise CannotError(
                f"The vault key {self.vault} is not there, and {other} beside it may be one: none "
                "is made. Name the right file in SAMLAD_VAULT_KEY_FILE, or put it back from a "
                "backup.",
                Exit.REFUSED,
            )
        if not self.vault.exists():
            write_secret(self.vault, secrets.token_bytes(SECRET_BYTES))
        elif (size := self.vault.stat().st_size) not in FILE_BYTES:
            raise CannotError(
                f"The vault key {self.vault} has {size} bytes instead of {SECRET_BYTES}; it is "
                "left as it is. Put the right one back from a backup: no other opens narratives.",
                Exit.REFUSED,
            )

    def _other_vault_key(self) -> Path | None:
        """A file beside the vault key that is as long as one, and no other secret of these."""
        folder = self.vault.parent
        known = {self.session, self.keys, self.demo_keys, folder / "secret"}
        names = {path.resolve() for path in known}
        halves = {f"{path.name}.half" for path in (*known, self.vault)}
        beside = (path for path in sorted(folder.iterdir()) if path.name not in halves)
        own = (path for path in beside if path.is_file() and path.resolve() not in names)
        return next((path for path in own if path.stat().st_size in FILE_BYTES), None)

    def _make_demo_keys(self) -> None:
        district = District.load()
        plain: dict[str, str] = {}
        records: list[KeyRecord] = []
        for agency in district.agencies:
            for role in (*EVERYWHERE, *DESKS.get(agency, ())):
                key, record = issue(KeyKind.TEST, agency, role, district.code, DEMO_DAYS)
                plain[f"{agency}|{role}"] = key
                records.append(record.model_copy(update={"label": "demo"}))
        kept = [record for record in read_records(self.keys) if record.label != "demo"]
        write_records(self.keys, [*kept, *records])
        write_secret(self.demo_keys, json.dumps(plain, indent=1).encode("utf-8"))


def demo_keys(file: Path) -> dict[tuple[str, str], str]:
    """Return the demo's keys by agency and role."""
    written = json.loads(file.read_text("utf-8"))
    return {tuple(name.split("|", 1)): key for name, key in written.items()}


def write_secret(path: Path, content: bytes) -> None:
    """Write a file in one step that only its owner may read."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that a power cut leaves all of it or nothing
    finally:
        os.close(folder)
