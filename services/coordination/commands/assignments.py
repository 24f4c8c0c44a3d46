"""Assignments: given, answered, done, checked, followed up and closed."""

from collections.abc import Callable
from datetime import date

from services.coordination.commands.consequences import Cause, Consequences
from services.coordination.commands.counting import Counting
from services.coordination.commands.deciding import (
    By,
    Made,
    Wish,
    accepted,
    change,
    create,
    evolved,
    known,
    made_before,
)
from services.coordination.commands.promptly import promptly
from services.coordination.commands.refusals import NO_SUCH_PLACE, NO_SUCH_PROBLEM, NOT_FOUND
from services.coordination.commands.wishes import FollowUp, NewAssignment
from services.coordination.domain import assignment, place, problem
from services.coordination.domain.assignment import Assignment, Proposal
from services.coordination.domain.decision import Decision
from services.coordination.domain.problem import Problem
from services.coordination.store import Store, Stored
from shared.contracts.calendar import day_of
from shared.contracts.codes import Effect, Role
from shared.contracts.district import District
from shared.contracts.refusal import Refused


class Assignments:
    """What the coordinator and the owning agencies do with measures."""

    def __init__(self, store: Store, district: District, consequences: Consequences) -> None:
        self._store = store
        self._district = district
        self._consequences = consequences
        self._counting = Counting(store, district)

    async def give(self, wish_id: str, asked: NewAssignment, by: By) -> Made[Assignment]:
        """Give a measure to one owner: the custodian the category prefers, unless named."""
        wish = Wish(id=wish_id, asked=asked)
        again = await made_before(self._store.assignments, wish, by.district)
        if again is not None:
            return again
        known(asked.measure, self._district.measures, "Åtgärden", "The measure")
        target = await self._target(asked, by)
        proposal = Proposal(
            problem_id=target.id,
            place_id=target.state.place_id,
            category=target.state.category,
            cause_no=asked.cause_no,
            quick_fix=asked.quick_fix,
            measure=asked.measure,
            owner=await self._owner(asked, target.state, by),
            due=asked.due,
        )
        events = accepted(assignment.propose(proposal, by.why.time))
        following = evolved(self._store.assignments, None, events, by.why)
        made = await create(self._store.assignments, wish, by, following)
        await self._follow(target.id, by)
        return made

    async def accept(self, assignment_id: str, by: By) -> Stored[Assignment]:
        """The owner takes it on."""
        return await self._change(assignment_id, by, assignment.accept)

    async def decline(
        self,
        assignment_id: str,
        reason: str,
        suggested_owner: str,
        by: By,
    ) -> Stored[Assignment]:
        """The owner does not, with a reason and somebody better."""
        known(reason, self._district.decline_reasons, "Skälet", "The reason")
        known(suggested_owner, self._district.agencies, "Aktören", "The agency")
        return await self._change(
            assignment_id, by, lambda state: assignment.decline(state, reason, suggested_owner)
        )

    async def redirect(self, assignment_id: str, to_owner: str, by: By) -> Stored[Assignment]:
        """Ask somebody else."""
        known(to_owner, self._district.agencies, "Aktören", "The agency")
        return await self._change(
            assignment_id, by, lambda state: assignment.redirect(state, to_owner)
        )

    async def start(self, assignment_id: str, by: By) -> Stored[Assignment]:
        """Begin; what the effect is measured against is counted now."""
        own = await self._own(assignment_id, by)
        baseline = await self._counting.baseline(own, day_of(by.why.time), by)
        return await self._change(
            assignment_id, by, lambda state: assignment.start(state, baseline)
        )

    async def block(self, assignment_id: str, reason: str, by: By) -> Stored[Assignment]:
        """The owner cannot go on."""
        known(reason, self._district.block_reasons, "Skälet", "The reason")
        return await self._change(assignment_id, by, lambda state: assignment.block(state, reason))

    async def unblock(self, assignment_id: str, by: By) -> Stored[Assignment]:
        """The owner can go on."""
        return await self._change(assignment_id, by, assignment.unblock)

    async def complete(
        self, assignment_id: str, completed_on: date | None, by: By
    ) -> Stored[Assignment]:
        """It is done: today, unless an earlier day is named."""
        now = by.why.time
        done_on = completed_on or day_of(now)
        own = await self._own(assignment_id, by)
        baseline = await self._counting.baseline(own, done_on, by)
        return await self._change(
            assignment_id, by, lambda state: assignment.complete(state, done_on, baseline, now)
        )

    async def verify(self, assignment_id: str, by: By) -> Stored[Assignment]:
        """Somebody saw that it is done; the follow-up is scheduled."""
        days = self._district.follow_up_days
        return await self._change(
            assignment_id, by, lambda state: assignment.verify(state, by.why.time, days)
        )

    async def follow_up(self, assignment_id: str, asked: FollowUp, by: By) -> Stored[Assignment]:
        """Record what the group found; the counts are taken here."""
        elsewhere = asked.displacement_place_id
        if elsewhere and await self._store.places.get(elsewhere, by.district) is None:
            raise Refused(NO_SUCH_PLACE)
        measured = await self._counting.measure(await self._own(assignment_id, by), asked, by)
        return await self._change(
            assignment_id,
            by,
            lambda state: assignment.record_follow_up(state, measured, by.why.time),
        )

    async def close(self, assignment_id: str, effect: Effect | None, by: By) -> Stored[Assignment]:
        """End it with the effect its follow-up found."""
        own = await self._own(assignment_id, by)
        against = await self._store.problems.get(own.state.problem_id, by.district)
        cause = against.state.cause(own.state.cause_no) if against else None
        story = assignment.Story(id=assignment_id, cause=cause.code if cause else None)
        return await self._change(
            assignment_id, by, lambda state: assignment.close(state, story, effect, by.why.time)
        )

    async def cancel(self, assignment_id: str, reason: str, by: By) -> Stored[Assignment]:
        """It will not be done."""
        known(reason, self._district.cancel_reasons, "Skälet", "The reason")
        return await self._change(assignment_id, by, lambda state: assignment.cancel(state, reason))

    async def reopen(self, assignment_id: str, reason: str, by: By) -> Stored[Assignment]:
        """It was called done and was not."""
        known(reason, self._district.reopen_reasons, "Skälet", "The reason")
        return await self._change(assignment_id, by, lambda state: assignment.reopen(state, reason))

    async def change_due_date(
        self,
        assignment_id: str,
        due: date,
        reason: str,
        by: By,
    ) -> Stored[Assignment]:
        """Another day, with a reason."""
        known(reason, self._district.due_change_reasons, "Skälet", "The reason")
        return await self._change(
            assignment_id,
            by,
            lambda state: assignment.change_due_date(state, due, reason, by.why.time),
        )

    async def _change(
        self,
        assignment_id: str,
        by: By,
        decide: Callable[[Assignment], Decision],
    ) -> Stored[Assignment]:
        await self._own(assignment_id, by)
        done = await change(self._store.assignments, assignment_id, by, _by_owner(decide, by))
        await self._follow(done.state.problem_id, by)
        return done

    async def _own(self, assignment_id: str, by: By) -> Stored[Assignment]:
        found = await self._store.assignments.get(assignment_id, by.district)
        if found is None or not may_touch(found.state, by):
            raise Refused(NOT_FOUND)
        return found

    async def _target(self, asked: NewAssignment, by: By) -> Stored[Problem]:
        target = await self._store.problems.get(asked.problem_id, by.district)
        if target is None:
            raise Refused(NO_SUCH_PROBLEM)
        if refused := problem.may_assign(target.state, asked.cause_no):
            raise Refused(refused)
        return target

    async def _owner(self, asked: NewAssignment, target: Problem, by: By) -> str:
        if asked.owner is not None:
            known(asked.owner, self._district.agencies, "Aktören", "The agency")
            return asked.owner
        at = await self._store.places.get(target.place_id, by.district)
        if at is None:
            raise Refused(NO_SUCH_PLACE)
        category = self._district.categories.get(target.category)
        preference = category.custodian_preference if category else ()
        return place.owner_for(at.state.custodians, preference)

    async def _follow(self, problem_id: str, by: By) -> None:
        cause = Cause.after("", by.why)
        await promptly(self._consequences.follow_assignments(problem_id, cause))


def may_touch(state: Assignment, by: By) -> bool:
    """The coordinator all; anybody else what their own agency owns."""
    return by.why.actor_role is Role.COORDINATOR or state.owner == by.why.agency


def _by_owner(decide: Callable[[Assignment], Decision], by: By) -> Callable[[Assignment], Decision]:
    def decided(state: Assignment) -> Decision:
        return decide(state) if may_touch(state, by) else NOT_FOUND

    return decided
