"""Keys of an agency's systems as a page: make one, see it once, revoke it."""

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.intake.commands.api_keys import FINGERPRINT, AgencyKeys, Issued
from services.intake.commands.concerns import KEY_REUSED
from services.intake.domain.api_keys import USUAL_DAYS, KeyOrder
from services.intake.pages.outage import AWAY, later
from services.intake.pages.visitor import KeyVisitor, to_sign_in
from services.intake.store.api_keys import StoredKey
from shared.contracts.refusal import Refused
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import filled_in, key_of, one
from shared.web.pages import Pages
from shared.web.paging import Listing, Page
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

KINDS = {
    "test": "Prov: märks som påhittat över Open311 / Test: marked as made up over Open311",
    "team": "Team: för er egen grupp, räknas som skarpt / Team: for your own group, counts as live",
    "live": "Skarp / Live",
}
WORDS = {
    "kind": "Välj vad nyckeln är till för / Choose what the key is for",
    "days": "Välj hur länge den ska gälla / Choose how long it holds",
    "label": "Skriv vilket system nyckeln är till, högst 40 tecken: bokstäver, siffror, - . _ / "
    "Write which system it is for, at most 40 characters",
    "role": "Välj vad nyckeln får göra / Choose what it may do",
}
ORDERED_BEFORE = (
    "Nyckeln ni beställde först är redan gjord och står i listan här nedanför. Det ni ändrade "
    "sedan är inte beställt. Skicka igen bara om ni vill ha en nyckel till. / The key you ordered "
    "first has been made and stands in the list below; what you changed has not been ordered. Send "
    "again only if you want another key."
)
FIRST = Page()
DAYS = (30, 90, USUAL_DAYS, 365)


def router(pages: Pages, keys: AgencyKeys) -> APIRouter:
    """The page `/intake/keys`."""
    routes = APIRouter(prefix="/intake/keys", include_in_schema=False)
    desk = _Desk(pages, keys)

    @routes.get("")
    async def listed(request: Request, who: KeyVisitor, part: Listing) -> Response:
        return to_sign_in(request) if who is None else await desk.show(request, who, part)

    @routes.post("")
    async def make(request: Request, who: KeyVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.make(request, who)

    @routes.post("/{fingerprint}/revoke")
    async def revoke(
        fingerprint: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")],
        request: Request,
        who: KeyVisitor,
    ) -> Response:
        if who is None:
            return to_sign_in(request, "/intake/keys")
        if await keys.revoke(fingerprint, provenance(request, who)) is None:
            raise Problem(404)
        return RedirectResponse("/intake/keys?done=revoke", 303)

    return routes


class _Desk:
    """Shows the keys and takes an order."""

    def __init__(self, pages: Pages, keys: AgencyKeys) -> None:
        self._pages = pages
        self._keys = keys

    async def show(
        self,
        request: Request,
        who: Principal,
        part: Page = FIRST,
        *,
        made: Issued | None = None,
        values: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        """The agency's keys, and the order form as it was filled in."""
        known, total = await self._known(request, who, part, needed=not (made or errors))
        answer = self._pages.render(
            request,
            "keys.html",
            422 if errors else 200,
            keys=known,
            total=total,
            part=part,
            made=made,
            values=values or {"kind": "test", "days": "90"},
            errors=errors or {},
            kinds=KINDS,
            days=DAYS,
            order_key=(values or {}).get("idempotency_key") or str(uuid4()),
            wall=site_of(request).wall_now(),
            revoked=request.query_params.get("done") == "revoke",
            characters=FINGERPRINT,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _known(
        self, request: Request, who: Principal, part: Page, *, needed: bool
    ) -> tuple[list[StoredKey], int | None]:
        """Some of the keys and how many; not known while the store is away, where not needed."""
        try:
            why = provenance(request, who)
            return await self._keys.listed(why, skip=part.skip, limit=part.limit)
        except Unavailable:
            if needed:
                raise
            return [], None

    async def make(self, request: Request, who: Principal) -> Response:
        """The new key, shown this once; or the form again with what is wrong."""
        filled = await filled_in(request)
        values = {name: one(filled, name) for name in ("kind", "days", "label")}
        key = key_of(one(filled, "idempotency_key"))
        try:
            order = KeyOrder.model_validate(
                {**values, "days": int(values["days"]) if values["days"].isdecimal() else None}
            )
            made = await self._keys.issue(order, key, provenance(request, who))
        except ValidationError as error:
            names = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
            errors = {name: WORDS[name] for name in WORDS if name in names}
            return await self.show(request, who, values=values, errors=errors)
        except Refused as refused:
            why = refused.refusal
            errors = {"form": ORDERED_BEFORE if why == KEY_REUSED else why.both}
            return await self.show(request, who, values=values, errors=errors)
        except (Unavailable, Conflict):
            values["idempotency_key"] = key  # sent again it makes nothing twice
            answer = await self.show(request, who, values=values, errors=AWAY)
            answer.status_code = 503
            return later(answer)
        return await self.show(request, who, made=made)
