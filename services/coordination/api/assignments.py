"""Assignments by API: give, answer, do, check, follow up, close."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.coordination.api.access import Acting, Assigning, Reader
from services.coordination.api.answers import MADE, Outcome, made, moved
from services.coordination.api.bodies import (
    Because,
    Closing,
    Completing,
    Declining,
    Nothing,
    Postponing,
    Redirecting,
)
from services.coordination.api.views import AssignmentView
from services.coordination.commands import By
from services.coordination.commands.assignments import Assignments
from services.coordination.commands.wishes import FollowUp, NewAssignment
from services.coordination.domain.assignment import Assignment, Patience
from services.coordination.store import Store, Stored
from services.coordination.store.kinds import Sought
from shared.contracts.calendar import day_of
from shared.contracts.codes import AssignmentState, Role
from shared.contracts.ids import aggregate_id
from shared.contracts.types import Code, Uuid
from shared.security.roles import Principal
from shared.web.conditional import etag
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.site import site_of

PATH = "/coordination/v1/assignments"
AssignmentId = Annotated[Uuid, Path(description="Uppdraget / the assignment")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which assignments a reader asks for."""

    state: Annotated[AssignmentState | None, Query(description="Läge / state")] = None
    owner: Annotated[Code | None, Query(description="Ägare / owner")] = None
    overdue: Annotated[bool, Query(description="Bara försenade / only overdue")] = False


def router(assignments: Assignments, store: Store) -> APIRouter:
    """The routes under `/coordination/v1/assignments`."""
    routes = APIRouter(prefix=PATH, tags=["uppdrag / assignments"])
    _add_reading(routes, store)
    _add_giving(routes, assignments)
    _add_owners(routes, assignments)
    _add_ending(routes, assignments)
    return routes


