"""Service requests: post one, read one or many, poll a token, poll what moved."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.intake.api.open311.access import Reader, jurisdiction
from services.intake.api.open311.asked import AskedFor, AskedSpan
from services.intake.api.open311.desk import Desk
from services.intake.api.open311.document import POSTED, answers
from services.intake.api.open311.errors import faulty
from services.intake.api.open311.formats import Asked, answer
from services.intake.commands.open311 import ServiceRequests
from services.intake.domain.open311.posted import fault
from services.intake.store import Store
from shared.web.problem import Problem

NO_UPDATES = fault(
    "NO_UPDATES",
    "Uppdateringar tas inte emot och har inte sparats. Skicka ett nytt ärende.",
    "Updates are not taken in and were not kept. Post a new request.",
)
Extensions = Annotated[
    bool, Query(description="Med utökad status och svar / with extended status and answers")
]


def router(on_requests: ServiceRequests, store: Store, *, public: bool) -> APIRouter:
    """The routes of requests."""
    routes = APIRouter(tags=["ärenden / requests"])
    desk, here = Desk(on_requests, store, public=public), [Depends(jurisdiction)]

    @routes.post(
        "/requests.{form}",
        status_code=201,
        summary="Skicka ett ärende / post a request",
        response_class=Response,
        responses=answers("Receipt", 201),
        openapi_extra=POSTED,
    )
    async def post(request: Request, form: Asked) -> Response:
        """Ta emot ett ärende; samma innehåll igen ger samma svar. / Takes in one request.

        Namn, kontaktuppgifter, konto, enhet och bilder sparas aldrig. / Names, contact details,
        account, device and pictures are never kept.
        """
        return await desk.take_in(request, form)

    @routes.get(
        "/tokens/{token}.{form}",
        summary="Ärende av en token / a request of a token",
        response_class=Response,
        responses=answers("Token"),
        dependencies=here,
    )
    async def token(request: Request, token: str, form: Asked, who: Reader) -> Response:
        """Tjänsterna är realtime: en token är ärendets nummer; andras finns inte. / Its id."""
        if not await desk.there(request, who, token):
            raise Problem(404)
        told = {"service_request_id": token, "token": token}
        return answer("service_requests", [told], form)

    @routes.get(
        "/requests.{form}",
        summary="Ärenden / requests",
        response_class=Response,
        responses=answers("ServiceRequests"),
        dependencies=here,
    )
    async def requests(
        request: Request,
        form: Asked,
        who: Reader,
        asked: AskedFor,
        *,
        extensions: Extensions = False,
    ) -> Response:
        """Nyckelns egna ärenden, nyaste först; utan nyckel de som är öppna för alla. / Own ones."""
        seen = await desk.many(request, who, asked)
        view = await desk.view(request, who, extensions=extensions)
        return answer("service_requests", [view.request(one) for one in seen], form)

    @routes.get(
        "/requests/{service_request_id}.{form}",
        summary="Ett ärende / one request",
        response_class=Response,
        responses=answers("ServiceRequests"),
        dependencies=here,
    )
    async def one(
        request: Request,
        service_request_id: str,
        form: Asked,
        who: Reader,
        *,
        extensions: Extensions = False,
    ) -> Response:
        """Ett eget ärende som det skickades; andras finns inte (404). / One request."""
        seen = await desk.of(request, who, [service_request_id])
        if not seen:
            raise Problem(404)
        view = await desk.view(request, who, extensions=extensions)
        return answer("service_requests", [view.request(one) for one in seen], form)

    @routes.get(
        "/servicerequestupdates.{form}",
        summary="Vad som hänt / updates (FixMyStreet)",
        response_class=Response,
        responses=answers("Updates"),
        dependencies=here,
    )
    async def updates(request: Request, form: Asked, who: Reader, asked: AskedSpan) -> Response:
        """Varje ändring av egna ärenden, äldst först. / Every move of own requests."""
        found = await desk.updates(request, who, asked.since, asked.until) if who else []
        view = await desk.view(request, who, extensions=False)
        return answer("service_request_updates", [view.update(one) for one in found], form)

    @routes.post("/servicerequestupdates.{form}", include_in_schema=False)
    async def no_updates(form: Asked) -> Response:  # noqa: ARG001 - an unknown form is 404
        raise faulty([NO_UPDATES])

    return routes
