"""Settings of the reporting service, from the environment (`SAMLAD_…`)."""

from typing import ClassVar

from pydantic import Field

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What reporting needs to run."""

    service: ClassVar[str] = "reporting"
    port: int = Field(default=8084, ge=0, le=65535, description="Port to listen on.")
