"""What is known of a problem, and how its own events and its assignments change it."""

from collections.abc import Mapping
from datetime import datetime
from functools import singledispatch
from typing import Final

from services.coordination.domain.decision import State
from shared.contracts.codes import AssignmentState, Effect, PriorityDecision, ProblemState
from shared.contracts.envelope import Event
from shared.contracts.est import (
    Cause,
    CauseAnalysisRecorded,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemProfileUpdated,
    ProblemReopened,
    ProblemResolved,
    Scores,
)
from shared.contracts.types import Code

P = ProblemState

ENDED_ASSIGNMENT: Final = frozenset({AssignmentState.CLOSED, AssignmentState.CANCELLED})


class Standing(State):
    """How far one of the problem's assignments has come; `version` orders what is heard of it."""

    version: int
    state: AssignmentState


class Priority(State):
    """The latest prioritisation, with all its components."""

    scores: Scores
    total: int
    influenceable: bool
    resources: bool
    decision: PriorityDecision
    override_reason: Code | None = None


class Problem(State):
    """What is known of one problem."""

    category: Code
    place_id: str
    state: ProblemState
    concern_ids: tuple[str, ...]
    first_observed: datetime
    last_observed: datetime
    identified_at: datetime
    concerns: int
    agencies: int = 1
    causes: tuple[Cause, ...] = ()
    priority: Priority | None = None
    assignments: Mapping[str, Standing] = {}
    effect: Effect | None = None
    ended_at: datetime | None = None

    def cause(self, no: int | None) -> Cause | None:
        """The cause with this number, if there is one."""
        return next((cause for cause in self.causes if cause.no == no), None)


def evolve(state: Problem | None, event: Event, at: datetime) -> Problem:
    """The problem after this event, which happened at this time."""
    if isinstance(event, ProblemIdentified):
        return _identified(event, at)
    if state is None:
        raise ValueError("a problem begins with ProblemIdentified")
    return state.model_copy(update=_changes(event, state, at))


def follow(problem: Problem, heard: Mapping[str, Standing]) -> Problem:
    """The problem after what was heard of its assignments; older news changes nothing."""
    news = {
        assignment_id: standing
        for assignment_id, standing in heard.items()
        if _is_newer(standing, problem.assignments.get(assignment_id))
    }
    if not news:
        return problem
    assignments = {**problem.assignments, **news}
    return problem.model_copy(
        update={"assignments": assignments, "state": _followed(problem, assignments)}
    )


def _is_newer(standing: Standing, known: Standing | None) -> bool:
    return known is None or standing.version > known.version


def _followed(problem: Problem, assignments: Mapping[str, Standing]) -> ProblemState:
    if problem.state is P.RESOLVED:
        return P.RESOLVED
    states = {standing.state for standing in assignments.values()}
    if states - ENDED_ASSIGNMENT:
        return P.IN_ACTION
    if problem.state is not P.IN_ACTION:
        return problem.state
    return P.FOLLOW_UP if AssignmentState.CLOSED in states else _before_action(problem)


def _before_action(problem: Problem) -> ProblemState:
    if problem.priority is not None:
        return P.PRIORITISED
    return P.ANALYSED if problem.causes else P.IDENTIFIED


def _identified(event: ProblemIdentified, at: datetime) -> Problem:
    return Problem(
        category=event.category,
        place_id=event.place_id,
        state=P.IDENTIFIED,
        concern_ids=event.concern_ids,
        first_observed=event.first_observed,
        last_observed=event.first_observed,
        identified_at=at,
        concerns=len(event.concern_ids),
    )


@singledispatch
def _changes(event: Event, _state: Problem, _at: datetime) -> dict[str, object]:
    """What an event changes."""
    raise TypeError(f"{type(event).__name__} is no event of a problem")


@_changes.register
def _(event: ProblemProfileUpdated, _state: Problem, _at: datetime) -> dict[str, object]:
    return {
        "concerns": event.concerns,
        "last_observed": event.last_observed,
        "agencies": event.agencies,
    }


@_changes.register
def _(event: CauseAnalysisRecorded, state: Problem, _at: datetime) -> dict[str, object]:
    fresh = state.state in {P.IDENTIFIED, P.REOPENED}
    return {"causes": event.causes, "state": P.ANALYSED if fresh else state.state}


@_changes.register
def _(event: PrioritisationDecided, state: Problem, _at: datetime) -> dict[str, object]:
    priority = Priority(
        scores=event.scores,
        total=event.total,
        influenceable=event.influenceable,
        resources=event.resources,
        decision=event.decision,
        override_reason=event.override_reason,
    )
    under_way = state.state in {P.IN_ACTION, P.FOLLOW_UP}
    return {
        "priority": priority,
        "state": state.state if under_way else ProblemState(event.decision.value),
    }


@_changes.register
def _(event: ProblemResolved, _state: Problem, at: datetime) -> dict[str, object]:
    gone = event.effect is Effect.IMPROVED
    ended = P.RESOLVED if gone else P.PERSISTING
    return {"state": ended, "effect": event.effect, "ended_at": at}


@_changes.register
def _(_event: ProblemReopened, _state: Problem, _at: datetime) -> dict[str, object]:
    return {"state": P.REOPENED, "effect": None, "ended_at": None}
