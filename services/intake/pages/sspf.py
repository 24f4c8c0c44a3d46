"""The SSPF form: outcomes of meetings in bands, and the attestation of a term."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.intake.commands.concerns import KEY_REUSED
from services.intake.commands.sspf import Sspf
from services.intake.domain import sspf_form
from services.intake.domain.sspf import AttestationReport
from services.intake.domain.sspf_terms import attestable
from services.intake.pages.outage import AWAY, later
from services.intake.pages.sspf_words import BANDS, LEVELS, term_sv
from services.intake.pages.visitor import SspfVisitor, to_sign_in
from services.intake.store import PlaceRow, Store
from shared.contracts.district import District, Text
from shared.contracts.refusal import Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import Filled, filled_in, key_of, one
from shared.web.pages import Pages
from shared.web.requests import provenance
from shared.web.site import site_of
from shared.web.words import month_sv

AGAIN = 503
SENT_BEFORE = (
    "Utfallet ni skickade först är redan registrerat och står kvar. Det ni ändrade sedan är inte "
    "skickat. Skicka igen bara om det var ett möte till; var det första fel, ta tillbaka det bland "
    "era registrerade utfall. / The outcome you sent first is recorded and stands; what you "
    "changed has not been sent. Send again only if there was another meeting; if the first was "
    "wrong, take it back among the outcomes you recorded."
)
ATTESTED_BEFORE = (
    "Intyget ni skickade först är redan registrerat och står kvar. Det ni ändrade sedan är inte "
    "skickat. Skickar ni det för samma termin ersätter det intyget. / The attestation you sent "
    "first is recorded and stands; what you changed has not been sent. Sent for the same term it "
    "takes the place of the first."
)
Choices = Sequence[tuple[str, str]]


def router(pages: Pages, sspf: Sspf, store: Store) -> APIRouter:
    """The page `/intake/sspf`."""
    routes = APIRouter(prefix="/intake/sspf", include_in_schema=False)
    desk = _Desk(pages, sspf, store)

    @routes.get("")
    async def empty(request: Request, who: SspfVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.show(request)

    @routes.post("")
    async def record(request: Request, who: SspfVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.record(request, who)

    @routes.post("/attest")
    async def attest(request: Request, who: SspfVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.attest(request, who)

    @routes.get("/recorded/{identity}")
    async def recorded(identity: Uuid, request: Request, who: SspfVisitor) -> Response:
        if who is None:
            return to_sign_in(request)
        return pages.render(request, "sspf_recorded.html", identity=identity)

    return routes


class _Desk:
    """Shows the form and takes it in."""

    def __init__(self, pages: Pages, sspf: Sspf, store: Store) -> None:
        self._pages = pages
        self._sspf = sspf
        self._store = store

    async def show(
        self,
        request: Request,
        filled: Filled | None = None,
        errors: Mapping[str, str] | None = None,
        status: int = 422,
    ) -> Response:
        """The form with what is chosen so far."""
        site = site_of(request)
        now = site.clock.now()
        answer = self._pages.render(
            request,
            "sspf.html",
            status if errors else 200,
            chosen=_chosen(filled or {}),
            errors=errors or {},
            levels=LEVELS,
            bands=BANDS,
            months=[(one, month_sv(one)) for one in sspf_form.months_back(now)],
            due_months=[(one, month_sv(one)) for one in sspf_form.months_ahead(now)],
            terms=[(one, term_sv(one)) for one in attestable(now)],
            rows=range(1, sspf_form.COMMITMENTS + 1),
            lists=_lists(site.district, await self._store.places.last_known()),
            order_key=_key_again(filled) if status == AGAIN else str(uuid4()),
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def record(self, request: Request, who: Principal) -> Response:
        """A meeting's outcome; or the form again with the rule it breaks."""
        filled = await filled_in(request)
        try:
            said = sspf_form.report_of(filled)
            done = await self._sspf.record(
                said, key_of(one(filled, "idempotency_key")), provenance(request, who)
            )
        except (ValidationError, Refused) as error:
            errors = _errors(error, SENT_BEFORE) | sspf_form.unattested(filled)
            return await self.show(request, filled, errors)
        except (Unavailable, Conflict):
            return later(await self.show(request, filled, AWAY, AGAIN))
        return RedirectResponse(f"/intake/sspf/recorded/{done.id}", 303)

    async def attest(self, request: Request, who: Principal) -> Response:
        """A term's attestation; or the form again with the rule it breaks."""
        filled = await filled_in(request)
        chosen = {name: one(filled, name) for name in ("term", "unique_band")}
        try:
            said = AttestationReport.model_validate(chosen)
            done = await self._sspf.attest(
                said, key_of(one(filled, "idempotency_key")), provenance(request, who)
            )
        except (ValidationError, Refused) as error:
            return await self.show(request, filled, _errors(error, ATTESTED_BEFORE))
        except (Unavailable, Conflict):
            return later(await self.show(request, filled, AWAY, AGAIN))
        return RedirectResponse(f"/intake/sspf/recorded/{done.id}", 303)


def _lists(district: District, places: Sequence[PlaceRow]) -> dict[str, Choices]:
    """What the form lets one choose from."""
    return {
        "functions": _coded(district.sspf_functions),
        "themes": _coded(district.sspf_themes),
        "commitments": _coded(district.sspf_commitments),
        "areas": _coded(district.school_areas),
        "places": [(row.place.place_id, row.place.name) for row in places],
    }


def _key_again(filled: Filled | None) -> str:
    """The key it came with: sent again it makes nothing twice."""
    return key_of(one(filled or {}, "idempotency_key"))


def _coded(codes: Mapping[str, Text]) -> Choices:
    return [(code, f"{text.sv} / {text.en}") for code, text in codes.items()]


def _errors(error: ValidationError | Refused, sent_before: str) -> dict[str, str]:
    if isinstance(error, Refused):
        why = error.refusal
        return {sspf_form.field_of(why.code): sent_before if why == KEY_REUSED else why.both}
    return sspf_form.errors_of(error)


def _chosen(filled: Filled) -> dict[str, object]:
    """Single choices as texts, the lists as lists, as the form's pieces ask for them."""
    lists = ("functions", "themes")
    chosen: dict[str, object] = {name: values[0] for name, values in filled.items() if values}
    return chosen | {name: list(filled.get(name, ())) for name in lists}
