"""What may be done with an assignment, and when; every function answers events or a refusal."""

from datetime import date, datetime
from typing import Final

from services.coordination.domain.assignment.state import Assignment
from services.coordination.domain.decision import UNCHANGED, Decision, State, wrong_state
from services.coordination.domain.follow_up import (
    Baseline,
    Compared,
    Measured,
    compared,
    follow_up_due,
)
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentAssigned,
    AssignmentBlocked,
    AssignmentCancelled,
    AssignmentClosed,
    AssignmentCompleted,
    AssignmentDeclined,
    AssignmentDueDateChanged,
    AssignmentProposed,
    AssignmentRedirected,
    AssignmentReopened,
    AssignmentStarted,
    AssignmentUnblocked,
    AssignmentVerified,
)
from shared.contracts.calendar import day_of
from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import AssignmentState, Effect
from shared.contracts.envelope import Event
from shared.contracts.est import FollowUpRecorded, FollowUpScheduled
from shared.contracts.refusal import UNPROCESSABLE, Refusal
from shared.contracts.types import Code

S = AssignmentState

NOT_DONE_YET: Final = frozenset({
    S.PROPOSED, S.ASSIGNED, S.ACCEPTED, S.DECLINED, S.REDIRECTED, S.IN_PROGRESS, S.BLOCKED,
    S.REOPENED,
})  # fmt: skip
POSSIBLE: Final = {
    "accept": frozenset({S.ASSIGNED}),
    "decline": frozenset({S.ASSIGNED}),
    "redirect": frozenset({S.ASSIGNED, S.DECLINED}),
    "start": frozenset({S.ACCEPTED, S.REOPENED}),
    "block": frozenset({S.IN_PROGRESS}),
    "unblock": frozenset({S.BLOCKED}),
    "complete": frozenset({S.ACCEPTED, S.IN_PROGRESS, S.REOPENED}),
    "verify": frozenset({S.COMPLETED}),
    "follow-up": frozenset({S.VERIFIED}),
    "close": frozenset({S.VERIFIED}),
    "cancel": NOT_DONE_YET,
    "reopen": frozenset({S.COMPLETED}),
    "change-due-date": NOT_DONE_YET,
}

NO_CAUSE: Final = Refusal(
    code="CAUSE_OR_QUICK_FIX",
    sv="Ange en orsak eller att det är en snabb åtgärd",
    en="Name a cause, or say that it is a quick fix",
    status=UNPROCESSABLE,
)
SAME_OWNER: Final = Refusal(
    code="SAME_OWNER",
    sv="Föreslå någon annan än den som har uppdraget",
    en="Suggest somebody other than the present owner",
    status=UNPROCESSABLE,
)
DUE_PASSED: Final = Refusal(
    code="DUE_PASSED",
    sv="Förfallodagen har redan varit",
    en="The due date has already passed",
    status=UNPROCESSABLE,
)
DONE_TOMORROW: Final = Refusal(
    code="DONE_IN_FUTURE",
    sv="Dagen då det blev klart kan inte ligga framåt i tiden",
    en="The day it was done cannot lie ahead",
    status=UNPROCESSABLE,
)
NO_FOLLOW_UP: Final = Refusal(
    code="NO_FOLLOW_UP",
    sv="Inget uppdrag avslutas utan uppföljning: registrera effekten först",
    en="Nothing closes without a follow-up: record the effect first",
)
TOO_SOON: Final = Refusal(
    code="FOLLOW_UP_TOO_SOON",
    sv="Det har inte gått en hel dag sedan det blev klart: det finns inget att räkna än",
    en="No whole day has passed since it was done: there is nothing to count yet",
)
OTHER_EFFECT: Final = Refusal(
    code="OTHER_EFFECT",
    sv="Effekten är en annan än den som uppföljningen visade",
    en="The effect differs from what the follow-up found",
)
WHERE_DISPLACED: Final = Refusal(
    code="WHERE_DISPLACED",
    sv="Ange vart problemet har flyttat",
    en="Say where the problem has moved",
    status=UNPROCESSABLE,
)


class Proposal(State):
    """What a new assignment shall be."""

    problem_id: str
    place_id: str
    category: Code
    cause_no: int | None
    quick_fix: bool
    measure: Code
    owner: Code
    due: date


class Story(State):
    """What the record of a finished measure tells beside the assignment itself."""

    id: str
    cause: Code | None


def propose(proposal: Proposal, now: datetime) -> Decision:
    """Propose a measure and give it to its owner at once."""
    if proposal.quick_fix == (proposal.cause_no is not None):
        return NO_CAUSE
    if proposal.due < day_of(now):
        return DUE_PASSED
    return (
        AssignmentProposed(**proposal.model_dump()),
        AssignmentAssigned(owner=proposal.owner, due=proposal.due),
    )


def accept(state: Assignment) -> Decision:
    """The owner takes it on."""
    return _when_possible("accept", state, AssignmentAccepted())


def decline(state: Assignment, reason: Code, suggested_owner: Code) -> Decision:
    """The owner does not; a reason and somebody better are owed."""
    if suggested_owner == state.owner:
        return _impossible("decline", state) or SAME_OWNER
    declined = AssignmentDeclined(reason=reason, suggested_owner=suggested_owner)
    return _when_possible("decline", state, declined)


