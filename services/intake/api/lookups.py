"""What a reporter may choose from: categories and places. Open to everybody."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from services.intake.domain.geography import Outline, Position, nearest
from services.intake.store import PlaceRow, Store
from shared.contracts.codes import CategoryScope, DivertTarget
from shared.contracts.district import District
from shared.contracts.types import Code
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.site import site_of

INSIDE = "Punkten ligger inom stadsdelsområdet. / The point lies inside the district."
OUTSIDE = "Punkten ligger utanför stadsdelsområdet. / The point lies outside the district."


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
    distance_m: int | None = Field(
        default=None, description="Meter från punkten / metres from the point"
    )


class AskedPoint(BaseModel):
    """What Samlad says about a point."""

    lat: float
    lon: float
    inside: bool = Field(description="Inom stadsdelsområdet / inside the district")
    reportable: bool = Field(
        description="Kan rapporteras: inom området eller nära en plats / may be reported about"
    )
    detail: str = Field(description="I ord / in words")


class PlaceList(Paged[PlaceView]):
    """Places; about a point, the nearest first."""

    point: AskedPoint | None = Field(default=None, description="Punkten / the point asked about")


def router(store: Store, outline: Outline) -> APIRouter:
    """The routes for what a form needs to know."""
    routes = APIRouter(prefix="/intake/v1", tags=["uppslag / lookups"])

    @routes.get("/categories", summary="Kategorier / categories")
    async def categories(
        request: Request,
        group: Annotated[
            Code | None, Query(description="Bara en grupp / only one group: ENV, ORD")
        ] = None,
        scope: Annotated[CategoryScope | None, Query(description="Bara / only")] = None,
    ) -> CategoryList:
        """Vad man kan rapportera, och vad som hör hemma någon annanstans. / Categories."""
        return _categories(site_of(request).district, group, scope)

    @routes.get(
        "/places", response_model_exclude_none=True, summary="Platser / places, or the nearest ones"
    )
    async def places(
        request: Request,
        response: Response,
        part: Listing,
        at: At,
        district_part: Annotated[
            str | None,
            Query(alias="part", max_length=80, description="Stadsdel / part of the district"),
        ] = None,
        prioritised: Annotated[
            bool | None, Query(description="Bara prioriterade / only prioritised ones")
        ] = None,
    ) -> PlaceList:
        """Stadsdelens platser, prioriterade först; med `lat` och `lon` de närmaste först. / Places.

        Om punkten ligger utanför står det i svaret. / With a point: the nearest first, with the
        distance in metres; a point outside the district is told to be.
        """
        in_use = await store.places.in_use()
        found = [
            row
            for row in in_use
            if district_part in {None, row.part} and prioritised in {None, row.prioritised}
        ]
        views = _nearest_first(found, at) if at else [_place(row) for row in found]
        shown = views[part.skip : part.skip + part.limit]
        listed = paged(shown, len(views), part=part, request=request, response=response)
        about = _about(at, in_use, outline) if at else None
        return PlaceList(**listed.model_dump(), point=about)

    return routes


async def _at(
    lat: Annotated[
        float | None,
        Query(ge=-90, le=90, allow_inf_nan=False, description="Latitud / latitude, WGS 84"),
    ] = None,
    lon: Annotated[
        float | None,
        Query(ge=-180, le=180, allow_inf_nan=False, description="Longitud / longitude, WGS 84"),
    ] = None,
) -> Position | None:
    """The point asked about; both of its numbers, or none."""
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        missing = "lat" if lat is None else "lon"
        raise Problem(422, invalid=[(missing, "saknas / is missing")])
    return Position(lat, lon)


At = Annotated[Position | None, Depends(_at)]


def _categories(district: District, group: str | None, scope: CategoryScope | None) -> CategoryList:
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
        if not one.retired and group in {None, one.group} and scope in {None, one.scope}
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


def _nearest_first(rows: Sequence[PlaceRow], at: Position) -> list[PlaceView]:
    views = [
        _place(row).model_copy(update={"distance_m": round(row.place.position.metres_to(at))})
        for row in rows
    ]
    return sorted(views, key=lambda view: (view.distance_m or 0, view.place_id))


def _about(at: Position, rows: Sequence[PlaceRow], outline: Outline) -> AskedPoint:
    inside = outline.contains(at)
    near = nearest((row.place for row in rows), at) is not None
    return AskedPoint(
        lat=at.lat,
        lon=at.lon,
        inside=inside,
        reportable=inside or near,
        detail=INSIDE if inside else OUTSIDE,
    )
