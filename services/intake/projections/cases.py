"""What became of a concern: its case and its problem, folded apart and joined when read. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.codes import PriorityDecision, ProblemState
from shared.contracts.envelope import Event, Received
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ConcernMarkedDuplicate,
    ConcernTriaged,
    FeedbackGiven,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemReopened,
    ProblemResolved,
)

Row = dict[str, Any]
MOST_MOVES = 50
_STANDS = ("triage", "duplicate_of", "problem_id", "feedback", "state")


def on_triaged(row: Row, received: Received[ConcernTriaged]) -> Row:
    """The coordinator looked at it."""
    return _moved(row, received, {"triage": received.event.outcome.value})


def on_marked_duplicate(row: Row, received: Received[ConcernMarkedDuplicate]) -> Row:
    """Another concern tells the same."""
    return _moved(row, received, {"duplicate_of": received.event.duplicate_of})


def on_linked(row: Row, received: Received[ConcernLinkedToProblem]) -> Row:
    """It is part of a problem."""
    return _moved(row, received, {"problem_id": received.event.problem_id})


def on_feedback_given(row: Row, received: Received[FeedbackGiven]) -> Row:
    """The district answered; the latest answer is shown."""
    effect = received.event.effect
    answer = {"code": received.event.feedback_code, "effect": effect.value if effect else None}
    return _moved(row, received, {"feedback": answer})


def on_identified(row: Row, received: Received[ProblemIdentified]) -> Row:
    """A problem stands."""
    return _moved(row, received, {"state": ProblemState.IDENTIFIED.value})


def on_prioritised(row: Row, received: Received[PrioritisationDecided]) -> Row:
    """The group decided whether to work with it."""
    chosen = received.event.decision is PriorityDecision.PRIORITISED
    state = ProblemState.PRIORITISED if chosen else ProblemState.DEPRIORITISED
    return _moved(row, received, {"state": state.value})


def on_resolved(row: Row, received: Received[ProblemResolved]) -> Row:
    """It is gone, or as good as."""
    return _moved(row, received, {"state": ProblemState.RESOLVED.value})


def on_reopened(row: Row, received: Received[ProblemReopened]) -> Row:
    """It is back."""
    return _moved(row, received, {"state": ProblemState.REOPENED.value})


def _moved(row: Row, received: Received[Any], told: Row) -> Row:
    """The row as it now stands, with its newest moves: by which event, when, how it stood then."""
    meta, now = received.meta, row | told
    move = {"id": str(meta.id), "at": meta.time, **_stand(now)}
    moves = [*(row["moves"] if "moves" in row else _before(row)), move]
    return now | {"moved_at": meta.time, "moves": moves[-MOST_MOVES:]}


def _before(row: Row) -> list[Row]:
    """Of a row from before moves were kept: its latest, which no event is known of."""
    return [{"at": row["moved_at"], **_stand(row)}] if "moved_at" in row else []


def _stand(row: Row) -> Row:
    return {name: row[name] for name in _STANDS if name in row}


CASES: Mapping[type[Event], Callable[[Row, Received[Any]], Row]] = {
    ConcernTriaged: on_triaged,
    ConcernMarkedDuplicate: on_marked_duplicate,
    ConcernLinkedToProblem: on_linked,
    FeedbackGiven: on_feedback_given,
}
PROBLEMS: Mapping[type[Event], Callable[[Row, Received[Any]], Row]] = {
    ProblemIdentified: on_identified,
    PrioritisationDecided: on_prioritised,
    ProblemResolved: on_resolved,
    ProblemReopened: on_reopened,
}
