"""Concerns one by one and counted: for those who work with them, never for the public."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.access import RowReader
from services.reporting.domain.times import Moment
from services.reporting.store import Store
from shared.contracts.codes import ConcernState
from shared.contracts.types import Code, Uuid, Week
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem

PREFIX = "/reporting/v1"
PlaceFilter = Annotated[
    str | None,
    Query(pattern=r"^(-|PL-[A-Z0-9]{2,12})$", description="Plats, - = ingen / place, - for none"),
]


class ConcernItem(BaseModel):
    """A concern as the shared picture knows it; `place_id` is `-` when unknown."""

    model_config = ConfigDict(extra="ignore")

    concern_id: Uuid = Field(validation_alias="_id", description="Referens / reference")
    state: ConcernState
    category: Code
    secondary: list[Code] = []
    place_id: str | None = None
    cell: str | None = None
    lat: float | None = None
    lon: float | None = None
    week: Week
    observed_from: Moment | None = None
    observed_to: Moment | None = None
    registered_at: Moment | None = None
    place_type: str | None = None
    certainty: str | None = None
    recurrence: str | None = None
    severity: int | None = None
    group_band: str | None = None
    flags: list[str] = []
    source_agency: Code
    wants_feedback: bool | None = None
    findings: list[dict[str, Any]] = []
    synthetic: bool = False


class CounterItem(BaseModel):
    """A count; the fields asked for by `by`, the others null."""

    place_id: str | None = None
    category: str | None = None
    week: str | None = None
    agency: str | None = None
    target: str | None = None
    n: int


class Counted(BaseModel):
    """Counts, summed over all that write them."""

    of: str
    total: int = Field(description="Summan / the sum")
    items: list[CounterItem]


class What(StrEnum):
    """What can be counted."""

    CONCERNS = "concerns"
    AGENCIES = "agencies"
    QUARANTINED = "quarantined"
    DIVERTED = "diverted"


_COUNTERS: dict[What, tuple[str, tuple[str, ...]]] = {
    What.CONCERNS: ("concern_counters", ("place_id", "category", "week")),
    What.AGENCIES: ("agency_counters", ("agency", "week")),
    What.QUARANTINED: ("quarantine_counters", ("week",)),
    What.DIVERTED: ("diversion_counters", ("target", "week")),
}


def router(store: Store) -> APIRouter:
    """The routes of concerns and counters."""
    routes = APIRouter(prefix=PREFIX, tags=["rapporter / concerns"])

    @routes.get("/concerns", summary="Rapporter / concerns")
    async def concerns(  # noqa: PLR0913, PLR0917 - each filter by its name
        request: Request,
        response: Response,
        who: RowReader,
        part: Listing,
        week: Annotated[Week | None, Query(description="Vecka / week")] = None,
        place_id: PlaceFilter = None,
        category: Annotated[Code | None, Query(description="Kategori / category")] = None,
        state: Annotated[
            Literal["REGISTERED", "QUARANTINED", "WITHDRAWN", "REJECTED"],
            Query(description="Läge / state"),
        ] = "REGISTERED",
    ) -> Paged[ConcernItem]:
        """Registrerade rapporter, kodade. / Registered concerns, coded; never a narrative."""
        filters = {"week": week, "place_id": place_id, "category": category}
        wanted = {"district": who.district, "state": state} | _given(filters)
        listed = store.registered if state == ConcernState.REGISTERED else store.concern_rows
        found = await listed(wanted, limit=part.limit, skip=part.skip)
        items = [ConcernItem.model_validate(row) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)

    @routes.get("/concerns/{concern_id}", summary="En rapport / one concern")
    async def concern(
        concern_id: Annotated[Uuid, Path(description="Referens / reference")], who: RowReader
    ) -> ConcernItem:
        """En rapport, kodad. / One concern, coded."""
        found = await store.row("concerns", concern_id, who.district)
        if found is None:
            raise Problem(404)
        return ConcernItem.model_validate(found)

    @routes.get("/counters", summary="Antal / counts")
    async def counters(
        who: RowReader,
        of: Annotated[What, Query(description="Vad som räknas / what is counted")] = What.CONCERNS,
        by: Annotated[
            list[str] | None, Query(max_length=3, description="Uppdelat på / divided by")
        ] = None,
        week: Annotated[Week | None, Query(description="Vecka / week")] = None,
        place_id: PlaceFilter = None,
        category: Annotated[Code | None, Query(description="Kategori / category")] = None,
    ) -> Counted:
        """Antal per plats, kategori och vecka. / Counts per place, category and week."""
        name, dimensions = _COUNTERS[of]
        asked = _dimensions(by, dimensions)
        filters = _given({"week": week, "place_id": place_id, "category": category})
        if not filters.keys() <= set(dimensions):
            raise Problem(422, invalid=[("of", "kan inte filtreras så / cannot be filtered so")])
        rows = await store.counters(name, {"district": who.district} | filters, asked)
        items = [CounterItem.model_validate(row) for row in rows]
        return Counted(of=of, total=sum(item.n for item in items), items=items)

    return routes


def _given(filters: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value is not None}


def _dimensions(by: list[str] | None, known: tuple[str, ...]) -> list[str]:
    """What to group by: `?by=week&by=category` or `?by=week,category`; everything when not said."""
    if by is None:
        return list(known)
    asked = [name.strip() for given in by for name in given.split(",") if name.strip()]
    if not set(asked) <= set(known) or len(set(asked)) != len(asked):
        raise Problem(422, invalid=[("by", f"en eller flera av / some of: {', '.join(known)}")])
    return asked
