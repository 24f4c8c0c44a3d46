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
from shared.security.vault import VaultRefusedError
from shared.store.client import connect
from shared.store.errors import StoreError
from shared.telemetry.clock import SystemClock

OPERATOR = AgencyCode("OPERATOR")  # whoever has the machine; no agency of the district


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
async def opened(folder: Path) -> AsyncIterator[Opened]:
    """Open intake's store and vault: those of the settings, else of the folder's running system.

    Raises CannotError where there is none, or it does not answer, or the key is not the vault's.
    """
    where = find(folder, os.environ)
    if where.mongo_url is None or where.prefix is None or where.secrets is None:
        raise CannotError(
            "No system runs here; start one, or set SAMLAD_MONGO_URL.", Exit.NOT_RUNNING
        )
    client = connect(where.mongo_url)
    database, keys = (client.database(f"{where.prefix}{name}") for name in ("intake", "vault_keys"))
    store = Store(client, database=database, keys=keys)
    try:
        vault = Vault(_master_key(where), store, SystemClock())
        yield Opened(store, vault, _district())
    except StoreError as error:
        raise CannotError(f"MongoDB does not do it ({error.code}): run it again later.") from error
    except VaultRefusedError as error:
        raise CannotError("The vault's key does not open what is kept.") from error
    finally:
        await store.stop()


def _master_key(where: Where) -> bytes:
    file = where.secrets.vault if where.secrets else Path()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotError(f"The vault key {file} cannot be read.", Exit.USAGE) from error


def _district() -> DistrictCode:
    named = os.environ.get("SAMLAD_DISTRICT_FILE")
    return DistrictCode(District.load(Path(named) if named else None).code)
