"""Settings every service shares, from the environment (`SAMLAD_…`)."""

import json
from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.web.address import networks
from shared.web.rates import Rate

LICENCE_TEXT = "https://spdx.org/licenses/EUPL-1.2.html"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _rate(text: str) -> str:
    Rate.of(text)
    return text


RateText = Annotated[str, AfterValidator(_rate)]  # as the library `limits` writes it


class ServiceSettings(BaseSettings):
    """Subclass per service: set `service` and a default `port`.

    Who runs the system says so with `contact_name`, `contact_url`, `contact_email` and `terms_url`;
    until then the APIs name the district, and the licence's text as the terms.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAMLAD_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    service: ClassVar[str] = ""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    kafka: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: ["127.0.0.1:9092"], description="Bootstrap servers, with commas."
    )
    mongo_url: str = Field(
        "mongodb://127.0.0.1:27017/?replicaSet=rs0",
        description="MongoDB, a replica set: transactions need one.",
    )
    database_prefix: str = Field(
        "samlad_", description="Begins the name of every database; the service's name ends it."
    )
    public_url: str = Field(
        "http://127.0.0.1:8080", description="Address that people use; begins links and mails."
    )
    district_file: Path | None = Field(
        None, description="District file; without one the district that is shipped."
    )
    keys_file: Path = Field(
        Path(".samlad/keys.json"), description="API keys, as SHA-256; `samlad keys` writes it."
    )
    secret_file: Path = Field(
        Path(".samlad/secret"), description="32 raw bytes that seal sessions and forms."
    )
    demo: bool = Field(
        default=False,
        description="Demo mode, on loopback only: anybody signs in as any role, requests set time.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    proxies: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: ["127.0.0.0/8", "::1/128"],
        description="Networks whose `X-Forwarded-For` is believed, with commas: the front door's.",
    )
    rate_per_key: RateText = Field(
        "2500/10 seconds", description="Requests with one key, per process; in demo mode 100 times."
    )
    rate_per_address: RateText = Field(
        "5000/10 seconds", description="Requests from one address, an IPv6 /64 being one; as above."
    )
    rate_of_open_forms: RateText = Field(
        "60/hour", description="Reports from one address by people who are not signed in; as above."
    )
    rate_of_wrong_keys: RateText = Field(
        "30/minute", description="Wrong keys from one address until it is refused; as above."
    )
    tile_url: str = Field(
        "", description="Map tiles, `https://…/{z}/{x}/{y}.png`; without them the drawn map."
    )
    contact_name: str = Field("", description="Who runs the system, for the APIs.")
    contact_url: str = Field("", description="Where they are reached.")
    contact_email: str = Field("", description="And by mail: a function, not a person.")
    terms_url: str = Field(LICENCE_TEXT, description="The terms of the APIs.")

    @field_validator("kafka", "proxies", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        """Accept `a:1,b:2` as well as `["a:1", "b:2"]`."""
        if not isinstance(given, str):
            return given
        text = given.strip()
        return json.loads(text) if text.startswith("[") else [s.strip() for s in text.split(",")]

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, given: list[str]) -> list[str]:
        networks(given)
        return given

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
