"""Settings of the intake service, from the environment (`SAMLAD_…`)."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from services.intake.domain.disposal import Decision, read
from shared.security.master import MasterKeys
from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What intake needs to run."""

    service: ClassVar[str] = "intake"
    port: int = Field(default=8081, ge=0, le=65535, description="Port to listen on.")
    vault_key_file: Path = Field(
        Path(".samlad/vault.key"),
        description="32 raw bytes that wrap the vault's keys. Lost, every narrative is lost.",
    )
    vault_former_key_files: Annotated[list[Path], NoDecode] = Field(
        default_factory=list,
        description="Keys of the vault before a rotation, with commas, until `samlad vault rotate` "
        "is through.",
    )
    retention_file: Path | None = Field(
        None, description="Decisions on disposal (TOML); without one nothing is disposed of."
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

    @field_validator("vault_former_key_files", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        """Accept `a,b`; nothing is no file."""
        return [each for each in given.split(",") if each] if isinstance(given, str) else given

    def vault_keys(self) -> MasterKeys:
        """The vault's master keys; ValueError unless the files follow one another."""
        former = [file.read_bytes() for file in self.vault_former_key_files]
        return MasterKeys.read(self.vault_key_file.read_bytes(), former)

    def decisions(self) -> list[Decision]:
        """The decisions on disposal, as they stand now; OSError or ValueError when unreadable."""
        file = self.retention_file
        return [] if file is None else read(file.read_text("utf-8"))

    @property
    def keys_database_name(self) -> str:
        """The database of the vault's data keys, apart from everything else."""
        return f"{self.database_prefix}vault_keys"
