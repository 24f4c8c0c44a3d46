"""An assignment: one measure, one owner, one due date, and a cause or the quick-fix flag.

Proposed → Assigned → Accepted | Declined → (Redirected → Assigned); Accepted → InProgress ⇄
Blocked; InProgress → Completed → Verified → Closed(effect); Completed → Reopened; Cancelled.
"""

from services.coordination.domain.assignment.decide import (
    POSSIBLE,
    Proposal,
    Story,
    accept,
    block,
    cancel,
    change_due_date,
    close,
    complete,
    decline,
    propose,
    record_follow_up,
    redirect,
    reopen,
    start,
    to_compare,
    unblock,
    verify,
)
from services.coordination.domain.assignment.escalation import (
    Patience,
    escalate,
    is_overdue,
    is_unaccepted,
)
from services.coordination.domain.assignment.state import DONE, ENDED, Assignment, Raised, evolve

__all__ = [
    "DONE",
    "ENDED",
    "POSSIBLE",
    "Assignment",
    "Patience",
    "Proposal",
    "Raised",
    "Story",
    "accept",
    "block",
    "cancel",
    "change_due_date",
    "close",
    "complete",
    "decline",
    "escalate",
    "evolve",
    "is_overdue",
    "is_unaccepted",
    "propose",
    "record_follow_up",
    "redirect",
    "reopen",
    "start",
    "to_compare",
    "unblock",
    "verify",
]
