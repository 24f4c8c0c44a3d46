"""An agency's own concern by API, after it was taken in: take it back, set it right."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import Changer
from services.intake.api.concerns import PATH, diverted
from services.intake.commands.changing import Changed
from services.intake.commands.concerns import Diverted
from services.intake.commands.own import OwnConcerns, Withdrawal
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import ConcernState
from shared.contracts.types import Uuid
from shared.web.conditional import etag

ConcernId = Annotated[Uuid, Path(description="Referens / reference")]
_ID = "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e"


class Standing(BaseModel):
    """Where a concern stands after a command."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "concern_id": _ID,
                    "status": "WITHDRAWN",
                    "version": 2,
                    "links": {"self": f"{PATH}/{_ID}"},
                }
            ]
        }
    )

    concern_id: Uuid = Field(description="Referens / reference")
    status: ConcernState = Field(description="Läge efteråt / state afterwards")
    version: int = Field(description="Version, även som ETag / also the ETag", ge=1)
    links: dict[str, str] = Field(description="Länkar / links")


def router(own: OwnConcerns) -> APIRouter:
    """The commands under `/intake/v1/concerns/{id}`."""
    routes = APIRouter(prefix=PATH, tags=["rapporter / concerns"])

    @routes.post("/{concern_id}/withdraw", summary="Återta / withdraw")
    async def withdraw(
        concern_id: ConcernId, said: Withdrawal, response: Response, by: Changer
    ) -> Standing:
        """Återta en egen rapport: den räknas inte längre; kopplingar står kvar.

        En upprepning ger samma svar. `If-Match` med en äldre version ger 412. / Takes one's own
        concern back: it counts no more. A repeat is answered the same; a stale version gets 412.
        """
        return standing(await own.withdraw(concern_id, said, by), response)

    @routes.post("/{concern_id}/correct", summary="Rätta / correct")
    async def correct(
        concern_id: ConcernId, said: ConcernReport, response: Response, by: Changer
    ) -> Standing:
        """Hela rapporten som den skulle ha varit; utelämnad fritext står kvar.

        Samma regler och granskning som när den kom: ett fynd ger 422, och ingenting ändras. / The
        whole report as it should have been; a text left out stays. The same rules and the same
        screen as at first: a finding gets 422 and nothing is changed.
        """
        outcome = await own.correct(concern_id, said, by)
        if isinstance(outcome, Diverted):
            raise diverted(outcome)
        return standing(outcome, response)

    return routes


def standing(done: Changed, response: Response) -> Standing:
    """What a command answers, with the version as the ETag."""
    response.headers["etag"] = etag(done.version)
    if done.replayed:
        response.headers["idempotent-replayed"] = "true"
    return Standing(
        concern_id=done.concern_id,
        status=done.status,
        version=done.version,
        links={"self": f"{PATH}/{done.concern_id}"},
    )
