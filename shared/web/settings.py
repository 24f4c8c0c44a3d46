"""Settings every service shares, from the environment (`SAMLAD_…`)."""

import json
from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LICENCE_TEXT = "https://spdx.org/licenses/EUPL-1.2.html"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ServiceSettings(BaseSettings):
    """Subclass per service: set `service` and a default `port`.

    Who runs the system says so with `contact_name`, `contact_url`, `contact_email` and `terms_url`;
    until then the APIs name the district, and the licence's text as the terms.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAMLAD_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    service: ClassVar[str] = ""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    kafka: Annotated[list[str], NoDecode] = Field(default_factory=lambda: ["127.0.0.1:9092"])
    mongo_url: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    database_prefix: str = "samlad_"
    public_url: str = "http://127.0.0.1:8080"
    district_file: Path | None = None
    keys_file: Path = Path(".samlad/keys.json")
    secret_file: Path = Path(".samlad/secret")
    demo: bool = False
    log_level: str = "INFO"
    tile_url: str = ""
    contact_name: str = ""
    contact_url: str = ""
    contact_email: str = ""
    terms_url: str = LICENCE_TEXT

    @field_validator("kafka", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        """Accept `a:1,b:2` as well as `["a:1", "b:2"]`."""
        if not isinstance(given, str):
            return given
        text = given.strip()
        return json.loads(text) if text.startswith("[") else [s.strip() for s in text.split(",")]

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and urlsplit(self.public_url).hostname not in LOOPBACK:
            raise ValueError("demo mode serves the loopback address only")
        return self

    @property
    def database_name(self) -> str:
        """The name of this service's own database."""
        return f"{self.database_prefix}{self.service}"

    @property
    def over_https(self) -> bool:
        """Whether browsers reach the system over https."""
        return urlsplit(self.public_url).scheme == "https"