def redirect(state: Assignment, to_owner: Code) -> Decision:
    """The coordinator gives it to somebody else, who is asked anew."""
    if to_owner == state.owner:
        return _impossible("redirect", state) or SAME_OWNER
    return _when_possible(
        "redirect",
        state,
        AssignmentRedirected(from_owner=state.owner, to_owner=to_owner),
        AssignmentAssigned(owner=to_owner, due=state.due),
    )


def start(state: Assignment, baseline: Baseline) -> Decision:
    """Work begins; what the effect is measured against is taken now."""
    return _when_possible("start", state, _started(baseline))


def block(state: Assignment, reason: Code) -> Decision:
    """The owner cannot go on."""
    return _when_possible("block", state, AssignmentBlocked(reason=reason))


def unblock(state: Assignment) -> Decision:
    """The owner can go on."""
    return _when_possible("unblock", state, AssignmentUnblocked())


def complete(state: Assignment, completed_on: date, baseline: Baseline, now: datetime) -> Decision:
    """The owner says it is done; a small thing may be started and done in one."""
    if completed_on > day_of(now):
        return _impossible("complete", state) or DONE_TOMORROW
    completed = AssignmentCompleted(completed_on=completed_on)
    if state.state is S.IN_PROGRESS:
        return (completed,)
    return _when_possible("complete", state, _started(baseline), completed)


def verify(state: Assignment, now: datetime, window_days: int) -> Decision:
    """The coordinator saw that it is done; from here on a follow-up is due."""
    if state.completed_on is None:
        return wrong_state("verify", state.state)
    due = follow_up_due(state.completed_on, now, window_days)
    return _when_possible("verify", state, AssignmentVerified(), FollowUpScheduled(due=due))


def to_compare(state: Assignment, now: datetime, longest: int) -> Compared | Refusal:
    """The windows a follow-up counts now; also before it is due, if there is a day to count."""
    if state.completed_on is None or state.state not in POSSIBLE["follow-up"]:
        return wrong_state("follow-up", state.state)
    windows = compared(
        started_on=state.started_on or state.completed_on,
        completed_on=state.completed_on,
        followed_up_on=day_of(now),
        longest=longest,
    )
    return windows or TOO_SOON


def record_follow_up(state: Assignment, measured: Measured, now: datetime) -> Decision:
    """What the group found; recorded again, the later finding counts."""
    windows = to_compare(state, now, measured.window_days)
    if isinstance(windows, Refusal):
        return windows
    elsewhere = measured.displacement_place_id
    moved = measured.effect is Effect.DISPLACED
    if elsewhere == state.place_id or (moved and elsewhere is None):
        return WHERE_DISPLACED
    return (FollowUpRecorded(**measured.model_dump()),)


def close(state: Assignment, story: Story, effect: Effect | None, now: datetime) -> Decision:
    """End it with the effect its follow-up found, and tell the whole story in one record."""
    if state.state is not S.VERIFIED:
        return wrong_state("close", state.state)
    if state.follow_up is None or state.completed_on is None:
        return NO_FOLLOW_UP
    if effect not in {None, state.follow_up.effect}:
        return OTHER_EFFECT
    return (
        AssignmentClosed(effect=state.follow_up.effect),
        _whole_story(state, state.follow_up, story, now),
    )


def cancel(state: Assignment, reason: Code) -> Decision:
    """It will not be done."""
    return _when_possible("cancel", state, AssignmentCancelled(reason=reason))


def reopen(state: Assignment, reason: Code) -> Decision:
    """It was called done and was not."""
    return _when_possible("reopen", state, AssignmentReopened(reason=reason))


def change_due_date(state: Assignment, due: date, reason: Code, now: datetime) -> Decision:
    """Another day, with a reason; the old one stays in the history."""
    if refused := _impossible("change-due-date", state):
        return refused
    if due < day_of(now):
        return DUE_PASSED
    changed = AssignmentDueDateChanged(old=state.due, new=due, reason=reason)
    return UNCHANGED if due == state.due else (changed,)


def _started(baseline: Baseline) -> AssignmentStarted:
    return AssignmentStarted(
        baseline_count=baseline.count, baseline_from=baseline.begins, baseline_to=baseline.ends
    )


def _whole_story(state: Assignment, found: Measured, story: Story, now: datetime) -> ActionClosed:
    return ActionClosed(
        problem_id=state.problem_id,
        assignment_id=story.id,
        category=state.category,
        cause=story.cause,
        place_id=state.place_id,
        custodian=state.owner,
        measure=state.measure,
        planned_start=day_of(state.asked_at),
        due=state.due,
        started_on=state.started_on,
        completed_on=state.completed_on or day_of(now),
        closed_on=day_of(now),
        effect=found.effect,
        baseline_count=found.baseline_count,
        after_count=found.after_count,
        window_days=found.window_days,
        displacement_checked=found.displacement_place_id is not None,
        displacement_place_id=found.displacement_place_id,
    )


def _when_possible(command: str, state: Assignment, *events: Event) -> Decision:
    return _impossible(command, state) or events


def _impossible(command: str, state: Assignment) -> Refusal | None:
    return None if state.state in POSSIBLE[command] else wrong_state(command, state.state)
