"""How far a service request has come, as GeoReport and FixMyStreet say it. Pure.

GeoReport knows `open` and `closed`. `servicerequestupdates` speaks FixMyStreet's extended statuses;
how FixMyStreet reads them stands in its Open311.pm (`map_state`):

| here                                | GeoReport | extended                    | FixMyStreet     |
|-------------------------------------|-----------|-----------------------------|-----------------|
| not looked at yet, quarantined      | open      | open                        | confirmed       |
| TRIAGED                             | open      | investigating               | investigating   |
| LINKED, IN_ACTION, FOLLOW_UP        | open      | in_progress                 | in progress     |
| REOPENED                            | open      | open                        | confirmed       |
| CLOSED: resolved, or IMPROVED       | closed    | fixed                       | fixed - council |
| CLOSED: feedback NO_ACTION          | closed    | no_further_action           | unable to fix   |
| CLOSED: otherwise                   | closed    | closed                      | closed (1)      |
| DUPLICATE                           | closed    | duplicate                   | duplicate       |
| OUT_OF_SCOPE                        | closed    | not_councils_responsibility | not responsible |
| rejected, withdrawn, expunged       | closed    | no_further_action           | unable to fix   |

(1) Only where the body has extended statuses switched on; else it is read as fixed - council.
`reopen` is not used: FixMyStreet sends it but does not read it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.intake.domain.life import OVER
from shared.contracts.codes import CaseState, ConcernState, Effect


class Status(StrEnum):
    """GeoReport's own."""

    OPEN = "open"
    CLOSED = "closed"


class Extended(StrEnum):
    """FixMyStreet's, those of them that can come about here."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    IN_PROGRESS = "in_progress"
    FIXED = "fixed"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    NOT_COUNCILS_RESPONSIBILITY = "not_councils_responsibility"
    NO_FURTHER_ACTION = "no_further_action"


@dataclass(frozen=True, slots=True)
class Progress:
    """A status in both forms, and the district file's code of what is said about it."""

    extended: Extended
    words: str

    @property
    def status(self) -> Status:
        """Whether anything more is expected to happen."""
        return Status.OPEN if self.extended in _OPEN else Status.CLOSED


@dataclass(frozen=True, slots=True)
class Move:
    """How far it had come at a moment, and the event that brought it there.

    Attributes:
        event: its id; empty where a view of old does not know it.
    """

    event: str
    at: datetime
    progress: Progress


_OPEN = frozenset({Extended.OPEN, Extended.INVESTIGATING, Extended.IN_PROGRESS})
_WORKED_ON = Progress(Extended.IN_PROGRESS, "PART_OF_PROBLEM")
_BY_CASE: Mapping[CaseState, Progress] = {
    CaseState.REGISTERED: Progress(Extended.OPEN, "RECEIVED"),
    CaseState.TRIAGED: Progress(Extended.INVESTIGATING, "TRIAGED"),
    CaseState.LINKED: _WORKED_ON,
    CaseState.IN_ACTION: _WORKED_ON,
    CaseState.FOLLOW_UP: _WORKED_ON,
    CaseState.REOPENED: Progress(Extended.OPEN, "REOPENED"),
    CaseState.DUPLICATE: Progress(Extended.DUPLICATE, "DUPLICATE"),
    CaseState.OUT_OF_SCOPE: Progress(Extended.NOT_COUNCILS_RESPONSIBILITY, "OUT_OF_SCOPE"),
}


def progress(
    concern: ConcernState,
    case: CaseState | None,
    feedback: str | None = None,
    effect: str | None = None,
) -> Progress:
    """How far it has come, of what intake and coordination know."""
    if concern in OVER:
        return Progress(Extended.NO_FURTHER_ACTION, concern.value)
    if case is CaseState.CLOSED:
        return _closed(feedback, effect)
    return _BY_CASE[case or CaseState.REGISTERED]


def changes(moves: Iterable[Move]) -> list[Move]:
    """The moves of a request, the first first, that change what is told of it."""
    told, stood = [], progress(ConcernState.REGISTERED, None)
    for move in moves:
        if move.progress != stood:
            told.append(move)
        stood = move.progress
    return told


def _closed(feedback: str | None, effect: str | None) -> Progress:
    if feedback is None:
        return Progress(Extended.FIXED, "RESOLVED")
    if feedback == "NO_ACTION":
        return Progress(Extended.NO_FURTHER_ACTION, feedback)
    better = effect == Effect.IMPROVED
    return Progress(Extended.FIXED if better else Extended.CLOSED, feedback)
