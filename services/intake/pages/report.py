"""The report form, for everybody: phone first, one minute, without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.intake.commands.concerns import KEY_REUSED, Accepted, Concerns, Diverted
from services.intake.domain.concern import Concern
from services.intake.domain.form import Filled, errors_of, filled_now, report_of
from services.intake.domain.questions import questions
from services.intake.pages.choosing import choices
from services.intake.pages.sheet import Sent, Sheet
from services.intake.store import Store
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.refusal import Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal, Right, Via, allowed
from shared.store.errors import Unavailable
from shared.web.auth import MaybeKnown
from shared.web.middleware.headers import MAY_LOCATE
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

RESIDENTS = AgencyCode("RESIDENTS")
RETRY = {"retry-after": "2"}
SIGNED_OUT = (
    "Inloggningen ändrades medan du skrev, så inget är skickat. Allt du fyllt i står kvar. "
    "Logga in igen, eller skicka som det nu står överst. / Your sign-in changed: nothing was sent."
)
SEND_AGAIN = "Vi kan inte spara just nu. Allt du fyllt i står kvar: skicka igen om en stund."


async def reporting(request: Request, known: MaybeKnown) -> Principal:
    """Whoever is signed in and may report; everybody else reports as the public."""
    district = site_of(request).district.code
    if known and known.district == district and allowed(known, Right.REPORT_CONCERN):
        return known
    return Principal(
        district=DistrictCode(district), agency=RESIDENTS, role=Role.PUBLIC, via=Via.ANONYMOUS
    )


Reporting = Annotated[Principal, Depends(reporting)]


def router(pages: Pages, concerns: Concerns, store: Store) -> APIRouter:
    """The pages under `/intake/`."""
    routes = APIRouter(prefix="/intake", include_in_schema=False)
    forms = _Forms(pages, concerns, store)

    @routes.get("/report")
    async def empty(request: Request, who: Reporting) -> Response:
        sought = Filled.of({"q": request.query_params.get("q")}).q
        values = filled_now(site_of(request).clock.now()).model_copy(update={"q": sought})
        return await forms.show(request, who, Sheet(values, fresh=not sought))

    @routes.post("/report")
    async def send(request: Request, who: Reporting) -> Response:
        return await forms.take(request, who)

    @routes.get("/report/received/{concern_id}")
    async def received(request: Request, concern_id: Uuid, who: Reporting) -> Response:
        found = await store.own_concern(concern_id, who.agency, who.district)
        if found is None:
            raise Problem(404)
        kept = Concern.model_validate(found.state)
        place = (await store.places.known()).get(kept.registered.place_id or "")
        return pages.render(request, "received.html", concern_id=concern_id, kept=kept, place=place)

    return routes


class _Forms:
    """Shows the form and takes it in."""

    def __init__(self, pages: Pages, concerns: Concerns, store: Store) -> None:
        self._pages = pages
        self._concerns = concerns
        self._store = store

    async def show(
        self, request: Request, who: Principal, sheet: Sheet, status: int = 200
    ) -> Response:
        """The form with what is known so far."""
        district = site_of(request).district
        places = await self._store.places.last_known()
        answer = self._pages.render(
            request,
            "report.html",
            status,
            sheet=sheet,
            questions=questions(district),
            places=choices(places, sheet.values, district),
            anonymous=who.via is Via.ANONYMOUS,
            agency=who.agency,
        )
        answer.headers["cache-control"] = "no-store"
        answer.headers["permissions-policy"] = MAY_LOCATE
        return answer

    async def take(self, request: Request, who: Principal) -> Response:
        """A filled form: a receipt, where to turn instead, or the form again with what is wrong."""
        sent = await Sent.read(request)
        if sent.searching:
            return await self.show(request, who, sent.again({}))
        if sent.agency not in {None, who.agency}:
            return await self.show(request, who, sent.again({"form": SIGNED_OUT}), 409)
        try:
            report = report_of(sent.values, site_of(request).district)
            outcome = await self._concerns.report(report, sent.key, provenance(request, who))
        except ValidationError as error:
            return await self.show(request, who, sent.again(errors_of(error)), 422)
        except Refused as refused:
            return await self._refused(request, who, sent, refused)
        except Unavailable:
            answer = await self.show(request, who, sent.again({"form": SEND_AGAIN}), 503)
            answer.headers.update(RETRY)
            return answer
        return self._answered(request, outcome)

    async def _refused(
        self, request: Request, who: Principal, sent: Sent, refused: Refused
    ) -> Response:
        """The form again; a used key gives way to a new one."""
        why = refused.refusal
        if why == KEY_REUSED:
            return await self.show(request, who, Sheet(sent.values, {"form": why.sv}), 422)
        sheet = sent.refused(why, await self._store.places.last_known())
        return await self.show(request, who, sheet, 422)

    def _answered(self, request: Request, outcome: Accepted | Diverted) -> Response:
        if isinstance(outcome, Diverted):
            return self._pages.render(request, "elsewhere.html", 422, to=outcome.to)
        return RedirectResponse(f"/intake/report/received/{outcome.concern_id}", 303)
