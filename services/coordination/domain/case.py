"""A case: one concern from triage on, under the concern's own id.

Registered → Triaged → (Duplicate | OutOfScope | Linked) → … → Closed. Every end answers the
reporter; one who asked for an answer is owed it until notify says that it arrived.
"""

from datetime import datetime
from enum import StrEnum
from functools import singledispatch
from typing import Final

from services.coordination.domain.decision import UNCHANGED, Decision, State
from services.coordination.domain.signals import Concern
from shared.contracts.codes import CaseState, Effect, ProblemState, TriageOutcome
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Event
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ConcernMarkedDuplicate,
    ConcernTriaged,
    FeedbackGiven,
)
from shared.contracts.refusal import UNPROCESSABLE, Refusal
from shared.contracts.types import Code

DUPLICATE_FEEDBACK: Final = "DUPLICATE"
OUT_OF_SCOPE_FEEDBACK: Final = "OUT_OF_SCOPE"


def feedback_code(effect: Effect | None) -> Code:
    """The answer to the reporter of a problem that ended so; None: nothing was done."""
    if effect is None:
        return "NO_ACTION"
    return "MEASURE_DONE" if effect is Effect.IMPROVED else "MONITORED"


TRIAGED_ALREADY: Final = Refusal(
    code="TRIAGED_ALREADY",
    sv="Rapporten är redan bedömd",
    en="The concern has already been triaged",
)
ITSELF: Final = Refusal(
    code="DUPLICATE_OF_ITSELF",
    sv="En rapport kan inte vara dubblett av sig själv",
    en="A concern cannot be a duplicate of itself",
    status=UNPROCESSABLE,
)
CHAIN: Final = Refusal(
    code="DUPLICATE_CHAIN",
    sv="Den andra rapporten är själv en dubblett; peka på den första",
    en="The other concern is a duplicate itself; name the first one",
)
HAS_DUPLICATES: Final = Refusal(
    code="HAS_DUPLICATES",
    sv="Andra rapporter är dubbletter av den här",
    en="Other concerns are duplicates of this one",
)


class Feedback(StrEnum):
    """What the reporter is owed."""

    NOT_YET = "NOT_YET"
    OWED = "OWED"
    NOT_WANTED = "NOT_WANTED"
    DELIVERED = "DELIVERED"


class Closing(StrEnum):
    """How a case was closed."""

    RESOLVED = "RESOLVED"
    MONITOR = "MONITOR"
    NO_ACTION = "NO_ACTION"


class Case(State):
    """What the district decided about one concern."""

    state: CaseState
    triaged_at: datetime
    reason: Code | None = None
    duplicate_of: str | None = None
    problem_id: str | None = None
    feedback: Feedback = Feedback.NOT_YET
    feedback_code: Code | None = None
    feedback_at: datetime | None = None
    source_agency: Code | None = None
    closing: Closing | None = None

    @property
    def owes(self) -> bool:
        """Whether the reporter asked for an answer that has not arrived."""
        return self.feedback is Feedback.OWED


def evolve(state: Case | None, event: Event, at: datetime) -> Case:
    """The case after this event, which happened at this time."""
    if isinstance(event, ConcernTriaged):
        refused = event.outcome is TriageOutcome.OUT_OF_SCOPE
        first = CaseState.OUT_OF_SCOPE if refused else CaseState.TRIAGED
        return Case(state=first, triaged_at=at, reason=event.reason)
    if state is None:
        raise ValueError("a case begins with ConcernTriaged")
    return state.model_copy(update=_changes(event, state, at))


@singledispatch
def _changes(event: Event, _state: Case, _at: datetime) -> dict[str, object]:
    """What an event changes."""
    raise TypeError(f"{type(event).__name__} is no event of a case")


@_changes.register
def _(event: ConcernMarkedDuplicate, _state: Case, _at: datetime) -> dict[str, object]:
    return {"state": CaseState.DUPLICATE, "duplicate_of": event.duplicate_of}


