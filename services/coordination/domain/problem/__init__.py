"""A problem: two or more similar concerns, or a judged pattern, at one place.

Identified → Analysed → Prioritised | Deprioritised → InAction → FollowUp → Resolved | Persisting;
→ Reopened. The group decides; a decision against the scores or the gates needs a reason.
"""

from services.coordination.domain.problem.decide import (
    OPEN,
    identify,
    may_assign,
    may_link,
    prioritise,
    record_causes,
    reopen,
    resolve,
    suggested_decision,
    total_of,
    update_profile,
)
from services.coordination.domain.problem.state import (
    Priority,
    Problem,
    Standing,
    evolve,
    follow,
)

__all__ = [
    "OPEN",
    "Priority",
    "Problem",
    "Standing",
    "evolve",
    "follow",
    "identify",
    "may_assign",
    "may_link",
    "prioritise",
    "record_causes",
    "reopen",
    "resolve",
    "suggested_decision",
    "total_of",
    "update_profile",
]
