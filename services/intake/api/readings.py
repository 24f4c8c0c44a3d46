"""Narratives by API: read for a purpose, and every reading leaves a line in the audit trail."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import ReaderOfNarratives
from services.intake.api.concerns import PATH
from services.intake.commands.readings import Readings
from services.intake.commands.trail import Purpose
from shared.contracts.types import Uuid

NO_STORE = {"cache-control": "no-store"}


class Asking(BaseModel):
    """What the narrative is read for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "TRIAGE"}]}
    )

    purpose: Literal[Purpose.TRIAGE, Purpose.OWN_FOLLOW_UP, Purpose.FEEDBACK] = Field(
        description="Ändamål / purpose"
    )


class Narrative(BaseModel):
    """What the reporter wrote."""

    concern_id: Uuid = Field(description="Referens / reference")
    purpose: Purpose = Field(description="Ändamålet som står i loggen / as the trail has it")
    narrative: str = Field(description="Fritexten / the free text")


def router(readings: Readings) -> APIRouter:
    """The route `/intake/v1/concerns/{id}/narrative-readings`."""
    routes = APIRouter(prefix=PATH, tags=["rapporter / concerns"])

    @routes.post("/{concern_id}/narrative-readings", summary="Läs fritexten / read the narrative")
    async def read(
        concern_id: Annotated[Uuid, Path(description="Referens / reference")],
        said: Asking,
        response: Response,
        reader: ReaderOfNarratives,
    ) -> Narrative:
        """Den egna myndighetens fritext, eller för samordnaren alla; varje läsning loggas först.

        One's own agency's narrative, for the coordinator any; each reading is written to the
        audit trail before the text is given.
        """
        response.headers.update(NO_STORE)
        text = await readings.read(concern_id, said.purpose, reader)
        return Narrative(concern_id=concern_id, purpose=said.purpose, narrative=text)

    return routes