@_changes.register
def _(event: ConcernLinkedToProblem, _state: Case, _at: datetime) -> dict[str, object]:
    return {"state": CaseState.LINKED, "problem_id": event.problem_id}


@_changes.register
def _(_event: FeedbackDelivered, state: Case, _at: datetime) -> dict[str, object]:
    return {"feedback": Feedback.DELIVERED if state.owes else state.feedback}


@_changes.register
def _(event: FeedbackGiven, state: Case, at: datetime) -> dict[str, object]:
    return {
        "state": CaseState.CLOSED if state.state is CaseState.LINKED else state.state,
        "closing": _closing(state, event.effect),
        "feedback": Feedback.OWED if event.wants_feedback else Feedback.NOT_WANTED,
        "feedback_code": event.feedback_code,
        "feedback_at": at,
        "source_agency": event.source_agency,
    }


def _closing(state: Case, effect: Effect | None) -> Closing:
    if state.state is not CaseState.LINKED or effect is None:
        return Closing.NO_ACTION
    return Closing.RESOLVED if effect is Effect.IMPROVED else Closing.MONITOR


def link(state: Case | None, problem_id: str) -> Decision:
    """The concern belongs to a problem."""
    if state is None:
        return (
            ConcernTriaged(outcome=TriageOutcome.LINKED),
            ConcernLinkedToProblem(problem_id=problem_id),
        )
    return UNCHANGED if state.problem_id == problem_id else TRIAGED_ALREADY


def mark_duplicate(
    state: Case | None, concern: Concern, target_id: str, *, of_target: Case | None, named: bool
) -> Decision:
    """The concern tells what another has told. `named`: another is a duplicate of this one."""
    if state is not None:
        return UNCHANGED if state.duplicate_of == target_id else TRIAGED_ALREADY
    if target_id == concern.id:
        return ITSELF
    if of_target is not None and of_target.duplicate_of is not None:
        return CHAIN
    if named:
        return HAS_DUPLICATES
    return (
        ConcernTriaged(outcome=TriageOutcome.DUPLICATE),
        ConcernMarkedDuplicate(duplicate_of=target_id),
        _answer(concern, DUPLICATE_FEEDBACK),
    )


def put_out_of_scope(state: Case | None, concern: Concern, reason: Code) -> Decision:
    """The district does not work with it; the reporter hears why."""
    if state is not None:
        same = state.state is CaseState.OUT_OF_SCOPE and state.reason == reason
        return UNCHANGED if same else TRIAGED_ALREADY
    return (
        ConcernTriaged(outcome=TriageOutcome.OUT_OF_SCOPE, reason=reason),
        _answer(concern, OUT_OF_SCOPE_FEEDBACK),
    )


def answer(
    state: Case, concern: Concern, problem_id: str, effect: Effect | None
) -> tuple[Event, ...]:
    """Tell the reporter how the problem ended; once."""
    if state.state is not CaseState.LINKED or state.problem_id != problem_id:
        return UNCHANGED
    return (
        FeedbackGiven(
            feedback_code=feedback_code(effect),
            problem_id=problem_id,
            effect=effect,
            wants_feedback=concern.wants_feedback,
            source_agency=concern.source_agency,
        ),
    )


def shown_state(state: Case, problem: ProblemState | None) -> CaseState:
    """What a reader sees: a linked case goes where its problem goes."""
    if state.state is not CaseState.LINKED:
        return state.state
    followed = {
        ProblemState.IN_ACTION: CaseState.IN_ACTION,
        ProblemState.FOLLOW_UP: CaseState.FOLLOW_UP,
    }
    return followed.get(problem, CaseState.LINKED) if problem else CaseState.LINKED


def _answer(concern: Concern, code: Code) -> FeedbackGiven:
    return FeedbackGiven(
        feedback_code=code,
        wants_feedback=concern.wants_feedback,
        source_agency=concern.source_agency,
    )
