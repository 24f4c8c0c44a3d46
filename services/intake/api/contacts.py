"""How to reach a resident, for the coordinator who has an answer; each reading is a line."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import Answerer
from services.intake.api.concerns import PATH
from services.intake.api.readings import NO_STORE
from services.intake.commands.reaching import Reaching
from services.intake.commands.trail import Purpose
from services.intake.domain.contact import ContactKind
from shared.contracts.types import Uuid
from shared.web.requests import provenance


class AskingForContact(BaseModel):
    """What the contact is read for: nothing but the answer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "FEEDBACK"}]}
    )

    purpose: Literal[Purpose.FEEDBACK] = Field(description="Ändamål / purpose")


class ContactView(BaseModel):
    """How the resident wants to be reached."""

    concern_id: Uuid = Field(description="Referens / reference")
    purpose: Purpose = Field(description="Ändamålet som står i loggen / as the trail has it")
    kind: ContactKind = Field(description="Slag / kind")
    contact: str = Field(description="Adress eller nummer / address or number")


def router(reaching: Reaching) -> APIRouter:
    """The route `/intake/v1/concerns/{id}/contact-readings`."""
    routes = APIRouter(prefix=PATH, tags=["rapporter / concerns"])

    @routes.post("/{concern_id}/contact-readings", summary="Läs kontakten / read the contact")
    async def read(
        concern_id: Annotated[Uuid, Path(description="Referens / reference")],
        said: AskingForContact,
        request: Request,
        response: Response,
        who: Answerer,
    ) -> ContactView:
        """Hur en invånare vill få svar; läsningen loggas först. / How a resident is reached.

        Kontakten raderas 14 dagar efter återkopplingen. / It is destroyed 14 days after feedback.
        """
        response.headers.update(NO_STORE)
        found = await reaching.read(concern_id, provenance(request, who))
        return ContactView(
            concern_id=concern_id, purpose=said.purpose, kind=found.kind, contact=found.value
        )

    return routes
