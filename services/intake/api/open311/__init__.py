"""Open311 GeoReport v2: its own forms, its own errors, its own document, beside the JSON API.

Everything stands under two addresses: the production endpoint, and the test endpoint, which takes
test keys alone. What a test key posts is marked made up at both.
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.intake.api.open311 import requests, services
from services.intake.api.open311.document import document
from services.intake.api.open311.errors import GeoReportLayer
from services.intake.commands.open311 import ServiceRequests
from services.intake.store import Store
from shared.web.site import site_of

__all__ = ["GeoReportLayer", "router"]


def router(on_requests: ServiceRequests, store: Store, *, public: bool) -> APIRouter:
    """Every route of the facade, at both its addresses."""
    inside = APIRouter()
    inside.include_router(services.router())
    inside.include_router(requests.router(on_requests, store, public=public))

    both = APIRouter(include_in_schema=False)
    both.include_router(inside, prefix=services.PRODUCTION)
    both.include_router(inside, prefix=services.TEST, dependencies=[Depends(_testing)])

    @both.get(f"{services.PRODUCTION}/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        told = document(site_of(request), inside.routes, services.PRODUCTION, services.TEST)
        return JSONResponse(told)

    return both


async def _testing(request: Request) -> None:
    """Say that this is the test endpoint."""
    request.state.testing = True
