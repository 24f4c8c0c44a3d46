"""Settings of the intake service, from the environment (`SAMLAD_…`)."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What intake needs to run."""

    service: ClassVar[str] = "intake"
    port: int = Field(default=8081, ge=0, le=65535, description="Port to listen on.")
    vault_key_file: Path = Field(
        Path(".samlad/vault.key"),
        description="32 raw bytes that wrap the vault's keys. Lost, every narrative is lost.",
    )
    contact_days: int = Field(
        default=180,
        ge=1,
        le=730,
        description="Days a resident's contact is kept at most; given feedback ends it sooner.",
    )
    known_names_file: Path | None = Field(
        None,
        description="Names the screen finds also where they stand alone, one a line; none shipped.",
    )
    open311_public: bool = Field(
        default=False,
        description="Whether anybody reads an excerpt of Open311's requests: no words, no persons.",
    )

    @property
    def keys_database_name(self) -> str:
        """The database of the vault's data keys, apart from everything else."""
        return f"{self.database_prefix}vault_keys"
