"""Problems by API: propose, analyse, prioritise, resolve, read the whole story."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.encoders import jsonable_encoder

from services.coordination.api.access import Analysing, Deciding, DeskReader
from services.coordination.api.answers import MADE, Outcome, made, moved
from services.coordination.api.bodies import Because, Resolving
from services.coordination.api.views import (
    AssignmentView,
    CaseView,
    Happened,
    ProblemStory,
    ProblemView,
)
from services.coordination.commands.problems import Problems
from services.coordination.commands.wishes import Causes, NewProblem, Prioritisation
from services.coordination.domain.assignment import Patience
from services.coordination.store import Store
from services.coordination.store.story import story_of
from shared.contracts.codes import ProblemState
from shared.contracts.ids import aggregate_id
from shared.contracts.types import Code, PlaceCode, Uuid
from shared.store.entries import StoredEvent
from shared.web.conditional import etag
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.site import site_of

PATH = "/coordination/v1/problems"
ProblemId = Annotated[Uuid, Path(description="Problemet / the problem")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which problems a reader asks for."""

    state: Annotated[ProblemState | None, Query(description="Läge / state")] = None
    place_id: Annotated[PlaceCode | None, Query(description="Plats / place")] = None
    category: Annotated[Code | None, Query(description="Kategori / category")] = None


def router(problems: Problems, store: Store) -> APIRouter:
    """The routes under `/coordination/v1/problems`."""
    routes = APIRouter(prefix=PATH, tags=["problem / problems"])
    _add_reading(routes, store)
    _add_deciding(routes, problems)
    return routes


def _add_reading(routes: APIRouter, store: Store) -> None:
    @routes.get("", summary="Problem / problems")
    async def all_problems(
        request: Request,
        response: Response,
        who: DeskReader,
        part: Listing,
        wanted: Annotated[Wanted, Depends()],
    ) -> Paged[ProblemView]:
        """Stadsdelens problem, senaste först. / The district's problems, the latest first."""
        found, total = await store.problems.part(
            who.district, asdict(wanted), skip=part.skip, limit=part.limit
        )
        items = [ProblemView.of(one) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.get("/{problem_id}", summary="Ett problem / one problem")
    async def one_problem(
        problem_id: ProblemId, request: Request, response: Response, who: DeskReader
    ) -> ProblemStory:
        """Problemet från första rapporten till effekten. / From first concern to effect."""
        story = await story_of(store, problem_id, who.district)
        if story is None:
            raise Problem(404)
        response.headers["etag"] = etag(story.problem.version)
        site = site_of(request)
        now, patience = site.clock.now(), Patience.of(site.district)
        of = story.problem.state
        taken_back = {one.id for one in story.concerns if one.withdrawn}
        return ProblemStory(
            **dict(ProblemView.of(story.problem)),
            cases=[
                CaseView.of(one, of, withdrawn=one.id in taken_back) for one in story.cases.values()
            ],
            assignments=[AssignmentView.of(one, now, patience) for one in story.assignments],
            timeline=_timeline(story.events),
        )


def _add_deciding(routes: APIRouter, problems: Problems) -> None:
    @routes.post("", status_code=201, responses=MADE, summary="Föreslå problem / propose a problem")
    async def propose(
        body: NewProblem, response: Response, by: Deciding, key: IdempotencyKey
    ) -> Outcome:
        """Minst två liknande rapporter, eller ett bedömt mönster; rapporterna kopplas.

        At least two similar concerns, or a judged pattern; the concerns become its cases.
        """
        wish_id = aggregate_id("problem", by.why.agency, key)
        return made(response, await problems.propose(wish_id, body, by), PATH)

    @routes.post("/{problem_id}/causes", summary="Orsaksanalys / cause analysis")
    async def causes(
        problem_id: ProblemId, body: Causes, response: Response, by: Analysing
    ) -> Outcome:
        """Numrerade orsaker på problemtriangeln och vem som kan göra något. / Numbered causes."""
        done = await problems.record_causes(problem_id, body, by)
        return moved(response, done, done.state.state)

    @routes.post("/{problem_id}/prioritisation", summary="Prioritera / prioritise")
    async def prioritisation(
        problem_id: ProblemId, body: Prioritisation, response: Response, by: Deciding
    ) -> Outcome:
        """Poäng 0-3, påverkbart, resurser, beslut; avvikelse kräver skäl. / Scores and decision."""
        done = await problems.prioritise(problem_id, body, by)
        return moved(response, done, done.state.state)

    @routes.post("/{problem_id}/resolve", summary="Avsluta / resolve")
    async def resolve(
        problem_id: ProblemId, body: Resolving, response: Response, by: Deciding
    ) -> Outcome:
        """Avsluta med effekt; rapportörerna får svar. / End with an effect; reporters are told."""
        done = await problems.resolve(problem_id, body.effect, by)
        return moved(response, done, done.state.state)

    @routes.post("/{problem_id}/reopen", summary="Öppna igen / reopen")
    async def reopen(
        problem_id: ProblemId, body: Because, response: Response, by: Deciding
    ) -> Outcome:
        """Problemet är tillbaka. / The problem is back."""
        done = await problems.reopen(problem_id, body.reason, by)
        return moved(response, done, done.state.state)


def _timeline(events: Sequence[StoredEvent]) -> list[Happened]:
    return [
        Happened(
            time=one.meta.time,
            type=type(one.event).__name__,
            subject=one.meta.subject,
            agency=one.meta.agency,
            actor_role=one.meta.actor_role,
            data=jsonable_encoder(one.event),
        )
        for one in events
    ]
