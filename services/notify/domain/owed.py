"""Which events owe whom a message.

A redirection owes nothing by itself: the assignment to the new owner that comes with it does.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notify.domain.cards import Card
from services.notify.domain.delivery import Facts, Owed, Template
from shared.contracts.assignments import (
    AssignmentAssigned,
    AssignmentCancelled,
    AssignmentDeclined,
    AssignmentDueDateChanged,
    AssignmentEscalationRaised,
    AssignmentReopened,
)
from shared.contracts.codes import EscalationKind
from shared.contracts.envelope import Event, Received
from shared.contracts.est import FeedbackGiven

ALSO_THE_COORDINATOR_FROM: Final = 2  # level of an escalation

_ESCALATIONS: Mapping[EscalationKind, Template] = {
    EscalationKind.UNACCEPTED: Template.ASSIGNMENT_UNACCEPTED,
    EscalationKind.OVERDUE: Template.ASSIGNMENT_OVERDUE,
}


def by_assignment(event: Event, card: Card) -> tuple[Owed, ...]:
    """What an event of an assignment owes; the card as it stands after the event."""
    rule = _ASSIGNMENT_RULES.get(type(event))
    return () if rule is None else rule(event, card)


def by_case(received: Received[Event]) -> tuple[Owed, ...]:
    """What an event about a concern owes: feedback, where it was asked for."""
    event = received.event
    if not isinstance(event, FeedbackGiven) or not event.wants_feedback:
        return ()
    facts = Facts(feedback=event.feedback_code, effect=event.effect)
    return (
        Owed(
            template=Template.FEEDBACK,
            recipient=event.source_agency,
            about_kind="case",
            about_id=received.meta.subject,
            facts=facts,
        ),
    )


def _to(agency: str, template: Template, card: Card, **more: object) -> Owed:
    return Owed(
        template=template,
        recipient=agency,
        about_kind="assignment",
        about_id=card.assignment_id,
        facts=card.facts.model_copy(update=more),
    )


def _assigned(_event: AssignmentAssigned, card: Card) -> tuple[Owed, ...]:
    return (_to(card.owner, Template.ASSIGNMENT_ASSIGNED, card),)


def _declined(event: AssignmentDeclined, card: Card) -> tuple[Owed, ...]:
    told = {"reason": event.reason, "suggested_owner": event.suggested_owner}
    return (_to(card.assigned_by, Template.ASSIGNMENT_DECLINED, card, **told),)


def _reopened(event: AssignmentReopened, card: Card) -> tuple[Owed, ...]:
    return (_to(card.owner, Template.ASSIGNMENT_REOPENED, card, reason=event.reason),)


def _cancelled(event: AssignmentCancelled, card: Card) -> tuple[Owed, ...]:
    return (_to(card.owner, Template.ASSIGNMENT_CANCELLED, card, reason=event.reason),)


def _due_date_changed(event: AssignmentDueDateChanged, card: Card) -> tuple[Owed, ...]:
    return (_to(card.owner, Template.ASSIGNMENT_DUE_CHANGED, card, reason=event.reason),)


def _escalated(event: AssignmentEscalationRaised, card: Card) -> tuple[Owed, ...]:
    higher = event.level >= ALSO_THE_COORDINATOR_FROM
    agencies = dict.fromkeys([card.owner, card.assigned_by] if higher else [card.owner])
    template = _ESCALATIONS[event.kind]
    return tuple(_to(agency, template, card, days=event.days) for agency in agencies)


_ASSIGNMENT_RULES: Mapping[type[Event], Callable[[Any, Card], tuple[Owed, ...]]] = {
    AssignmentAssigned: _assigned,
    AssignmentDeclined: _declined,
    AssignmentReopened: _reopened,
    AssignmentCancelled: _cancelled,
    AssignmentDueDateChanged: _due_date_changed,
    AssignmentEscalationRaised: _escalated,
}
