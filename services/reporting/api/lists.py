"""Lists of what coordination and intake have done: assignments, problems, effects, SSPF terms."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.access import InternalReader, SspfReader
from services.reporting.domain.release import releases
from services.reporting.domain.times import Day, Moment
from services.reporting.store import Store
from shared.contracts.codes import AssignmentState, Effect, ProblemState
from shared.contracts.types import Code, PlaceCode, Uuid
from shared.web.paging import Listing, Paged, paged
from shared.web.site import site_of


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")


class AssignmentItem(_Item):
    """An assignment with how long its steps took, in days."""

    assignment_id: Uuid = Field(validation_alias="_id")
    state: AssignmentState
    problem_id: Uuid | None = None
    place_id: str | None = None
    category: str | None = None
    measure: str | None = None
    quick_fix: bool | None = None
    owner: str | None = None
    due: Day | None = None
    assigned_on: Day | None = None
    accepted_on: Day | None = None
    completed_on: Day | None = None
    closed_on: Day | None = None
    effect: Effect | None = None
    declined: int = 0
    redirected: int = 0
    reopened: int = 0
    due_changes: int = 0
    days_to_accept: int | None = None
    days_to_done: int | None = None
    late: bool | None = None
    escalations: dict[str, int] = {}


class ProblemItem(_Item):
    """A problem: what, where, since when, and what the group decided."""

    problem_id: Uuid = Field(validation_alias="_id")
    state: ProblemState = Field(
        description="Enligt senaste beslut; pågående uppdrag syns i listan över uppdrag / by the "
        "last decision: IN_ACTION and FOLLOW_UP follow from the assignments and are not told here"
    )
    category: str | None = None
    place_id: str | None = None
    concerns: int | None = None
    agencies: int | None = None
    first_observed: Moment | None = None
    last_observed: Moment | None = None
    identified_on: Day | None = None
    resolved_on: Day | None = None
    effect: Effect | None = None
    causes: list[dict[str, Any]] = []
    prioritisation: dict[str, Any] | None = None


class EffectItem(_Item):
    """A finished measure: baseline and after, side by side."""

    assignment_id: Uuid = Field(validation_alias="_id")
    problem_id: Uuid
    category: str
    cause: str | None = None
    place_id: str
    custodian: str
    measure: str
    planned_start: Day | None = None
    due: Day
    started_on: Day | None = None
    completed_on: Day
    closed_on: Day
    effect: Effect
    baseline_count: int
    after_count: int
    window_days: int
    cost_sek: int | None = None
    displacement_checked: bool
    displacement_place_id: str | None = None


class TermItem(BaseModel):
    """A term of the district: released with its figures, or withheld with the reasons."""

    term: str
    status: str = Field(description="RELEASED eller/or WITHHELD")
    reasons: list[str]
    meetings: int | None
    unique_band: str | None


class Terms(BaseModel):
    """Every term there is anything about."""

    items: list[TermItem]
    total: int


def router(store: Store) -> APIRouter:
    """The routes of the lists."""
    routes = APIRouter(prefix="/reporting/v1", tags=["uppföljning / follow-up"])
    _add_assignments(routes, store)
    _add_problems(routes, store)
    _add_effects(routes, store)

    @routes.get("/sspf", summary="SSPF per termin / SSPF per term")
    async def sspf(request: Request, who: SspfReader) -> Terms:
        """Släpps bara per termin och stadsdel. / Released per term and district only.

        Minst tre möten, och ett intygat spann om minst 5-9 unika unga; annars innehållet. / At
        least three meetings and an attested band of at least 5-9 unique youths; else withheld.
        """
        least = site_of(request).district.sspf_min_meetings
        meetings = await store.meetings_by_term(who.district)
        found = releases(meetings, await store.attestations(who.district), least=least)
        items = [
            TermItem(
                term=one.term,
                status="RELEASED" if one.released else "WITHHELD",
                reasons=[reason.value for reason in one.reasons],
                meetings=one.meetings,
                unique_band=one.unique_band,
            )
            for one in found
        ]
        return Terms(items=items, total=len(items))

    return routes


def _add_assignments(routes: APIRouter, store: Store) -> None:
    @routes.get("/assignments", summary="Uppdrag / assignments")
    async def assignments(
        request: Request,
        response: Response,
        who: InternalReader,
        part: Listing,
        state: Annotated[AssignmentState | None, Query(description="Läge / state")] = None,
        owner: Annotated[Code | None, Query(description="Ägare / owner")] = None,
    ) -> Paged[AssignmentItem]:
        """Uppdrag med ledtider. / Assignments with lead times."""
        wanted = _wanted(who.district, {"state": state, "owner": owner})
        found = await store.rows("assignments", wanted, limit=part.limit, skip=part.skip)
        items = [AssignmentItem.model_validate(row) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)


def _add_problems(routes: APIRouter, store: Store) -> None:
    @routes.get("/problems", summary="Problem / problems")
    async def problems(
        request: Request,
        response: Response,
        who: InternalReader,
        part: Listing,
        state: Annotated[ProblemState | None, Query(description="Läge / state")] = None,
        place_id: Annotated[PlaceCode | None, Query(description="Plats / place")] = None,
    ) -> Paged[ProblemItem]:
        """Problem med orsaker och prioritering. / Problems, causes and prioritisation."""
        wanted = _wanted(who.district, {"state": state, "place_id": place_id})
        found = await store.rows("problems", wanted, limit=part.limit, skip=part.skip)
        items = [ProblemItem.model_validate(row) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)


def _add_effects(routes: APIRouter, store: Store) -> None:
    @routes.get("/effects", summary="Avslutade åtgärder / finished measures")
    async def effects(
        request: Request,
        response: Response,
        who: InternalReader,
        part: Listing,
        effect: Annotated[Effect | None, Query(description="Effekt / effect")] = None,
        place_id: Annotated[PlaceCode | None, Query(description="Plats / place")] = None,
    ) -> Paged[EffectItem]:
        """Vad åtgärderna gav, före och efter. / What the measures did, before and after."""
        wanted = _wanted(who.district, {"effect": effect, "place_id": place_id})
        found = await store.rows("actions", wanted, limit=part.limit, skip=part.skip)
        items = [EffectItem.model_validate(row) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)


def _wanted(district: str, filters: dict[str, str | None]) -> dict[str, str]:
    given = {name: str(value) for name, value in filters.items() if value is not None}
    return {"district": district} | given
