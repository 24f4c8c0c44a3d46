"""What is asked for when something new is made: checked for form by the API, for sense here."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.codes import Effect, PriorityDecision, SituationLevel
from shared.contracts.est import Cause, Scores
from shared.contracts.types import (
    Code,
    Latitude,
    Longitude,
    PlaceCode,
    ReviewedText,
    Uuid,
    Week,
)

Custodians = Annotated[tuple[Code, ...], Field(min_length=1, max_length=12)]


class Asked(BaseModel):
    """A body: nothing unknown in it, and it does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NewPlace(Asked):
    """A place the district shall work with."""

    place_id: PlaceCode
    name: ReviewedText
    lat: Latitude
    lon: Longitude
    part: Code
    custodians: Custodians


class NewCycle(Asked):
    """A period of work: first day, and the day after the last."""

    from_: date = Field(alias="from")
    to: date


class NewProblem(Asked):
    """Similar concerns, or what the group judges to be a pattern; the first leads."""

    concern_ids: Annotated[tuple[Uuid, ...], Field(min_length=1, max_length=50)]
    judged_pattern: bool = False
    place_id: PlaceCode | None = None


class NewAssignment(Asked):
    """A measure against one numbered cause of a problem, or an explicit quick fix."""

    problem_id: Uuid
    cause_no: Annotated[int, Field(ge=1, le=20)] | None = None
    quick_fix: bool = False
    measure: Code
    owner: Code | None = None
    due: date


class NewPicture(Asked):
    """A week to compile, with the level somebody proposes and why."""

    week: Week
    level: SituationLevel
    motive: Code


class Causes(Asked):
    """The whole list of numbered causes."""

    causes: Annotated[tuple[Cause, ...], Field(min_length=1, max_length=20)]


class Prioritisation(Asked):
    """All components, both gates, and what the group decides."""

    scores: Scores
    influenceable: bool
    resources: bool
    decision: PriorityDecision
    override_reason: Code | None = None


class FollowUp(Asked):
    """What the group found, and where it looked for displacement."""

    effect: Effect
    displacement_place_id: PlaceCode | None = None
