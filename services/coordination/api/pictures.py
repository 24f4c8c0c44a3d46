"""Situation pictures and EST cycles by API."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.coordination.api.access import KeepingCycles, Picturing, Reader
from services.coordination.api.answers import MADE, Outcome, made, moved
from services.coordination.api.bodies import Nothing
from services.coordination.api.views import CycleView, PictureView
from services.coordination.commands.cycles import Cycles
from services.coordination.commands.pictures import Pictures
from services.coordination.commands.wishes import NewCycle, NewPicture
from services.coordination.store import Store
from shared.contracts.ids import aggregate_id
from shared.contracts.types import Uuid
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged

PICTURES = "/coordination/v1/pictures"
CYCLES = "/coordination/v1/est-cycles"


def pictures_router(pictures: Pictures, store: Store) -> APIRouter:
    """The routes under `/coordination/v1/pictures`."""
    routes = APIRouter(prefix=PICTURES, tags=["lägesbilder / situation pictures"])

    @routes.get("", summary="Lägesbilder / situation pictures")
    async def all_pictures(
        request: Request, response: Response, who: Reader, part: Listing
    ) -> Paged[PictureView]:
        """Veckornas lägesbilder, senaste först. / Pictures by week, the latest first."""
        found, total = await store.pictures.part(who.district, skip=part.skip, limit=part.limit)
        items = [PictureView.of(one) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("", status_code=201, responses=MADE, summary="Sammanställ / compile")
    async def compile_week(
        body: NewPicture, response: Response, by: Picturing, key: IdempotencyKey
    ) -> Outcome:
        """Räkna veckan och föreslå en nivå med motiv. / Count the week and propose a level."""
        wish_id = aggregate_id("picture", by.why.agency, key)
        return made(response, await pictures.compile(wish_id, body, by), PICTURES)

    @routes.post("/{picture_id}/adopt", summary="Fastställ / adopt")
    async def adopt(
        picture_id: Annotated[Uuid, Path(description="Lägesbilden / the picture")],
        response: Response,
        by: Picturing,
        _body: Nothing | None = None,
    ) -> Outcome:
        """Lägesbilden gäller och ändras inte mer. / It stands and does not change any more."""
        done = await pictures.adopt(picture_id, by)
        return moved(response, done, done.state.state)

    return routes


def cycles_router(cycles: Cycles, store: Store) -> APIRouter:
    """The routes under `/coordination/v1/est-cycles`."""
    routes = APIRouter(prefix=CYCLES, tags=["EST-cykler / EST cycles"])

    @routes.get("", summary="EST-cykler / EST cycles")
    async def all_cycles(
        request: Request, response: Response, who: Reader, part: Listing
    ) -> Paged[CycleView]:
        """Arbetsperioder, senaste först. / Periods of work, the latest first."""
        found, total = await store.cycles.part(who.district, skip=part.skip, limit=part.limit)
        items = [CycleView.of(one) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("", status_code=201, responses=MADE, summary="Öppna / open")
    async def open_cycle(
        body: NewCycle, response: Response, by: KeepingCycles, key: IdempotencyKey
    ) -> Outcome:
        """En period öppnas; en i taget. / A period begins; one at a time."""
        wish_id = aggregate_id("cycle", by.why.agency, key)
        return made(response, await cycles.open(wish_id, body, by), CYCLES)

    @routes.post("/{cycle_id}/close", summary="Stäng / close")
    async def close(
        cycle_id: Annotated[Uuid, Path(description="Cykeln / the cycle")],
        response: Response,
        by: KeepingCycles,
        _body: Nothing | None = None,
    ) -> Outcome:
        """Perioden är slut. / The period is over."""
        done = await cycles.close(cycle_id, by)
        return moved(response, done, done.state.state)

    return routes
