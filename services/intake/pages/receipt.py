"""The receipt, for who has just sent the report and nobody else.

All residents report as one agency, so for them a sealed ticket in a cookie admits, for an hour and
to that one receipt; afterwards the reference on it leads on. Agencies read their own, as ever.
The form gets the ticket too: it leads who sends it changed a second time to the first's receipt.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.references import SHOWN_FOR, References
from services.intake.domain.concern import Concern
from services.intake.pages.reporting import RESIDENTS, Reporting
from services.intake.store import Store
from shared.contracts.ids import ConcernId
from shared.contracts.types import Uuid
from shared.security.roles import Principal, Via
from shared.store.stream import Loaded
from shared.web.pages import Pages
from shared.web.site import site_of

FORM = "/intake/report"
PATH = f"{FORM}/received"


class Receipts:
    """Leads a reporter to the receipt, and shows it."""

    def __init__(self, pages: Pages, store: Store, references: References) -> None:
        self._pages = pages
        self._store = store
        self._references = references

    async def lead_to(self, request: Request, who: Principal, concern_id: ConcernId) -> Response:
        """To the receipt; a resident's browser gets the ticket that admits to it."""
        address, site = f"{PATH}/{concern_id}", site_of(request)
        answer = RedirectResponse(address, 303)
        if who.via is Via.ANONYMOUS:
            key = self._references.key
            answer.set_cookie(
                _ticket(concern_id),
                key.ticket(concern_id, site.wall_now()),
                max_age=int(SHOWN_FOR.total_seconds()),
                path=FORM,
                secure=site.settings.over_https,
                httponly=True,
                samesite="lax",
            )
        return answer

    async def address(self, request: Request, who: Principal, concern_id: str) -> str | None:
        """Where the receipt is, for whom it is shown; nobody else is told."""
        found = await self._found(request, who, concern_id)
        return None if found is None else f"{PATH}/{concern_id}"

    async def show(self, request: Request, who: Principal, concern_id: str) -> Response:
        """The receipt; for whom it is not there, where to go on with the reference."""
        found = await self._found(request, who, concern_id)
        if found is None:
            return self._pages.render(request, "no_receipt.html", 404)
        kept = Concern.model_validate(found.state)
        key = self._references.key
        residents = kept.registered.source_agency == RESIDENTS
        return self._pages.render(
            request,
            "received.html",
            reference=key.of(concern_id) if residents else concern_id,
            followed=residents,
            kept=kept,
            place=(await self._store.places.known()).get(kept.registered.place_id or ""),
        )

    async def _found(self, request: Request, who: Principal, concern_id: str) -> Loaded | None:
        ticket = request.cookies.get(_ticket(concern_id), "")
        key = self._references.key
        if key.admits(ticket, concern_id, site_of(request).wall_now()):
            return await self._store.own_concern(concern_id, RESIDENTS, who.district)
        if who.agency == RESIDENTS:
            return None
        return await self._store.own_concern(concern_id, who.agency, who.district)


def _ticket(concern_id: str) -> str:
    """The cookie's name: each receipt has its own, so that a second report closes no first."""
    return f"samlad_receipt_{concern_id}"


def router(receipts: Receipts) -> APIRouter:
    """The receipt's page."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)

    @routes.get("/{concern_id}")
    async def received(request: Request, concern_id: Uuid, who: Reporting) -> Response:
        return await receipts.show(request, who, concern_id)

    return routes
