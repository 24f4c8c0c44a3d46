"""The coordinator's board: what waits for somebody, and what to do about it. Live where it can."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.coordination.pages import steps
from services.coordination.pages.visitor import Visitor, to_sign_in
from services.coordination.store import Store
from services.coordination.store.board import Boards
from shared.security.roles import Principal
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.site import site_of


def router(pages: Pages, boards: Boards, store: Store) -> APIRouter:
    """The board, whole and as the part that refreshes."""
    routes = APIRouter(prefix="/coordination", include_in_schema=False)

    async def shown(request: Request, who: Principal, template: str) -> HTMLResponse:
        now = site_of(request).clock.now()
        answer = pages.render(
            request,
            template,
            board=await boards.of(who.district, now),
            places=await place_names(store, who.district),
            steps=steps,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    @routes.get("/")
    async def board(request: Request, who: Visitor) -> Response:
        return await shown(request, who, "board.html") if who else to_sign_in(request)

    @routes.get("/fragments/board")
    async def fragment(request: Request, who: Visitor) -> Response:
        if who is None:
            raise Problem(401)
        return await shown(request, who, "board_rows.html")

    return routes


async def place_names(store: Store, district: str) -> Mapping[str, str]:
    """What the places are called."""
    return {place.id: place.state.name for place in await store.places.all(district)}
