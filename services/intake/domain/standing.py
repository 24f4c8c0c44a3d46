"""How far a report has come, in one step of a short way that people can follow. Pure."""

from enum import StrEnum

from shared.contracts.codes import CaseState, ConcernState


class Standing(StrEnum):
    """Where a report stands, for the agency or person that sent it."""

    BEING_CHECKED = "BEING_CHECKED"
    TAKEN_IN = "TAKEN_IN"
    JUDGED = "JUDGED"
    PART_OF_PROBLEM = "PART_OF_PROBLEM"
    SAME_AS_ANOTHER = "SAME_AS_ANOTHER"
    NOT_OURS = "NOT_OURS"
    DONE = "DONE"
    AGAIN = "AGAIN"
    NOT_TAKEN = "NOT_TAKEN"
    WITHDRAWN = "WITHDRAWN"
    ERASED = "ERASED"


_OF_CONCERN = {
    ConcernState.QUARANTINED: Standing.BEING_CHECKED,
    ConcernState.SUBMITTED: Standing.BEING_CHECKED,
    ConcernState.REJECTED: Standing.NOT_TAKEN,
    ConcernState.WITHDRAWN: Standing.WITHDRAWN,
    ConcernState.EXPUNGED: Standing.ERASED,
}
_OF_CASE = {
    CaseState.TRIAGED: Standing.JUDGED,
    CaseState.LINKED: Standing.PART_OF_PROBLEM,
    CaseState.IN_ACTION: Standing.PART_OF_PROBLEM,
    CaseState.FOLLOW_UP: Standing.PART_OF_PROBLEM,
    CaseState.DUPLICATE: Standing.SAME_AS_ANOTHER,
    CaseState.OUT_OF_SCOPE: Standing.NOT_OURS,
    CaseState.CLOSED: Standing.DONE,
    CaseState.REOPENED: Standing.AGAIN,
}


def standing(concern: ConcernState, case: CaseState | None) -> Standing:
    """What intake decided goes before what coordination did with it."""
    if concern in _OF_CONCERN:
        return _OF_CONCERN[concern]
    return _OF_CASE.get(case, Standing.TAKEN_IN) if case else Standing.TAKEN_IN
