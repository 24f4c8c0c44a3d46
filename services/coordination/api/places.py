"""Places by API: register, who controls them, how much attention they get."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.coordination.api.access import KeepingPlaces, Reader
from services.coordination.api.answers import MADE, Outcome, made, moved
from services.coordination.api.bodies import Because, Control, Motive
from services.coordination.api.views import PlaceView
from services.coordination.commands.places import Places
from services.coordination.commands.wishes import NewPlace
from services.coordination.store import Store
from shared.contracts.types import PlaceCode
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged

PATH = "/coordination/v1/places"
PlaceId = Annotated[PlaceCode, Path(description="Platsen / the place")]


def router(places: Places, store: Store) -> APIRouter:
    """The routes under `/coordination/v1/places`."""
    routes = APIRouter(prefix=PATH, tags=["platser / places"])

    @routes.get("", summary="Platser / places")
    async def all_places(
        request: Request, response: Response, who: Reader, part: Listing
    ) -> Paged[PlaceView]:
        """Stadsdelens platser och vem som har rådighet. / Places and who controls them."""
        found = await store.places.all(who.district)
        items = [PlaceView.of(one) for one in found[part.skip : part.skip + part.limit]]
        return paged(items, len(found), part=part, request=request, response=response)

    @routes.post("", status_code=201, responses=MADE, summary="Registrera plats / register a place")
    async def register(
        body: NewPlace, response: Response, by: KeepingPlaces, _key: IdempotencyKey
    ) -> Outcome:
        """Platsens eget id gör en upprepning ofarlig. / Its own id makes a repeat harmless."""
        return made(response, await places.register(body, by), PATH)

    @routes.post("/{place_id}/control", summary="Ändra rådighet / change control")
    async def control(
        place_id: PlaceId, body: Control, response: Response, by: KeepingPlaces
    ) -> Outcome:
        """Andra har rådighet nu. / Other agencies control it now."""
        done = await places.change_control(place_id, body.custodians, by)
        return moved(response, done, done.state.state)

    @routes.post("/{place_id}/prioritise", summary="Prioritera plats / prioritise")
    async def prioritise(
        place_id: PlaceId, body: Motive, response: Response, by: KeepingPlaces
    ) -> Outcome:
        """Mer uppmärksamhet. / More attention."""
        done = await places.prioritise(place_id, body.motive, by)
        return moved(response, done, done.state.state)

    @routes.post("/{place_id}/deprioritise", summary="Vanlig plats igen / deprioritise")
    async def deprioritise(
        place_id: PlaceId, body: Motive, response: Response, by: KeepingPlaces
    ) -> Outcome:
        """Vanlig uppmärksamhet igen. / The usual attention again."""
        done = await places.deprioritise(place_id, body.motive, by)
        return moved(response, done, done.state.state)

    @routes.post("/{place_id}/retire", summary="Avsluta plats / retire")
    async def retire(
        place_id: PlaceId, body: Because, response: Response, by: KeepingPlaces
    ) -> Outcome:
        """Inte medan ett problem där är öppet. / Not while a problem there is open."""
        done = await places.retire(place_id, body.reason, by)
        return moved(response, done, done.state.state)

    return routes
