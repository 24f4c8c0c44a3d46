"""Settings of the reporting service, from the environment (`SAMLAD_…`)."""

from typing import ClassVar

from shared.web.settings import ServiceSettings


class Settings(ServiceSettings):
    """What reporting needs to run."""

    service: ClassVar[str] = "reporting"
    port: int = 8084
