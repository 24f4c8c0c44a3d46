"""A week's situation picture. Compiled → Adopted → Superseded; an adopted one never changes."""

from datetime import datetime
from typing import Final

from services.coordination.domain.decision import UNCHANGED, Decision, State, wrong_state
from shared.contracts.codes import PictureState, Role, SituationLevel
from shared.contracts.envelope import Event
from shared.contracts.est import (
    SituationLevelChanged,
    SituationPictureAdopted,
    SituationPictureCompiled,
    SituationPictureSuperseded,
)
from shared.contracts.types import Code, Week

METHOD: Final = "1"  # concerns by week observed; problems and assignments not ended


class Count(State):
    """What a picture counts."""

    concerns: int
    problems: int
    open_assignments: int


class Judgement(State):
    """The level somebody sees, why, and in which role."""

    level: SituationLevel
    motive: Code
    role: Role


class Picture(State):
    """One week, counted once and judged once."""

    week: Week
    count: Count
    method_version: str
    state: PictureState = PictureState.COMPILED
    judged: Judgement
    compiled_at: datetime
    adopted_at: datetime | None = None
    superseded_by: str | None = None


def compile_week(week: Week, count: Count) -> tuple[SituationPictureCompiled, ...]:
    """Put the week's figures together."""
    figures = SituationPictureCompiled(week=week, **count.model_dump(), method_version=METHOD)
    return (figures,)


def compiled(event: SituationPictureCompiled, judged: Judgement, at: datetime) -> Picture:
    """The picture as it begins: the figures, and the level somebody proposes to the group."""
    return Picture(
        week=event.week,
        count=Count(
            concerns=event.concerns,
            problems=event.problems,
            open_assignments=event.open_assignments,
        ),
        method_version=event.method_version,
        judged=judged,
        compiled_at=at,
    )


def evolve(state: Picture | None, event: Event, at: datetime) -> Picture:
    """The picture after this event, which happened at this time."""
    if state is None:
        raise ValueError("a picture begins compiled")
    match event:
        case SituationPictureAdopted():
            return state.model_copy(update={"state": PictureState.ADOPTED, "adopted_at": at})
        case SituationPictureSuperseded():
            update = {"state": PictureState.SUPERSEDED, "superseded_by": event.by}
            return state.model_copy(update=update)
        case SituationLevelChanged():
            return state
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a compiled picture")


def adopt(state: Picture, level_before: SituationLevel | None) -> Decision:
    """Let it stand for good; a level other than the one before is told of its own."""
    if state.state is not PictureState.COMPILED:
        return wrong_state("adopt", state.state)
    judged = state.judged
    adopted = SituationPictureAdopted(week=state.week, level=judged.level, motive=judged.motive)
    if judged.level is level_before:
        return (adopted,)
    changed = SituationLevelChanged(
        week=state.week,
        old=level_before,
        new=judged.level,
        motive=judged.motive,
        assessor_role=judged.role,
    )
    return (adopted, changed)


def supersede(state: Picture, by: str) -> tuple[Event, ...]:
    """A later picture of the week was adopted; one that is not in force is left alone."""
    if state.state is not PictureState.ADOPTED:
        return UNCHANGED
    return (SituationPictureSuperseded(by=by),)
