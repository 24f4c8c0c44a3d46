"""Rows of assignments: state, owner, due date and how long each step took; and closed actions."""

from datetime import date

from services.reporting.projections import Row, day, moment
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
from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import AssignmentState
from shared.contracts.envelope import Received


def proposed(row: Row, received: Received[AssignmentProposed]) -> Row:
    """A measure against a cause, or a quick fix."""
    return {
        **row,
        **received.event.model_dump(mode="json"),
        "state": AssignmentState.PROPOSED.value,
        "proposed_at": moment(received.meta.time),
        "declined": 0,
        "redirected": 0,
        "reopened": 0,
        "due_changes": 0,
        "escalations": {},
    }


def assigned(row: Row, received: Received[AssignmentAssigned]) -> Row:
    """The owner and the day it is due."""
    event = received.event
    return {
        **row,
        "state": AssignmentState.ASSIGNED.value,
        "owner": event.owner,
        "due": day(event.due),
        "assigned_on": day(day_of(received.meta.time)),
    }


def accepted(row: Row, received: Received[AssignmentAccepted]) -> Row:
    """The owner said yes, this many days after being asked."""
    on = day_of(received.meta.time)
    return {
        **row,
        "state": AssignmentState.ACCEPTED.value,
        "accepted_on": day(on),
        "days_to_accept": _days(row.get("assigned_on"), on),
    }


def declined(row: Row, received: Received[AssignmentDeclined]) -> Row:
    """The owner said no, and named somebody better."""
    event = received.event
    return {
        **row,
        "state": AssignmentState.DECLINED.value,
        "declined": row.get("declined", 0) + 1,
        "decline_reason": event.reason,
        "suggested_owner": event.suggested_owner,
    }


def redirected(row: Row, received: Received[AssignmentRedirected]) -> Row:
    """Another agency owns it now."""
    return {
        **row,
        "state": AssignmentState.REDIRECTED.value,
        "redirected": row.get("redirected", 0) + 1,
        "owner": received.event.to_owner,
        "assigned_on": day(day_of(received.meta.time)),
    }


def started(row: Row, received: Received[AssignmentStarted]) -> Row:
    """Work began; the baseline stands."""
    return {
        **row,
        **received.event.model_dump(mode="json"),
        "state": AssignmentState.IN_PROGRESS.value,
        "started_on": day(day_of(received.meta.time)),
    }


def blocked(row: Row, received: Received[AssignmentBlocked]) -> Row:
    """The owner cannot go on, for a reason."""
    return {
        **row,
        "state": AssignmentState.BLOCKED.value,
        "block_reason": received.event.reason,
    }


def unblocked(row: Row, _: Received[AssignmentUnblocked]) -> Row:
    """The owner can go on."""
    return {**row, "state": AssignmentState.IN_PROGRESS.value, "block_reason": None}


def completed(row: Row, received: Received[AssignmentCompleted]) -> Row:
    """Done on a day: so many days after it was first assigned, late or in time."""
    on = received.event.completed_on
    due = row.get("due")
    return {
        **row,
        "state": AssignmentState.COMPLETED.value,
        "completed_on": day(on),
        "days_to_done": _days(row.get("assigned_on"), on),
        "late": None if due is None else on.isoformat() > due,
    }


def verified(row: Row, received: Received[AssignmentVerified]) -> Row:
    """Somebody saw that it is done."""
    return {
        **row,
        "state": AssignmentState.VERIFIED.value,
        "verified_on": day(day_of(received.meta.time)),
    }


def closed(row: Row, received: Received[AssignmentClosed]) -> Row:
    """It ended, with an effect."""
    return {
        **row,
        "state": AssignmentState.CLOSED.value,
        "effect": received.event.effect.value,
        "closed_on": day(day_of(received.meta.time)),
    }


def cancelled(row: Row, received: Received[AssignmentCancelled]) -> Row:
    """It will not be done."""
    return {
        **row,
        "state": AssignmentState.CANCELLED.value,
        "cancel_reason": received.event.reason,
    }


def reopened(row: Row, received: Received[AssignmentReopened]) -> Row:
    """It was called done and was not: nothing of the ending stands."""
    ended = ("completed_on", "days_to_done", "late", "verified_on", "closed_on", "effect")
    return {
        **{name: value for name, value in row.items() if name not in ended},
        "state": AssignmentState.REOPENED.value,
        "reopened": row.get("reopened", 0) + 1,
        "reopen_reason": received.event.reason,
    }


def due_date_changed(row: Row, received: Received[AssignmentDueDateChanged]) -> Row:
    """Another due date; how often that happened is kept."""
    return {
        **row,
        "due": day(received.event.new),
        "due_changes": row.get("due_changes", 0) + 1,
    }


def escalation_raised(row: Row, received: Received[AssignmentEscalationRaised]) -> Row:
    """The highest level of each kind of escalation."""
    event = received.event
    levels = dict(row.get("escalations", {}))
    levels[event.kind.value] = max(event.level, levels.get(event.kind.value, 0))
    return {**row, "escalations": levels}


def action_closed(row: Row, received: Received[ActionClosed]) -> Row:
    """The finished measure; closed again after a reopening, the later record stands."""
    return {**row, **received.event.model_dump(mode="json")}


def _days(since: str | None, until: date) -> int | None:
    return None if since is None else (until - date.fromisoformat(since)).days
