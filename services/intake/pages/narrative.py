"""Reading a narrative as a person: say what for, then see the text. Works without JavaScript."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.readings import Reader, Readings, reader_of
from services.intake.commands.trail import Purpose
from services.intake.domain.concern import Concern
from shared.contracts.types import Uuid
from shared.web.auth import MaybeKnown
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

SIGN_IN: Final = "/coordination/sign-in"
PURPOSES: Final = (
    (Purpose.TRIAGE, "För att bedöma rapporten / To judge the report"),
    (
        Purpose.OWN_FOLLOW_UP,
        "För att följa upp det vi själva rapporterade / To follow up what we reported",
    ),
    (Purpose.FEEDBACK, "För att svara den som rapporterade / To answer who reported"),
)
CHOOSE: Final = {"purpose": "Välj vad du ska använda texten till / Choose what you need it for"}


async def reading(request: Request, known: MaybeKnown) -> Reader | None:
    """Who reads; None for nobody; 403 for who has no business here."""
    if known is None:
        return None
    reader = reader_of(known, provenance(request, known))
    if reader is None or known.district != site_of(request).district.code:
        raise Problem(403)
    return reader


Visitor = Annotated[Reader | None, Depends(reading)]


def router(pages: Pages, readings: Readings) -> APIRouter:
    """The page `/intake/concerns/{id}/narrative`."""
    routes = APIRouter(prefix="/intake", include_in_schema=False)

    @routes.get("/concerns/{concern_id}/narrative")
    async def ask(concern_id: Uuid, request: Request, reader: Visitor) -> Response:
        if reader is None:
            return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", 303)
        back = _back(concern_id, await readings.may_read(concern_id, reader), reader)
        return _page(pages, request, concern_id, back)

    @routes.post("/concerns/{concern_id}/narrative")
    async def show(concern_id: Uuid, request: Request, reader: Visitor) -> Response:
        if reader is None:
            raise Problem(401)
        purpose = one(await filled_in(request), "purpose")
        back = _back(concern_id, await readings.may_read(concern_id, reader), reader)
        if purpose not in dict(PURPOSES):
            return _page(pages, request, concern_id, back, status=422, errors=CHOOSE)
        text = await readings.read(concern_id, Purpose(purpose), reader)
        return _page(pages, request, concern_id, back, text=text)

    return routes


def _back(concern_id: str, kept: Concern, reader: Reader) -> tuple[str, str]:
    """To the report at the reader's own desk; to the board where it is another agency's."""
    if kept.registered.source_agency == reader.why.agency:
        return f"/intake/concerns/{concern_id}", "Rapporten / The report"
    return "/coordination/", "Samordning / Coordination"


def _page(  # noqa: PLR0913 - what the page tells
    pages: Pages,
    request: Request,
    concern_id: str,
    back: tuple[str, str],
    *,
    status: int = 200,
    text: str | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    answer = pages.render(
        request,
        "narrative.html",
        status,
        concern_id=concern_id,
        back=back,
        purposes=[(purpose.value, words) for purpose, words in PURPOSES],
        text=text,
        errors=errors or {},
    )
    answer.headers["cache-control"] = "no-store"
    return answer
