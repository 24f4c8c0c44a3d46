"""What a reporter may choose from: categories and places. Open to everybody."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.intake.store import PlaceRow, Store
from shared.contracts.codes import CategoryScope, DivertTarget
from shared.contracts.district import District
from shared.web.paging import Listing, Paged, paged
from shared.web.site import site_of


class CategoryView(BaseModel):
    """A category one may report under."""

    code: str = Field(description="Kod / code")
    label: dict[str, str] = Field(description="Namn / name, sv and en")
    group: str = Field(description="Grupp / group")
    service_days: int = Field(description="Dagar till åtgärd / days to action")
    person_derived: bool = Field(description="Härrör från personer / derives from persons")
    scope: CategoryScope = Field(description="Hur noga platsen anges / how precisely placed")


class DiversionView(BaseModel):
    """What is not taken in, and where to turn with it."""

    code: str
    label: dict[str, str]
    target: DivertTarget
    phone: str


class CategoryList(BaseModel):
    """All categories in use, and what belongs elsewhere."""

    items: list[CategoryView]
    total: int
    diversions: list[DiversionView]


class PlaceView(BaseModel):
    """A place one may report about."""

    place_id: str
    name: str
    lat: float
    lon: float
    part: str
    prioritised: bool


def router(store: Store) -> APIRouter:
    """The routes for what a form needs to know."""
    routes = APIRouter(prefix="/intake/v1", tags=["uppslag / lookups"])

    @routes.get("/categories", summary="Kategorier / categories")
    async def categories(request: Request) -> CategoryList:
        """Vad man kan rapportera, och vad som hör hemma någon annanstans. / Categories."""
        return _categories(site_of(request).district)

    @routes.get("/places", summary="Platser / places")
    async def places(request: Request, response: Response, part: Listing) -> Paged[PlaceView]:
        """Stadsdelens platser, prioriterade först. / The district's places."""
        found = [_place(row) for row in await store.places.in_use()]
        shown = found[part.skip : part.skip + part.limit]
        return paged(shown, len(found), part=part, request=request, response=response)

    return routes


def _categories(district: District) -> CategoryList:
    items = [
        CategoryView(
            code=code,
            label={"sv": one.label.sv, "en": one.label.en},
            group=one.group,
            service_days=one.service_days,
            person_derived=one.person_derived,
            scope=one.scope,
        )
        for code, one in district.categories.items()
        if not one.retired
    ]
    elsewhere = [
        DiversionView(
            code=code,
            label={"sv": one.label.sv, "en": one.label.en},
            target=one.target,
            phone=one.phone,
        )
        for code, one in district.diversions.items()
    ]
    return CategoryList(items=items, total=len(items), diversions=elsewhere)


def _place(row: PlaceRow) -> PlaceView:
    return PlaceView(
        place_id=row.place.place_id,
        name=row.place.name,
        lat=row.place.position.lat,
        lon=row.place.position.lon,
        part=row.part,
        prioritised=row.prioritised,
    )
