"""Settings of the notify service, from the environment (`SAMLAD_…`)."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What notify needs to run. `mail_folder` is the demo's mail sink, shown at the outbox."""

    service: ClassVar[str] = "notify"
    port: int = 8083
    mail_host: str = "127.0.0.1"
    mail_port: int = Field(default=1025, ge=1, le=65535)
    mail_from: str = "samlad@stadsdelen.example.org"
    mail_folder: Path | None = None
