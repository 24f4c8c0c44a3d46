"""Concerns by API: take one in, list and read one's own. A narrative is never given back."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import SIGNED_IN, Reader, Reporter, reporter
from services.intake.api.asked import Asked
from services.intake.api.own_files import ANSWERS, Form, as_file
from services.intake.commands.concerns import Accepted, Concerns, Diverted
from services.intake.domain.concern import Concern
from services.intake.domain.report import ConcernReport
from services.intake.store import Store
from shared.contracts.codes import ConcernState, DivertTarget
from shared.contracts.concerns import ConcernRegistered, Findings
from shared.contracts.district import Diversion
from shared.contracts.types import Code, Uuid
from shared.store.stream import Loaded
from shared.web.conditional import etag
from shared.web.declared import refuse_undeclared
from shared.web.exports import Format
from shared.web.idempotency import IdempotencyKey, key_sent
from shared.web.middleware.lane import Lane, body_of
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.requests import provenance

PATH = "/intake/v1/concerns"
REPLAYED = {"idempotent-replayed": "true"}
_ID = "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e"


class Receipt(BaseModel):
    """A concern stands: registered, or quarantined until a person has looked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "concern_id": _ID,
                    "status": "REGISTERED",
                    "links": {"self": f"{PATH}/{_ID}"},
                }
            ]
        }
    )

    concern_id: Uuid = Field(description="Referens / reference")
    status: ConcernState = Field(description="REGISTERED eller/or QUARANTINED")
    links: dict[str, str] = Field(description="Länkar / links")


class TurnTo(BaseModel):
    """Where a diverted reporter turns."""

    target: DivertTarget
    phone: str
    label: dict[str, str]
    url: str | None = None

    @classmethod
    def of(cls, to: Diversion) -> "TurnTo":
        """The address of a diversion."""
        label = {"sv": to.label.sv, "en": to.label.en}
        return cls(target=to.target, phone=to.phone, label=label, url=to.url)


class OwnConcern(BaseModel):
    """An agency's own concern as the shared picture knows it."""

    concern_id: Uuid = Field(description="Referens / reference")
    status: ConcernState = Field(description="Läge / state")
    concern: ConcernRegistered = Field(description="De kodade uppgifterna / the coded fields")
    findings: tuple[Findings, ...] = Field(
        default=(), description="Vad granskningen fann, aldrig texten / kinds of findings"
    )
    external_reference: str | None = Field(default=None, description="Eget nummer / own number")
    reason: Code | None = Field(default=None, description="Skäl till läget / why it stands so")
    version: int = Field(description="Version, även som ETag / also the ETag")
    links: dict[str, str] = Field(description="Länkar / links")

    @classmethod
    def of(cls, loaded: Loaded) -> "OwnConcern":
        """The view of what is stored."""
        kept = Concern.model_validate(loaded.state)
        return cls(
            concern_id=loaded.id,
            status=kept.status,
            concern=kept.registered,
            findings=kept.findings,
            external_reference=kept.external_reference,
            reason=kept.reason,
            version=loaded.version,
            links={"self": f"{PATH}/{loaded.id}"},
        )


def router(concerns: Concerns, store: Store) -> APIRouter:
    """The routes under `/intake/v1/concerns`."""
    routes = APIRouter(prefix=PATH, tags=["rapporter / concerns"])

    @routes.post(
        "",
        status_code=202,
        response_model=Receipt,
        summary="Rapportera / report a concern",
        response_description="Mottagen, lagrad av majoriteten / taken in",
        openapi_extra=SIGNED_IN,
    )
    async def report(
        said: ConcernReport, request: Request, who: Reporter, key: IdempotencyKey
    ) -> Response:
        """Ta emot en kodad iakttagelse av en plats, ett beteende eller tillstånd och en tid.

        Samma nyckel och innehåll ger samma svar (`Idempotent-Replayed: true`); annat innehåll ger
        422. Det som hör hemma någon annanstans ger 422 med `turn_to`. / Takes in one coded
        observation. The same key and content give the same answer; what belongs elsewhere gets
        422 with `turn_to`, and nothing of it is stored.
        """
        return _answer(await concerns.report(said, key, provenance(request, who)))  # see `lane`

    @routes.get(
        "",
        response_model=Paged[OwnConcern],
        responses=ANSWERS,
        summary="Egna rapporter / own concerns",
    )
    async def own_concerns(
        request: Request, response: Response, who: Reader, wanted: Asked, part: Listing, form: Form
    ) -> Paged[OwnConcern] | Response:
        """Den egna myndighetens rapporter, senaste först. / Own concerns, newest first.

        `format` eller `Accept` ger alla som passar som fil: svensk CSV, XLSX eller GeoJSON. /
        `format` or `Accept` gives all that match as a file.
        """
        response.headers["vary"] = "Accept"
        if form is not Format.JSON:
            return await as_file(request, store, who, wanted, form)
        found, total = await store.own.page(
            who.agency, who.district, wanted, skip=part.skip, limit=part.limit
        )
        items = [OwnConcern.of(one) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.get("/{concern_id}", summary="En egen rapport / one own concern")
    async def own_concern(
        concern_id: Annotated[Uuid, Path(description="Referens / reference")],
        response: Response,
        who: Reader,
    ) -> OwnConcern:
        """En egen rapport; andras finns inte (404). / One of one's own; others' do not exist."""
        found = await store.own_concern(concern_id, who.agency, who.district)
        if found is None:
            raise Problem(404)
        response.headers["etag"] = etag(found.version)
        return OwnConcern.of(found)

    return routes


def lane(concerns: Concerns) -> Lane:
    """What answers a report in place of its route above, as that would."""

    async def report(request: Request) -> Response:
        who = await reporter(request)
        key = key_sent(request)
        if request.scope["query_string"]:
            refuse_undeclared(request.query_params, {})
        said = body_of(request, ConcernReport)
        return _answer(await concerns.report(said, key, provenance(request, who)))

    return Lane("POST", PATH, report)


def _answer(outcome: Accepted | Diverted) -> Response:
    if isinstance(outcome, Diverted):
        raise diverted(outcome)
    body: dict[str, Any] = {
        "concern_id": outcome.concern_id,
        "status": outcome.status,
        "links": {"self": f"{PATH}/{outcome.concern_id}"},
    }
    headers = REPLAYED if outcome.replayed else None
    return Response(orjson.dumps(body), 202, headers, media_type="application/json")


def diverted(outcome: Diverted) -> Problem:
    """Where to turn, as a problem."""
    turn_to = TurnTo.of(outcome.to)
    return Problem(
        422,
        "diverted",
        (outcome.to.label.sv, outcome.to.label.en),
        detail="Samlad tar inte emot detta och har inte sparat det. / Not taken in, not stored.",
        members={"turn_to": turn_to.model_dump(mode="json", exclude_none=True)},
    )
