"""Destroying what somebody wrote as a page: which report, on what ground, and are you sure?"""

from collections.abc import Mapping
from typing import Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake.commands.changing import By
from services.intake.commands.expunging import Expunged, Expunging, Ground
from services.intake.domain.reference_number import EXAMPLE, DiaryNumber
from services.intake.domain.report import Closed
from services.intake.pages.visitor import ExpungeVisitor, to_sign_in
from shared.contracts.intake_codes import ExpungeBasis
from shared.contracts.refusal import Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal
from shared.store.errors import Unavailable
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.requests import provenance

PATH: Final = "/intake/expunge"
BASES: Final[Mapping[ExpungeBasis, str]] = {
    ExpungeBasis.DATA_SUBJECT_REQUEST: (
        "Någon som texten handlar om har begärt det / Asked for by whom it is about"
    ),
    ExpungeBasis.SCREENING_MISS: (
        "Granskningen missade personuppgifter / The screen missed personal data"
    ),
    ExpungeBasis.DISPOSAL_DECISION: "Ett beslut om gallring / A decision on disposal",
}
WRONG: Final[Mapping[str, str]] = {
    "concern_id": "Skriv rapportens id, 36 tecken / Write the report's id, 36 characters",
    "basis": "Välj på vilken grund texten raderas / Choose on what ground",
    "reference": f"Skriv beslutets diarienummer, till exempel {EXAMPLE} / The decision's number",
    "sure": "Kryssa för att du är säker: det går inte att ångra / Tick that you are sure",
}
UNFINISHED: Final = (
    "Raderingen är kanske inte klar. Skicka igen, så görs det som är kvar. / Send again to finish."
)


class Order(Closed):
    """What the form asks for."""

    concern_id: Uuid
    basis: ExpungeBasis
    reference: DiaryNumber
    sure: Literal["yes"]


def router(pages: Pages, expunging: Expunging) -> APIRouter:
    """The page `/intake/expunge`."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(pages, expunging)

    @routes.get(PATH)
    async def empty(request: Request, who: ExpungeVisitor) -> Response:
        return to_sign_in(request) if who is None else desk.show(request, {})

    @routes.post(PATH)
    async def expunge(request: Request, who: ExpungeVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.take(request, who)

    return routes


class _Desk:
    """Shows the form and takes an order."""

    def __init__(self, pages: Pages, expunging: Expunging) -> None:
        self._pages = pages
        self._expunging = expunging

    def show(
        self,
        request: Request,
        values: Mapping[str, str],
        errors: Mapping[str, str] | None = None,
        *,
        status: int = 422,
        done: Expunged | None = None,
    ) -> Response:
        """The form as it was filled in, or that it was carried out."""
        answer = self._pages.render(
            request,
            "expunge.html",
            status if errors else 200,
            values=values,
            errors=errors or {},
            bases=[(code.value, words) for code, words in BASES.items()],
            done=done,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def take(self, request: Request, who: Principal) -> Response:
        """Destroy the text; or the form again with what is wrong."""
        filled = await filled_in(request)
        values = {name: one(filled, name) for name in WRONG}
        try:
            order = Order.model_validate(values)
            ground = Ground(order.basis, order.reference)
            by = By(why=provenance(request, who))
            done = await self._expunging.expunge(order.concern_id, ground, by)
        except ValidationError as error:
            names = {str(each["loc"][0]) for each in error.errors()}
            errors = {name: words for name, words in WRONG.items() if name in names}
            return self.show(request, values, errors)
        except Refused as refused:
            return self.show(request, values, {"concern_id": refused.refusal.both})
        except Unavailable:
            return self.show(request, values, {"form": UNFINISHED}, status=503)
        return self.show(request, {}, done=done)
