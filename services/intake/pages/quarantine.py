"""The quarantine desk as pages: what waits, a look at the text, and what becomes of it.

A text stands on one page alone: the answer to who says what for. After a mistake in a form the
page shows what was written into it, and nothing that was opened.
"""

from fastapi import APIRouter, Request, Response

from services.intake.commands.quarantine import Quarantine
from services.intake.pages.deciding import PATH, Deciding, Sent
from services.intake.pages.visitor import QuarantineVisitor, to_sign_in
from services.intake.store import Store
from shared.contracts.types import Uuid
from shared.web.pages import Pages
from shared.web.paging import Listing


def router(pages: Pages, quarantine: Quarantine, store: Store) -> APIRouter:
    """The pages under `/intake/quarantine`."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)
    desk = Deciding(pages, quarantine, store)
    _add_reading(routes, desk)
    _add_deciding(routes, desk)
    return routes


def _add_reading(routes: APIRouter, desk: Deciding) -> None:
    @routes.get("")
    async def waiting(request: Request, who: QuarantineVisitor, part: Listing) -> Response:
        return to_sign_in(request) if who is None else await desk.waiting(request, who, part)

    @routes.get("/{concern_id}")
    async def ask(concern_id: Uuid, request: Request, who: QuarantineVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.ask(request, who, concern_id)

    @routes.post("/{concern_id}")
    async def look(concern_id: Uuid, request: Request, who: QuarantineVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.look(request, who, concern_id)


def _add_deciding(routes: APIRouter, desk: Deciding) -> None:
    @routes.post("/{concern_id}/release")
    async def release(concern_id: Uuid, request: Request, who: QuarantineVisitor) -> Response:
        if who is None:
            return to_sign_in(request, f"{PATH}/{concern_id}")
        return await desk.release(await Sent.read(request, who, concern_id))

    @routes.post("/{concern_id}/redact")
    async def redact(concern_id: Uuid, request: Request, who: QuarantineVisitor) -> Response:
        if who is None:
            return to_sign_in(request, f"{PATH}/{concern_id}")
        return await desk.redact(await Sent.read(request, who, concern_id))

    @routes.post("/{concern_id}/reject")
    async def reject(concern_id: Uuid, request: Request, who: QuarantineVisitor) -> Response:
        if who is None:
            return to_sign_in(request, f"{PATH}/{concern_id}")
        return await desk.reject(await Sent.read(request, who, concern_id))
