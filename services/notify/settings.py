"""Settings of the notify service, from the environment (`SAMLAD_…`)."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What notify needs to run. `mail_folder` is the demo's mail sink, shown at the outbox."""

    service: ClassVar[str] = "notify"
    port: int = Field(default=8083, ge=0, le=65535, description="Port to listen on.")
    mail_host: str = Field("127.0.0.1", description="SMTP server that takes the mails.")
    mail_port: int = Field(default=1025, ge=1, le=65535, description="Its port.")
    mail_from: str = Field(
        "samlad@stadsdelen.example.org", description="Sender of every mail: a function's address."
    )
    mail_folder: Path | None = Field(
        None, description="Demo mode: the mail sink's folder, shown at `/notify/outbox`."
    )
