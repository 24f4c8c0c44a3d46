"""Settings of the coordination service, from the environment (`SAMLAD_…`)."""

from typing import ClassVar

from pydantic import Field

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What coordination needs to run."""

    service: ClassVar[str] = "coordination"
    port: int = Field(default=8082, ge=0, le=65535, description="Port to listen on.")
    reminder_seconds: float = Field(
        60.0, description="How often due dates are looked at, in seconds."
    )
