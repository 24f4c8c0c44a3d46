"""Which events owe whom a message."""

from dataclasses import replace

import pytest

from services.notify.domain.cards import Card
from services.notify.domain.delivery import Facts, Template
from services.notify.domain.owed import by_assignment, by_case
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentCancelled,
    AssignmentDeclined,
    AssignmentDueDateChanged,
    AssignmentEscalationRaised,
    AssignmentRedirected,
    AssignmentReopened,
)
from shared.contracts.codes import Effect, EscalationKind
from shared.contracts.envelope import Event
from shared.contracts.est import ConcernLinkedToProblem, FeedbackGiven
from tests.notify.given import ASSIGNED, ASSIGNMENT, CONCERN, DUE, PROBLEM, received

CARD = Card(
    ASSIGNMENT,
    owner="PORT",
    assigned_by="DISTRICT_COORD",
    facts=Facts(problem_id=PROBLEM, place_id="PL-HORN", measure="BUOYS", due=DUE),
)


def told(event: Event, card: Card = CARD) -> list[tuple[str, str]]:
    return [(one.recipient, one.template.value) for one in by_assignment(event, card)]


@pytest.mark.parametrize(
    ("event", "owes"),
    [
        (ASSIGNED, [("PORT", "ASSIGNMENT_ASSIGNED")]),
        (AssignmentReopened(reason="NOT_DONE"), [("PORT", "ASSIGNMENT_REOPENED")]),
        (AssignmentCancelled(reason="PROBLEM_GONE"), [("PORT", "ASSIGNMENT_CANCELLED")]),
        (
            AssignmentDueDateChanged(old=DUE, new=DUE, reason="WEATHER"),
            [("PORT", "ASSIGNMENT_DUE_CHANGED")],
        ),
        (
            AssignmentDeclined(reason="NOT_OUR_CONTROL", suggested_owner="REGION"),
            [("DISTRICT_COORD", "ASSIGNMENT_DECLINED")],
        ),
        (AssignmentAccepted(), []),
    ],
)
def test_who_has_to_act_next_is_told(event: Event, owes: list[tuple[str, str]]) -> None:
    assert told(event) == owes


def test_a_redirection_is_told_once_by_the_assignment_that_comes_with_it() -> None:
    assert told(AssignmentRedirected(from_owner="TRAFFIC_OFFICE", to_owner="PORT")) == []


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        (EscalationKind.OVERDUE, "ASSIGNMENT_OVERDUE"),
        (EscalationKind.UNACCEPTED, "ASSIGNMENT_UNACCEPTED"),
    ],
)
def test_an_escalation_reaches_the_coordinator_from_the_second_level(
    kind: EscalationKind, template: str
) -> None:
    first = AssignmentEscalationRaised(kind=kind, level=1, days=1)
    second = AssignmentEscalationRaised(kind=kind, level=2, days=7)
    assert told(first) == [("PORT", template)]
    assert told(second) == [("PORT", template), ("DISTRICT_COORD", template)]
    assert told(second, replace(CARD, owner="DISTRICT_COORD")) == [("DISTRICT_COORD", template)]


def test_a_message_tells_what_where_and_by_when() -> None:
    [one] = by_assignment(AssignmentReopened(reason="NOT_DONE"), CARD)
    assert one.about_id == ASSIGNMENT
    assert one.facts == CARD.facts.model_copy(update={"reason": "NOT_DONE"})


def feedback(*, wanted: bool) -> FeedbackGiven:
    return FeedbackGiven(
        feedback_code="MEASURE_DONE",
        problem_id=PROBLEM,
        effect=Effect.IMPROVED,
        wants_feedback=wanted,
        source_agency="LIBRARIES",
    )


def test_feedback_is_owed_to_who_reported_and_tells_nothing_of_the_report() -> None:
    [one] = by_case(received(feedback(wanted=True), subject=CONCERN))
    assert (one.recipient, one.template) == ("LIBRARIES", Template.FEEDBACK)
    assert (one.about_kind, one.about_id) == ("case", CONCERN)
    assert one.facts == Facts(feedback="MEASURE_DONE", effect="IMPROVED")


def test_feedback_nobody_asked_for_is_not_owed() -> None:
    assert by_case(received(feedback(wanted=False), subject=CONCERN)) == ()


def test_other_facts_about_a_case_owe_nothing() -> None:
    assert by_case(received(ConcernLinkedToProblem(problem_id=PROBLEM), subject=CONCERN)) == ()
