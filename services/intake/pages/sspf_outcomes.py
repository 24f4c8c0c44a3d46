"""An agency's SSPF outcomes as pages: what was recorded, and taking one of them back."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.changing import NOT_FOUND, STALE, By
from services.intake.commands.sspf import Sspf
from services.intake.pages.moved import moved
from services.intake.pages.outage import AWAY, later
from services.intake.pages.reasons import OUTCOME_WITHDRAWAL
from services.intake.pages.sspf_words import Called, Told
from services.intake.pages.taking_back import Asked, TakingBack
from services.intake.pages.visitor import SspfVisitor, to_sign_in
from services.intake.store import Store
from shared.contracts.refusal import Refusal, Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import filled_in
from shared.web.pages import Pages
from shared.web.paging import Listing, Page
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/sspf/outcomes"
BACK: Final = (PATH, "Till era utfall / To your outcomes")
DONE: Final[Mapping[str, str]] = {
    "withdraw": "Utfallet är återtaget och räknas inte längre. / It is taken back.",
    "before": (
        "Utfallet var redan återtaget: det första skälet står kvar. / "
        "It was taken back before: the first reason stands."
    ),
}
GONE: Final = Refusal(
    "SSPF.WITHDRAWN",
    "Utfallet är redan återtaget. Det går inte att ångra",
    "The outcome has been taken back already. It cannot be undone",
    409,
)


def router(pages: Pages, sspf: Sspf, store: Store) -> APIRouter:
    """The pages under `/intake/sspf/outcomes`."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)
    desk = _Desk(pages, sspf, store)

    @routes.get("")
    async def own(request: Request, who: SspfVisitor, part: Listing) -> Response:
        return to_sign_in(request) if who is None else await desk.listed(request, who, part)

    @routes.get("/{outcome_id}/withdraw")
    async def ask(outcome_id: Uuid, request: Request, who: SspfVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.ask(request, who, outcome_id)

    @routes.post("/{outcome_id}/withdraw")
    async def withdraw(outcome_id: Uuid, request: Request, who: SspfVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.withdraw(request, who, outcome_id)

    return routes


class _Desk:
    """Shows the outcomes, asks why one is taken back, and takes it back."""

    def __init__(self, pages: Pages, sspf: Sspf, store: Store) -> None:
        self._pages = pages
        self._sspf = sspf
        self._store = store

    async def listed(self, request: Request, who: Principal, part: Page) -> Response:
        """The agency's outcomes, the latest recorded first, also those taken back."""
        found, total = await self._store.own_outcomes.page(
            who.agency, who.district, skip=part.skip, limit=part.limit
        )
        called = await self._called(request)
        return self._render(
            request,
            "sspf_outcomes.html",
            outcomes=[Told.of(one, called) for one in found],
            total=total,
            part=part,
            done=DONE.get(request.query_params.get("done", "")),
            reasons=OUTCOME_WITHDRAWAL,
        )

    async def ask(self, request: Request, who: Principal, outcome_id: str) -> Response:
        """Why is it taken back, and are they sure?"""
        told = await self._told(request, who, outcome_id)
        if told.withdrawn:
            return moved(self._pages, request, GONE, BACK)
        asked = Asked(told.version, OUTCOME_WITHDRAWAL, {})
        return self._form(request, outcome_id, asked, told=told)

    async def withdraw(self, request: Request, who: Principal, outcome_id: str) -> Response:
        """Take it back: for a reason, and only where they said that they are sure."""
        sent = TakingBack.of(await filled_in(request))
        asked = Asked(sent.version, OUTCOME_WITHDRAWAL, sent.values)
        by = By(why=provenance(request, who), if_match=sent.version)
        told: Told | None = None
        try:
            told = await self._told(request, who, outcome_id)
            if sent.errors and told.withdrawn:
                return moved(self._pages, request, GONE, BACK)
            if sent.errors:
                return self._form(request, outcome_id, asked, sent.errors, told=told)
            done = await self._sspf.withdraw(outcome_id, sent.said, by)
        except Refused as refused:
            if refused.refusal != STALE:
                raise
            return moved(self._pages, request, refused.refusal, BACK)
        except (Unavailable, Conflict):
            return later(self._form(request, outcome_id, asked, AWAY, status=503, told=told))
        return RedirectResponse(f"{PATH}?done={'before' if done.replayed else 'withdraw'}", 303)

    async def _told(self, request: Request, who: Principal, outcome_id: str) -> Told:
        found = await self._store.own_outcomes.one(outcome_id, who.agency, who.district)
        if found is None:
            raise Refused(NOT_FOUND)
        return Told.of(found, await self._called(request))

    async def _called(self, request: Request) -> Called:
        return Called(site_of(request).district, await self._store.places.names())

    def _form(
        self,
        request: Request,
        outcome_id: str,
        asked: Asked,
        errors: Mapping[str, str] | None = None,
        *,
        status: int = 422,
        told: Told | None = None,
    ) -> Response:
        return self._render(
            request,
            "sspf_withdraw.html",
            status if errors else 200,
            address=f"{PATH}/{outcome_id}/withdraw",
            asked=asked,
            errors=errors or {},
            told=told,
        )

    def _render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - what the template names
        answer = self._pages.render(request, name, status, **context)
        answer.headers["cache-control"] = "no-store"
        return answer
