"""Rows of problems and of situation pictures.

Coordination also knows IN_ACTION and FOLLOW_UP: they follow from the problem's assignments and
have no event of their own. Rows here keep the state the last event gave.
"""

from services.reporting.projections import Row, day, moment
from shared.contracts.calendar import day_of
from shared.contracts.codes import Effect, PictureState, ProblemState
from shared.contracts.envelope import Received
from shared.contracts.est import (
    CauseAnalysisRecorded,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemProfileUpdated,
    ProblemReopened,
    ProblemResolved,
    SituationLevelChanged,
    SituationPictureAdopted,
    SituationPictureCompiled,
    SituationPictureSuperseded,
)


def identified(row: Row, received: Received[ProblemIdentified]) -> Row:
    """Similar concerns at one place became a problem."""
    event = received.event
    return {
        **row,
        "state": ProblemState.IDENTIFIED.value,
        "category": event.category,
        "place_id": event.place_id,
        "concerns": len(event.concern_ids),
        "first_observed": moment(event.first_observed),
        "identified_on": day(day_of(received.meta.time)),
    }


def profile_updated(row: Row, received: Received[ProblemProfileUpdated]) -> Row:
    """How many concerns, from how many agencies, until when."""
    event = received.event
    return {
        **row,
        "concerns": event.concerns,
        "agencies": event.agencies,
        "last_observed": moment(event.last_observed),
    }


def causes_recorded(row: Row, received: Received[CauseAnalysisRecorded]) -> Row:
    """Why it is there. A problem already decided on stays as decided."""
    before = row.get("state")
    fresh = before in {None, ProblemState.IDENTIFIED.value, ProblemState.REOPENED.value}
    return {
        **row,
        "state": ProblemState.ANALYSED.value if fresh else before,
        "causes": received.event.model_dump(mode="json")["causes"],
    }


def prioritised(row: Row, received: Received[PrioritisationDecided]) -> Row:
    """Whether the group works with it now, with all components of the score."""
    event = received.event
    return {
        **row,
        "state": event.decision.value,
        "prioritisation": event.model_dump(mode="json"),
    }


def resolved(row: Row, received: Received[ProblemResolved]) -> Row:
    """It ended: gone when things improved, with us still when they did not."""
    kept = _without_ending(row) | {"effect": received.event.effect.value}
    if received.event.effect is not Effect.IMPROVED:
        return {**kept, "state": ProblemState.PERSISTING.value}
    on = day(day_of(received.meta.time))
    return {**kept, "state": ProblemState.RESOLVED.value, "resolved_on": on}


def reopened(row: Row, received: Received[ProblemReopened]) -> Row:
    """Back again: nothing of the ending stands."""
    return {
        **_without_ending(row),
        "state": ProblemState.REOPENED.value,
        "reopen_reason": received.event.reason,
    }


def _without_ending(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in {"effect", "resolved_on"}}


def compiled(row: Row, received: Received[SituationPictureCompiled]) -> Row:
    """A week's picture with its numbers."""
    return {
        **row,
        **received.event.model_dump(mode="json"),
        "state": PictureState.COMPILED.value,
    }


def adopted(row: Row, received: Received[SituationPictureAdopted]) -> Row:
    """The group's level and motive."""
    return {
        **row,
        **received.event.model_dump(mode="json"),
        "state": PictureState.ADOPTED.value,
        "adopted_on": day(day_of(received.meta.time)),
    }


def superseded(row: Row, received: Received[SituationPictureSuperseded]) -> Row:
    """A later picture of the same week stands instead."""
    return {
        **row,
        "state": PictureState.SUPERSEDED.value,
        "superseded_by": received.event.by,
    }


def level_changed(row: Row, received: Received[SituationLevelChanged]) -> Row:
    """The level before; None at the first picture."""
    event = received.event
    return {**row, "previous_level": None if event.old is None else event.old.value}
