"""What one aggregate causes in another: commands named after the event, so a repeat is met."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from services.coordination.commands.deciding import HANDLED_KEPT, TRIES, accepted, evolved
from services.coordination.domain import case, picture, problem
from services.coordination.domain.decision import Decision, State
from services.coordination.domain.problem import Problem, Standing
from services.coordination.domain.signals import Concern
from services.coordination.store import Aggregates, Next, Store, Stored
from shared.contracts.codes import AssignmentState, Effect, ProblemState, Role
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Event, Meta, Provenance
from shared.contracts.ids import AgencyCode, DistrictCode, command_id
from shared.contracts.refusal import Refused
from shared.store.errors import Conflict, DuplicateId

S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that has this consequence, and under whose name and time it is carried out."""

    event_id: str
    why: Provenance

    @classmethod
    def of(cls, meta: Meta) -> "Cause":
        """A received event as a cause; what follows from it happens at its time."""
        return cls.after(
            meta.id,
            Provenance(
                time=meta.time,
                district=DistrictCode(meta.district),
                agency=AgencyCode(meta.agency),
                actor_role=Role.SYSTEM,
                correlation_id=meta.correlation_id,
                traceparent=meta.traceparent,
            ),
        )

    @classmethod
    def after(cls, event_id: str, why: Provenance) -> "Cause":
        """An event just appended as a cause."""
        return cls(event_id, replace(why, causation_id=event_id, actor_role=Role.SYSTEM))

    @property
    def district(self) -> str:
        """The district it happens in."""
        return str(self.why.district)


class Consequences:
    """Carries out what follows; every function may be called any number of times."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def link_named(self, problem_id: str, concern_ids: Sequence[str], cause: Cause) -> None:
        """A problem was identified in these concerns: each becomes a case of it."""
        for concern_id in concern_ids:
            await self._issue(
                self._store.cases, concern_id, cause, lambda state: case.link(state, problem_id)
            )

    async def count_linked(self, problem_id: str, cause: Cause) -> None:
        """A concern was linked: what is known of the problem is counted anew."""
        linked = await self._linked(problem_id, cause.district)
        found = await self._issue(
            self._store.problems,
            problem_id,
            cause,
            lambda state: problem.update_profile(state, linked) if state else (),
        )
        if found and found.state.ended_at and found.state.state is ProblemState.RESOLVED:
            # Linked while it was being resolved: the answer to the others may have missed it.
            after = replace(cause.why, time=max(cause.why.time, found.state.ended_at))
            late = replace(cause, why=after)
            await self._answer(problem_id, found.state, found.state.effect, late)

    async def answer_reporters(self, problem_id: str, effect: Effect, cause: Cause) -> None:
        """A problem ended: everybody who reported part of it is told."""
        found = await self._store.problems.get(problem_id, cause.district)
        if found is not None:
            await self._answer(problem_id, found.state, effect, cause)

    async def follow_assignments(self, problem_id: str, cause: Cause) -> None:
        """An assignment moved: the problem is where its assignments are."""
        for _ in range(TRIES):
            found = await self._store.problems.get(problem_id, cause.district)
            if found is None:
                return
            heard = await self._heard(problem_id, cause.district)
            state = problem.follow(found.state, heard)
            if state == found.state:
                return
            try:
                await self._store.problems.append(
                    problem_id, Next(state), expected=found, why=cause.why
                )
            except Conflict:
                continue
            return
        raise Conflict("BUSY")

    async def supersede_older(self, week: str, cause: Cause) -> None:
        """A picture was adopted: those of the same week adopted before give way."""
        adopted = await self._store.pictures.adopted_of(week, cause.district)
        latest = max(adopted, key=_adopted, default=None)
        for older in adopted:
            if latest is not None and older.id != latest.id:
                await self._issue(
                    self._store.pictures,
                    older.id,
                    cause,
                    lambda state: picture.supersede(state, latest.id) if state else (),
                )

    async def note_feedback(self, event: FeedbackDelivered, cause: Cause) -> None:
        """The answer arrived: the case owes nothing any more."""
        for _ in range(TRIES):
            found = await self._store.cases.get(event.concern_id, cause.district)
            if found is None or not found.state.owes:
                return
            state = case.evolve(found.state, event, cause.why.time)
            try:
                await self._store.cases.append(found.id, Next(state), expected=found, why=cause.why)
            except Conflict:
                continue
            return
        raise Conflict("BUSY")

    async def _answer(
        self, problem_id: str, ended: Problem, effect: Effect | None, cause: Cause
    ) -> None:
        acted = any(one.state is AssignmentState.CLOSED for one in ended.assignments.values())
        cases = await self._store.cases.of_problem(problem_id, cause.district)
        then = [one.id for one in cases if one.state.triaged_at <= cause.why.time]
        for concern in await self._store.incoming.of(then, cause.district):
            await self._issue(
                self._store.cases,
                concern.id,
                cause,
                _answering(concern, problem_id, effect if acted else None),
            )

    async def _linked(self, problem_id: str, district: str) -> list[Concern]:
        cases = await self._store.cases.of_problem(problem_id, district)
        linked = await self._store.incoming.of([one.id for one in cases], district)
        return [concern for concern in linked if not concern.withdrawn]

    async def _heard(self, problem_id: str, district: str) -> dict[str, Standing]:
        assignments = await self._store.assignments.of_problem(problem_id, district)
        return {one.id: Standing(version=one.version, state=one.state.state) for one in assignments}

    async def _issue(
        self,
        kept: Aggregates[S],
        which: str,
        cause: Cause,
        decide: Callable[[S | None], Decision],
    ) -> Stored[S] | None:
        """Give a command once; what it meets refused has been decided otherwise meanwhile."""
        command = command_id(cause.event_id, f"{kept.stream.name}:{which}")
        for _ in range(TRIES):
            found = await kept.get(which, cause.district)
            handled: list[str] = list(found.extra.get("handled", ())) if found else []
            if command in handled:
                return found
            events = _events(decide(found.state if found else None))
            if not events:
                return found
            remembered = {"handled": [*handled, command][-HANDLED_KEPT:]}
            following = replace(evolved(kept, found, events, cause.why), extra=remembered)
            try:
                return await kept.append(which, following, expected=found, why=cause.why)
            except (Conflict, DuplicateId):
                continue
        raise Conflict("BUSY")


def _events(decision: Decision) -> tuple[Event, ...]:
    try:
        return accepted(decision)
    except Refused:
        return ()


def _answering(
    concern: Concern, problem_id: str, effect: Effect | None
) -> Callable[[case.Case | None], Decision]:
    def decide(state: case.Case | None) -> Decision:
        return case.answer(state, concern, problem_id, effect) if state else ()

    return decide


def _adopted(one: Stored[picture.Picture]) -> tuple[str, str]:
    at = one.state.adopted_at
    return (at.isoformat() if at else "", one.id)
