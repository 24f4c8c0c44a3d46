"""Where the system is that the doctor looks at: the settings say it, else the data folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.samlad.secret_files import Secrets
from deploy.samlad.stack.state import State

NAMING = ("SAMLAD_KAFKA", "SAMLAD_MONGO_URL", "SAMLAD_MAIL_HOST")
MAIL_PORT = 1025


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Addresses of one system; None is what nobody named.

    Attributes:
        named: the settings name it; else it is the embedded one, or there is none.
        embedded: what the embedded system of the data folder says about itself, while it runs.
        prefix: begins the names of its databases.
        secrets: its secret files.

    Stores that run alone, without services, have neither prefix nor secrets.
    """

    named: bool
    embedded: State | None = None
    kafka: list[str] | None = None
    mongo_url: str | None = None
    prefix: str | None = None
    mail: tuple[str, int] | None = None
    secrets: Secrets | None = None

    @property
    def anywhere(self) -> bool:
        """Whether there is a system to look at."""
        return self.named or self.embedded is not None


def find(folder: Path, settings: Mapping[str, str]) -> Where:
    """Return the system that the settings name, else the one that runs in the data folder."""
    state = State.read(folder)
    running = state if state is not None and state.alive() else None
    if any(settings.get(name) for name in NAMING):
        return _named(folder, settings, running)
    if running is None:
        return Where(named=False)
    return Where(
        named=False,
        embedded=running,
        kafka=running.kafka or None,
        mongo_url=running.mongo_url or None,
        prefix=_prefix(settings) if running.services else None,
        mail=_address(running.smtp),
        secrets=Secrets(folder) if running.services else None,
    )


def _named(folder: Path, settings: Mapping[str, str], running: State | None) -> Where:
    kafka, mongo_url = settings.get("SAMLAD_KAFKA"), settings.get("SAMLAD_MONGO_URL")
    host = settings.get("SAMLAD_MAIL_HOST")
    port = settings.get("SAMLAD_MAIL_PORT", "")
    return Where(
        named=True,
        embedded=running,
        kafka=[each.strip() for each in kafka.split(",")] if kafka else None,
        mongo_url=mongo_url or None,
        prefix=_prefix(settings),
        mail=(host, int(port) if port.isdecimal() else MAIL_PORT) if host else None,
        secrets=Secrets(folder, settings) if kafka or mongo_url else None,
    )


def _prefix(settings: Mapping[str, str]) -> str:
    return settings.get("SAMLAD_DATABASE_PREFIX", "samlad_")


def _address(smtp: str) -> tuple[str, int] | None:
    host, _, port = smtp.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() else None
