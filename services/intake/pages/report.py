"""The report form, for everybody: phone first, one minute, without JavaScript."""

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake.commands.concerns import KEY_REUSED, Accepted, Concerns, Diverted
from services.intake.commands.residents import Residents
from services.intake.domain.contact import contact_of, wrong
from services.intake.domain.form import Filled, errors_of, filled_now, report_of
from services.intake.domain.questions import questions
from services.intake.pages.choosing import choices
from services.intake.pages.outage import AWAY, later
from services.intake.pages.receipt import Receipts
from services.intake.pages.reporting import Reporting
from services.intake.pages.sheet import SEARCH, Sent, Sheet
from services.intake.store import Store
from shared.contracts.codes import ConcernState
from shared.contracts.refusal import Refused
from shared.security.roles import Principal, Via
from shared.store.errors import Unavailable
from shared.web.middleware.headers import MAY_LOCATE
from shared.web.pages import Pages
from shared.web.requests import provenance
from shared.web.site import site_of

SIGNED_OUT = (
    "Inloggningen ändrades medan du skrev, så inget är skickat. Allt du fyllt i står kvar. "
    "Logga in igen, eller skicka som det nu står överst. / Your sign-in changed: nothing was sent."
)

NOT_TAKEN_IN = (
    "Det du skickade först togs inte emot, och inget av det är sparat. Det som står här nu är inte "
    "heller skickat: läs igenom det och skicka. / What you sent first was not taken in, and "
    "nothing of it was stored. What stands here now has not been sent either: look it over and "
    "send it."
)
STANDING = frozenset({ConcernState.REGISTERED, ConcernState.QUARANTINED})


def router(
    pages: Pages, store: Store, concerns: Concerns, residents: Residents, receipts: Receipts
) -> APIRouter:
    """The start and the form."""
    routes = APIRouter(prefix="/intake", include_in_schema=False)
    forms = _Forms(pages, store, concerns, residents, receipts)

    @routes.get("/report")
    async def empty(request: Request, who: Reporting) -> Response:
        sought = Filled.of({"q": request.query_params.get("q")}).q
        values = filled_now(site_of(request).clock.now()).model_copy(update={"q": sought})
        return await forms.show(request, who, Sheet(values, fresh=not sought))

    @routes.post("/report")
    async def send(request: Request, who: Reporting) -> Response:
        return await forms.take(request, who)

    return routes


class _Forms:
    """Shows the form and takes it in."""

    def __init__(
        self,
        pages: Pages,
        store: Store,
        concerns: Concerns,
        residents: Residents,
        receipts: Receipts,
    ) -> None:
        self._pages = pages
        self._store = store
        self._concerns = concerns
        self._residents = residents
        self._receipts = receipts

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
            contact_days=self._residents.contact_days,
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
            return await self._take(request, who, sent)
        except Unavailable:
            return later(await self.show(request, who, sent.again(AWAY), 503))

    async def _take(self, request: Request, who: Principal, sent: Sent) -> Response:
        try:
            outcome = await self._send(request, who, sent)
        except ValidationError as error:
            contact = sent.values.contact if who.via is Via.ANONYMOUS else ""
            errors = errors_of(error) | wrong(contact)
            return await self.show(request, who, sent.again(errors), 422)
        except Refused as refused:
            return await self._refused(request, who, sent, refused)
        return await self._answered(request, who, outcome)

    async def _send(self, request: Request, who: Principal, sent: Sent) -> Accepted | Diverted:
        district, why = site_of(request).district, provenance(request, who)
        if who.via is not Via.ANONYMOUS:
            return await self._concerns.report(report_of(sent.values, district), sent.key, why)
        report = report_of(sent.values.of_a_resident(), district)
        elsewhere = report.category in district.diversions
        contact = None if elsewhere else contact_of(sent.values.contact)
        return await self._residents.report(report, sent.key, why, contact)

    async def _refused(
        self, request: Request, who: Principal, sent: Sent, refused: Refused
    ) -> Response:
        """The form again; where its key was used, what became of what was sent first."""
        why = refused.refusal
        if why == KEY_REUSED:
            return await self._used(request, who, sent)
        sheet = sent.refused(why, await self._store.places.last_known())
        return await self.show(request, who, sheet, 422)

    async def _used(self, request: Request, who: Principal, sent: Sent) -> Response:
        """The form was sent before, with other content: nothing of this one is sent yet."""
        first = await self._concerns.first(sent.key, provenance(request, who))
        if first is None:
            return await self.show(request, who, sent.as_another({"form": NOT_TAKEN_IN}), 422)
        answer = self._pages.render(
            request,
            "already_received.html",
            422,
            sheet=sent.as_another({}),
            search=SEARCH,
            stands=first.state["status"] in STANDING,
            receipt=await self._receipts.address(request, who, first.id),
            resident=who.via is Via.ANONYMOUS,
            agency=who.agency,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _answered(
        self, request: Request, who: Principal, outcome: Accepted | Diverted
    ) -> Response:
        if isinstance(outcome, Diverted):
            return self._pages.render(request, "elsewhere.html", 422, to=outcome.to)
        return await self._receipts.lead_to(request, who, outcome.concern_id)
