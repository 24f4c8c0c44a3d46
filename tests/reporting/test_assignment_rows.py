"""Assignments and finished measures: given events, when folded, then this row."""

from datetime import date

from services.reporting import handlers
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
    AssignmentRedirected,
    AssignmentReopened,
    AssignmentStarted,
    AssignmentUnblocked,
    AssignmentVerified,
)
from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import (
    Effect,
    EscalationKind,
)
from tests.reporting.support import days_apart, example, folded, life, proposed

ASSIGNED = AssignmentAssigned(owner="DISTRICT_PARKS", due=date(2026, 7, 3))
LATE = EscalationKind.OVERDUE


def test_an_assignment_from_proposal_to_effect_with_its_lead_times() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart(
            "a",
            proposed(),
            ASSIGNED,
            AssignmentAccepted(),
            example(AssignmentStarted),
            AssignmentBlocked(reason="AWAITING_PERMIT"),
            AssignmentUnblocked(),
            AssignmentCompleted(completed_on=date(2026, 6, 12)),
            AssignmentVerified(),
            AssignmentClosed(effect=Effect.IMPROVED),
        ),
    )
    expected = {
        "state": "CLOSED",
        "owner": "DISTRICT_PARKS",
        "assigned_on": "2026-06-02",
        "days_to_accept": 1,
        "baseline_count": 14,
        "block_reason": None,
        "completed_on": "2026-06-12",
        "days_to_done": 10,
        "late": False,
        "verified_on": "2026-06-08",
        "effect": "IMPROVED",
        "seq": 9,
    }
    assert expected.items() <= row.items()


def test_a_declined_assignment_is_redirected_and_its_time_starts_over() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart(
            "a",
            proposed(),
            ASSIGNED,
            AssignmentDeclined(reason="NOT_OUR_CONTROL", suggested_owner="PORT"),
            AssignmentRedirected(from_owner="TRAFFIC_OFFICE", to_owner="PORT"),
            AssignmentAccepted(),
        ),
    )
    expected = {"owner": "PORT", "declined": 1, "redirected": 1, "days_to_accept": 1}
    assert expected.items() <= row.items()
    assert row["decline_reason"] == "NOT_OUR_CONTROL"


def test_done_after_the_due_date_is_late_and_a_moved_date_is_counted() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart(
            "a",
            proposed(),
            ASSIGNED,
            AssignmentDueDateChanged(
                old=date(2026, 7, 3), new=date(2026, 7, 10), reason="AWAITING_DELIVERY"
            ),
            AssignmentCompleted(completed_on=date(2026, 7, 11)),
        ),
    )
    assert row["late"] is True
    assert row["due_changes"] == 1
    assert row["due"] == "2026-07-10"


def test_a_reopened_assignment_has_no_ending() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart(
            "a",
            proposed(),
            ASSIGNED,
            AssignmentCompleted(completed_on=date(2026, 6, 12)),
            AssignmentReopened(reason="NOT_DONE"),
        ),
    )
    assert row["state"] == "REOPENED"
    assert row["reopened"] == 1
    assert not row.keys() & {"completed_on", "days_to_done", "late"}


def test_a_cancelled_assignment_says_why() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart("a", proposed(), AssignmentCancelled(reason="PROBLEM_GONE")),
    )
    assert (row["state"], row["cancel_reason"]) == ("CANCELLED", "PROBLEM_GONE")


def test_the_highest_level_of_each_escalation_is_kept() -> None:
    raised = [
        AssignmentEscalationRaised(kind=kind, level=level, days=3)
        for kind, level in ((LATE, 2), (LATE, 1), (EscalationKind.UNACCEPTED, 1))
    ]
    [row] = folded(handlers.ASSIGNMENTS, days_apart("a", proposed(), *raised))
    assert row["escalations"] == {"OVERDUE": 2, "UNACCEPTED": 1}


def test_an_assignment_met_without_its_beginning_is_told_as_far_as_known() -> None:
    [row] = folded(
        handlers.ASSIGNMENTS,
        days_apart("a", AssignmentAccepted(), AssignmentCompleted(completed_on=date(2026, 6, 12))),
    )
    assert row["days_to_accept"] is None
    assert row["days_to_done"] is None
    assert row["late"] is None


def test_an_action_closed_again_has_its_later_effect() -> None:
    first = example(ActionClosed)
    again = first.model_copy(update={"effect": Effect.WORSE})
    [row] = folded(handlers.ACTIONS, life("assignment", "a", first, again))
    assert row["effect"] == "WORSE"
    assert row["baseline_count"] == 14
