"""Reading a narrative as a person: say what for, then see the text. Works without JavaScript."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.readings import Reader, Readings, reader_of
from services.intake.commands.trail import Purpose
from shared.contracts.types import Uuid
from shared.web.auth import MaybeKnown
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

SIGN_IN: Final = "/coordination/sign-in"
PURPOSES: Final = (
    (Purpose.TRIAGE, "För att bedöma rapporten"),
    (Purpose.OWN_FOLLOW_UP, "För att följa upp det vi själva rapporterade"),
    (Purpose.FEEDBACK, "För att svara den som rapporterade"),
)
CHOOSE: Final = {"purpose": "Välj vad du ska använda texten till"}


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
        await readings.may_read(concern_id, reader)
        return _page(pages, request, concern_id)

    @routes.post("/concerns/{concern_id}/narrative")
    async def show(concern_id: Uuid, request: Request, reader: Visitor) -> Response:
        if reader is None:
            raise Problem(401)
        purpose = one(await filled_in(request), "purpose")
        if purpose not in dict(PURPOSES):
            await readings.may_read(concern_id, reader)
            return _page(pages, request, concern_id, status=422, errors=CHOOSE)
        text = await readings.read(concern_id, Purpose(purpose), reader)
        return _page(pages, request, concern_id, text=text)

    return routes


def _page(
    pages: Pages,
    request: Request,
    concern_id: str,
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
        purposes=[(purpose.value, words) for purpose, words in PURPOSES],
        text=text,
        errors=errors or {},
    )
    answer.headers["cache-control"] = "no-store"
    return answer
