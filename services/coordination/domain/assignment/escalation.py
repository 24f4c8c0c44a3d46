"""Who has not answered and what is late: derived from the days, raised once per level."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.coordination.domain.assignment.state import DONE, Assignment
from services.coordination.domain.days import days_since
from services.coordination.domain.decision import State
from shared.contracts.assignments import AssignmentEscalationRaised
from shared.contracts.calendar import day_of
from shared.contracts.codes import AssignmentState, EscalationKind
from shared.contracts.district import District


class Patience(State):
    """After so many days, by level: without an answer, and past the due date."""

    unaccepted: tuple[int, ...]
    overdue: tuple[int, ...]

    @classmethod
    def of(cls, district: District) -> "Patience":
        """As the district decides."""
        return cls(
            unaccepted=district.escalation_unaccepted_days,
            overdue=district.escalation_overdue_days,
        )


def is_overdue(assignment: Assignment, now: datetime) -> bool:
    """Past its due date and not done."""
    return assignment.state not in DONE and days_since(assignment.due, now) > 0


def is_unaccepted(assignment: Assignment, now: datetime, patience: Patience) -> bool:
    """Asked so many days ago that the first level is reached, and still without an answer."""
    return bool(_passed(_days_unanswered(assignment, now), patience.unaccepted))


def escalate(
    assignment: Assignment, now: datetime, patience: Patience
) -> tuple[AssignmentEscalationRaised, ...]:
    """The reminders due now that have not been raised before."""
    late = days_since(assignment.due, now) if assignment.state not in DONE else 0
    unanswered = _days_unanswered(assignment, now)
    return (
        *_new(assignment, EscalationKind.UNACCEPTED, unanswered, patience.unaccepted),
        *_new(assignment, EscalationKind.OVERDUE, late, patience.overdue),
    )


def _days_unanswered(assignment: Assignment, now: datetime) -> int:
    waiting = assignment.state is AssignmentState.ASSIGNED
    return days_since(day_of(assignment.asked_at), now) if waiting else 0


def _new(
    assignment: Assignment, kind: EscalationKind, days: int, limits: Sequence[int]
) -> Iterator[AssignmentEscalationRaised]:
    """The highest level reached, if it is above every level raised before."""
    level = max(_passed(days, limits), default=0)
    raised = max((one.level for one in assignment.raised if one.kind is kind), default=0)
    if level > raised:
        yield AssignmentEscalationRaised(kind=kind, level=level, days=days)


def _passed(days: int, limits: Sequence[int]) -> list[int]:
    return [level for level, limit in enumerate(limits, start=1) if days >= limit]
