"""How somebody's request for what is kept about them names a report. Pure."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.intake.domain.reference_number import EXAMPLE, DiaryNumber
from services.intake.domain.report import Closed
from shared.contracts.types import Code, Uuid


class AccessRequest(Closed):
    """One way to name a report, and the request's own number in the registry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"concern_id": "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e", "reference": EXAMPLE}
            ]
        }
    )

    reference: DiaryNumber
    concern_id: Uuid | None = Field(default=None, description="Rapportens id / the report's id")
    receipt: str | None = Field(
        default=None, max_length=60, description="Kvittots referens / reference of the receipt"
    )
    agency: Code | None = Field(default=None, description="Vems ärendenummer / whose own number")
    external_reference: str | None = Field(
        default=None, max_length=80, description="Myndighetens eget nummer / the agency's number"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        own = self.agency is not None and self.external_reference is not None
        half = (self.agency is None) != (self.external_reference is None)
        ways = (self.concern_id is not None) + (self.receipt is not None) + own
        if half or ways != 1:
            raise PydanticCustomError(
                "one_reference", "name the report by its id, its receipt, or agency and number"
            )
        return self