def _add_reading(routes: APIRouter, store: Store) -> None:
    @routes.get("", summary="Uppdrag / assignments")
    async def all_assignments(
        request: Request,
        response: Response,
        who: Reader,
        part: Listing,
        wanted: Annotated[Wanted, Depends()],
    ) -> Paged[AssignmentView]:
        """Uppdrag efter förfallodag; en ägare ser sina egna. / By due date; owners see theirs."""
        site = site_of(request)
        now, patience = site.clock.now(), Patience.of(site.district)
        sought = Sought(
            state=wanted.state,
            owner=who.agency if who.role is Role.ACTION_OWNER else wanted.owner,
            overdue_on=day_of(now) if wanted.overdue else None,
        )
        found, total = await store.assignments.part(
            who.district, sought, skip=part.skip, limit=part.limit
        )
        items = [AssignmentView.of(one, now, patience) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.get("/{assignment_id}", summary="Ett uppdrag / one assignment")
    async def one_assignment(
        assignment_id: AssignmentId, request: Request, response: Response, who: Reader
    ) -> AssignmentView:
        """Ett uppdrag; andras finns inte för en ägare. / Others' do not exist for an owner."""
        found = await store.assignments.get(assignment_id, who.district)
        if found is None or not _may_see(who, found):
            raise Problem(404)
        response.headers["etag"] = etag(found.version)
        site = site_of(request)
        return AssignmentView.of(found, site.clock.now(), Patience.of(site.district))


def _may_see(who: Principal, found: Stored[Assignment]) -> bool:
    return who.role is not Role.ACTION_OWNER or found.state.owner == who.agency


def _add_giving(routes: APIRouter, assignments: Assignments) -> None:
    @routes.post("", status_code=201, responses=MADE, summary="Ge uppdrag / give an assignment")
    async def give(
        body: NewAssignment, response: Response, by: Assigning, key: IdempotencyKey
    ) -> Outcome:
        """En åtgärd, en ägare, en dag, en orsak eller snabb åtgärd; annars har platsen ägaren.

        One measure, owner and day, a cause or quick fix; the owner is the place's custodian.
        """
        wish_id = aggregate_id("assignment", by.why.agency, key)
        return made(response, await assignments.give(wish_id, body, by), PATH)

    @routes.post("/{assignment_id}/redirect", summary="Omdirigera / redirect")
    async def redirect(
        assignment_id: AssignmentId, body: Redirecting, response: Response, by: Assigning
    ) -> Outcome:
        """Fråga någon annan. / Ask somebody else."""
        return _moved(response, await assignments.redirect(assignment_id, body.to_owner, by))

    @routes.post("/{assignment_id}/change-due-date", summary="Ny förfallodag / new due date")
    async def change_due_date(
        assignment_id: AssignmentId, body: Postponing, response: Response, by: Assigning
    ) -> Outcome:
        """En annan dag, med skäl. / Another day, with a reason."""
        done = await assignments.change_due_date(assignment_id, body.due, body.reason, by)
        return _moved(response, done)

    @routes.post("/{assignment_id}/cancel", summary="Ställ in / cancel")
    async def cancel(
        assignment_id: AssignmentId, body: Because, response: Response, by: Assigning
    ) -> Outcome:
        """Det blir inte av. / It will not be done."""
        return _moved(response, await assignments.cancel(assignment_id, body.reason, by))


def _add_owners(routes: APIRouter, assignments: Assignments) -> None:
    _add_plain(routes, "accept", "Acceptera / accept", assignments.accept)
    _add_plain(routes, "start", "Börja / start", assignments.start)
    _add_plain(routes, "unblock", "Inte längre hindrat / unblock", assignments.unblock)

    @routes.post("/{assignment_id}/decline", summary="Avböj / decline")
    async def decline(
        assignment_id: AssignmentId, body: Declining, response: Response, by: Acting
    ) -> Outcome:
        """Med skäl och förslag på vem som kan i stället. / With a reason and who can instead."""
        done = await assignments.decline(assignment_id, body.reason, body.suggested_owner, by)
        return _moved(response, done)

    @routes.post("/{assignment_id}/block", summary="Hindrat / block")
    async def block(
        assignment_id: AssignmentId, body: Because, response: Response, by: Acting
    ) -> Outcome:
        """Ägaren kommer inte vidare. / The owner cannot go on."""
        return _moved(response, await assignments.block(assignment_id, body.reason, by))

    @routes.post("/{assignment_id}/complete", summary="Utfört / complete")
    async def complete(
        assignment_id: AssignmentId,
        response: Response,
        by: Acting,
        body: Completing | None = None,
    ) -> Outcome:
        """Det är gjort. / It is done."""
        done_on = body.completed_on if body else None
        return _moved(response, await assignments.complete(assignment_id, done_on, by))


def _add_ending(routes: APIRouter, assignments: Assignments) -> None:
    @routes.post("/{assignment_id}/verify", summary="Kontrollerat / verify")
    async def verify(
        assignment_id: AssignmentId,
        response: Response,
        by: Assigning,
        _body: Nothing | None = None,
    ) -> Outcome:
        """Någon såg att det är gjort; uppföljningen planeras. / Seen; a follow-up is planned."""
        return _moved(response, await assignments.verify(assignment_id, by))

    @routes.post("/{assignment_id}/reopen", summary="Öppna igen / reopen")
    async def reopen(
        assignment_id: AssignmentId, body: Because, response: Response, by: Assigning
    ) -> Outcome:
        """Det var inte gjort. / It was not done."""
        return _moved(response, await assignments.reopen(assignment_id, body.reason, by))

    @routes.post("/{assignment_id}/follow-up", summary="Följ upp / follow up")
    async def follow_up(
        assignment_id: AssignmentId, body: FollowUp, response: Response, by: Assigning
    ) -> Outcome:
        """Gruppens bedömning; före och efter räknas här. / Judged; before and after counted."""
        return _moved(response, await assignments.follow_up(assignment_id, body, by))

    @routes.post("/{assignment_id}/close", summary="Avsluta / close")
    async def close(
        assignment_id: AssignmentId,
        response: Response,
        by: Assigning,
        body: Closing | None = None,
    ) -> Outcome:
        """Avsluta med uppföljningens effekt. / Close with the effect the follow-up found."""
        effect = body.effect if body else None
        return _moved(response, await assignments.close(assignment_id, effect, by))


def _add_plain(
    routes: APIRouter,
    name: str,
    summary: str,
    command: Callable[[str, By], Awaitable[Stored[Assignment]]],
) -> None:
    @routes.post(
        f"/{{assignment_id}}/{name}",
        summary=summary,
        name=name,
        description="Inga uppgifter behövs. / No particulars are needed.",
    )
    async def plain(
        assignment_id: AssignmentId,
        response: Response,
        by: Acting,
        _body: Nothing | None = None,
    ) -> Outcome:
        return _moved(response, await command(assignment_id, by))


def _moved(response: Response, done: Stored[Assignment]) -> Outcome:
    return moved(response, done, done.state.state)
