"""What is known of an assignment, and how each event changes it."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import singledispatch
from typing import Final, TypeAlias

from services.coordination.domain.decision import State
from services.coordination.domain.follow_up import Baseline, Measured
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentAssigned,
    AssignmentBlocked,
    AssignmentCancelled,
    AssignmentClosed,
    AssignmentCompleted,
    AssignmentDeclined,
    AssignmentDueDateChanged,
    AssignmentEscalationRaised,
    AssignmentProposed,
    AssignmentRedirected,
    AssignmentReopened,
    AssignmentStarted,
    AssignmentUnblocked,
    AssignmentVerified,
)
from shared.contracts.calendar import day_of
from shared.contracts.codes import AssignmentState, Effect, EscalationKind
from shared.contracts.envelope import Event
from shared.contracts.est import FollowUpRecorded, FollowUpScheduled
from shared.contracts.types import Code

Changes: TypeAlias = Mapping[str, object]

ENDED: Final = frozenset({AssignmentState.CLOSED, AssignmentState.CANCELLED})
DONE: Final = ENDED | {AssignmentState.COMPLETED, AssignmentState.VERIFIED}


class Raised(State):
    """A reminder that went out: its kind and its level, each once."""

    kind: EscalationKind
    level: int


class Assignment(State):
    """One measure at one place, with one owner and one due date."""

    problem_id: str
    place_id: str
    category: Code
    cause_no: int | None
    quick_fix: bool
    measure: Code
    owner: Code
    due: date
    state: AssignmentState
    asked_at: datetime
    suggested_owner: Code | None = None
    redirected: bool = False
    started_on: date | None = None
    baseline: Baseline | None = None
    completed_on: date | None = None
    follow_up_due: date | None = None
    follow_up: Measured | None = None
    followed_up_on: date | None = None
    effect: Effect | None = None
    raised: tuple[Raised, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do about it."""
        return self.state not in ENDED

    @property
    def followed_up_early(self) -> bool:
        """Whether the follow-up was made before the day it was planned for."""
        if self.followed_up_on is None or self.follow_up_due is None:
            return False
        return self.followed_up_on < self.follow_up_due


def evolve(state: Assignment | None, event: Event, at: datetime) -> Assignment:
    """The assignment after this event, which happened at this time."""
    if isinstance(event, AssignmentProposed):
        return _proposed(event, at)
    if state is None:
        raise ValueError("an assignment begins with AssignmentProposed")
    return state.model_copy(update=dict(_changes(event, state, at)))


def _proposed(event: AssignmentProposed, at: datetime) -> Assignment:
    return Assignment(
        problem_id=event.problem_id,
        place_id=event.place_id,
        category=event.category,
        cause_no=event.cause_no,
        quick_fix=event.quick_fix,
        measure=event.measure,
        owner=event.owner,
        due=event.due,
        state=AssignmentState.PROPOSED,
        asked_at=at,
    )


@singledispatch
def _changes(_event: Event, _state: Assignment, _at: datetime) -> Changes:
    """What an event changes; one that tells nothing about the assignment's own state: nothing."""
    return {}


@_changes.register
def _(event: AssignmentAssigned, state: Assignment, at: datetime) -> Changes:
    return {
        "state": AssignmentState.ASSIGNED,
        "owner": event.owner,
        "due": event.due,
        "asked_at": at,
        "suggested_owner": None,
        "raised": tuple(
            raised for raised in state.raised if raised.kind is not EscalationKind.UNACCEPTED
        ),
    }


@_changes.register
def _(_event: AssignmentAccepted, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.ACCEPTED}


@_changes.register
def _(event: AssignmentDeclined, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.DECLINED, "suggested_owner": event.suggested_owner}


@_changes.register
def _(event: AssignmentRedirected, _state: Assignment, _at: datetime) -> Changes:
    return {
        "state": AssignmentState.REDIRECTED,
        "owner": event.to_owner,
        "redirected": True,
    }


@_changes.register
def _(event: AssignmentStarted, state: Assignment, at: datetime) -> Changes:
    baseline = Baseline(
        count=event.baseline_count, begins=event.baseline_from, ends=event.baseline_to
    )
    return {
        "state": AssignmentState.IN_PROGRESS,
        "started_on": state.started_on or day_of(at),
        "baseline": baseline,
    }


@_changes.register
def _(_event: AssignmentBlocked, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.BLOCKED}


@_changes.register
def _(_event: AssignmentUnblocked, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.IN_PROGRESS}


@_changes.register
def _(event: AssignmentCompleted, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.COMPLETED, "completed_on": event.completed_on}


@_changes.register
def _(_event: AssignmentVerified, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.VERIFIED}


@_changes.register
def _(event: FollowUpScheduled, _state: Assignment, _at: datetime) -> Changes:
    return {"follow_up_due": event.due}


@_changes.register
def _(event: FollowUpRecorded, _state: Assignment, at: datetime) -> Changes:
    measured = Measured(
        effect=event.effect,
        baseline_count=event.baseline_count,
        after_count=event.after_count,
        window_days=event.window_days,
        displacement_place_id=event.displacement_place_id,
        displacement_result=event.displacement_result,
    )
    return {"follow_up": measured, "followed_up_on": day_of(at)}


@_changes.register
def _(event: AssignmentClosed, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.CLOSED, "effect": event.effect}


@_changes.register
def _(_event: AssignmentCancelled, _state: Assignment, _at: datetime) -> Changes:
    return {"state": AssignmentState.CANCELLED}


@_changes.register
def _(_event: AssignmentReopened, _state: Assignment, _at: datetime) -> Changes:
    return {
        "state": AssignmentState.REOPENED,
        "completed_on": None,
        "follow_up_due": None,
    }


@_changes.register
def _(event: AssignmentDueDateChanged, state: Assignment, _at: datetime) -> Changes:
    return {
        "due": event.new,
        "raised": tuple(
            raised for raised in state.raised if raised.kind is not EscalationKind.OVERDUE
        ),
    }


@_changes.register
def _(event: AssignmentEscalationRaised, state: Assignment, _at: datetime) -> Changes:
    return {"raised": (*state.raised, Raised(kind=event.kind, level=event.level))}
