"""Intake's store and vault, opened by the operator beside the running service."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from deploy.samlad.doctor.where import Where, find
from deploy.samlad.refusal import CannotError, Exit
from services.intake.commands.vault import Vault
from services.intake.store import Store
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.master import MasterKeys
from shared.store.client import connect
from shared.store.errors import StoreError
from shared.telemetry.clock import SystemClock

OPERATOR = AgencyCode("OPERATOR")  # whoever has the machine; no agency of the district
_NOT_RUNNING = CannotError(
    "No system runs here; start one, or set SAMLAD_MONGO_URL.", Exit.NOT_RUNNING
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the operator works with."""

    store: Store
    vault: Vault
    district: DistrictCode

    def why(self) -> Provenance:
        """The provenance of what the operator does now."""
        return Provenance(
            time=datetime.now(UTC),
            district=self.district,
            agency=OPERATOR,
            actor_role=Role.OPERATOR,
            correlation_id=str(uuid4()),
        )


@asynccontextmanager
async def opened(folder: Path, keys: MasterKeys | None = None) -> AsyncIterator[Opened]:
    """Open intake's store and vault, with these keys or those of the settings.

    Raises CannotError where there is none, or it does not answer.
    """
    where = found(folder)
    if where.mongo_url is None:
        raise _NOT_RUNNING
    client = connect(where.mongo_url)
    database = client.database(f"{where.prefix}intake")
    store = Store(client, database=database, keys=client.database(f"{where.prefix}vault_keys"))
    try:
        vault = Vault(keys or master_keys(where), store, SystemClock())
        yield Opened(store, vault, _district())
    except StoreError as error:
        raise CannotError(f"MongoDB does not do it ({error.code}): run it again later.") from error
    finally:
        await store.stop()


def found(folder: Path) -> Where:
    """Return the system of the settings, else the one that runs in the folder."""
    where = find(folder, os.environ)
    if where.mongo_url is None or where.prefix is None or where.secrets is None:
        raise _NOT_RUNNING
    return where


def master_keys(where: Where) -> MasterKeys:
    """Return the vault's keys that the settings name. Raises CannotError when they are none."""
    current = where.secrets.vault if where.secrets else Path()
    former = os.environ.get("SAMLAD_VAULT_FORMER_KEY_FILES", "").split(",")
    try:
        return MasterKeys.read(current.read_bytes(), [Path(f).read_bytes() for f in former if f])
    except OSError as error:
        raise CannotError(f"A vault key cannot be read: {error.filename}.", Exit.USAGE) from error
    except ValueError as error:
        raise CannotError(f"{current}: {error}.", Exit.REFUSED) from error


def _district() -> DistrictCode:
    named = os.environ.get("SAMLAD_DISTRICT_FILE")
    return DistrictCode(District.load(Path(named) if named else None).code)
