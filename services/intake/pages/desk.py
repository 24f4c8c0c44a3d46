"""An agency's desk: its own reports, how far each has come, and what else it may do here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.domain.own_concerns import Wanted
from services.intake.pages.telling import FINDINGS, own_report
from services.intake.pages.visitor import DeskVisitor, to_sign_in
from services.intake.store import Store
from services.intake.store.data_keys import Sealed
from shared.contracts.types import Uuid
from shared.security.roles import Principal, Right, allowed
from shared.store.stream import Loaded
from shared.web.auth import MaybeKnown
from shared.web.pages import Pages
from shared.web.paging import Listing
from shared.web.problem import Problem
from shared.web.site import site_of


@dataclass(frozen=True, slots=True)
class Way:
    """Something else one may do at the desk."""

    address: str
    words: str
    right: Right


WAYS = (
    Way("/intake/quarantine", "Karantän / Quarantine", Right.HANDLE_QUARANTINE),
    Way("/intake/access-exports", "Registerutdrag / Subject access", Right.GIVE_ACCESS),
    Way("/intake/expunge", "Radera en text / Destroy a text", Right.EXPUNGE_NARRATIVES),
    Way("/intake/audit", "Spårloggen / The audit trail", Right.READ_AUDIT),
    Way("/intake/imports", "Rapporter från fil / Reports from a file", Right.REPORT_CONCERN),
    Way("/intake/statistics", "Statistik från fil / Statistics", Right.IMPORT_STATISTICS),
    Way("/intake/keys", "Nycklar till era system / Keys", Right.MANAGE_KEYS),
    Way("/intake/sspf", "SSPF-möten / SSPF meetings", Right.RECORD_SSPF),
    Way("/intake/sspf/outcomes", "Era SSPF-utfall / Your SSPF outcomes", Right.RECORD_SSPF),
)

DONE: Mapping[str, str] = {
    "correct": "Rättningen är sparad. / Your correction is saved.",
    "withdraw": "Rapporten är återtagen och räknas inte längre. / It is taken back.",
}


def ways(who: Principal) -> list[Way]:
    """What somebody may do beside reporting."""
    return [way for way in WAYS if allowed(who, way.right)]


def router(pages: Pages, store: Store) -> APIRouter:
    """The pages `/intake/` and `/intake/concerns/{id}`."""
    routes = APIRouter(prefix="/intake", include_in_schema=False)

    @routes.get("/")
    async def desk(request: Request, known: MaybeKnown, part: Listing) -> Response:
        if known is None or not _at_home(request, known):
            return RedirectResponse("/intake/report", 303)
        if not allowed(known, Right.READ_OWN_CONCERNS):
            return _render(pages, request, "desk_ways.html", who=known, ways=ways(known))
        found, total = await store.own.page(
            known.agency, known.district, Wanted(), skip=part.skip, limit=part.limit
        )
        cases = await store.cases.of([one.id for one in found])
        return _render(
            pages,
            request,
            "desk.html",
            who=known,
            ways=ways(known),
            reports=[own_report(one, cases) for one in found],
            total=total,
            part=part,
            places=await store.places.names(),
        )

    @routes.get("/concerns/{concern_id}")
    async def one(concern_id: Annotated[Uuid, ...], request: Request, who: DeskVisitor) -> Response:
        if who is None:
            return to_sign_in(request)
        found = await store.own_concern(concern_id, who.agency, who.district)
        if found is None:
            raise Problem(404)
        report = own_report(found, await store.cases.of([concern_id]))
        return _render(
            pages,
            request,
            "own_report.html",
            report=report,
            readable=await _readable(store, found),
            destroyed="expunged" in found.extra,
            number_sealed="external_reference" in found.extra.get("vault", {}),
            findings=FINDINGS,
            done=DONE.get(request.query_params.get("done", "")),
            places=await store.places.names(),
        )

    return routes


def _at_home(request: Request, known: Principal) -> bool:
    here = known.district == site_of(request).district.code
    return here and (allowed(known, Right.READ_OWN_CONCERNS) or bool(ways(known)))


async def _readable(store: Store, report: Loaded) -> bool:
    """Whether it has a narrative that can still be opened."""
    sealed = Sealed.of(report.id, report.extra)
    return "narrative" in sealed.texts and bool(await store.data_keys.of([sealed.key]))


def _render(pages: Pages, request: Request, template: str, **context: Any) -> Response:  # noqa: ANN401 - what the template names
    answer = pages.render(request, template, **context)
    answer.headers["cache-control"] = "no-store"
    return answer
