"""What is asked for when something new is made: checked for form by the API, for sense here."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

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


def _example(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class NewPlace(Asked):
    """A place the district shall work with."""

    model_config = _example(
        place_id="PL-HORN",
        name="Hornsbergs strand",
        lat=59.3405,
        lon=18.0078,
        part="STADSHAGEN",
        custodians=["DISTRICT_PARKS", "TRAFFIC_OFFICE"],
    )

    place_id: PlaceCode
    name: ReviewedText
    lat: Latitude
    lon: Longitude
    part: Code
    custodians: Custodians


class NewCycle(Asked):
    """A period of work: first day, and the day after the last."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"from": "2026-06-01", "to": "2026-06-15"}]}
    )

    from_: date = Field(alias="from")
    to: date


class NewProblem(Asked):
    """Similar concerns, or what the group judges to be a pattern; the first leads."""

    model_config = _example(
        concern_ids=[
            "2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10",
            "7b2e4c1d-90aa-5f3e-b1c6-0d4e8f5a6b32",
        ]
    )

    concern_ids: Annotated[tuple[Uuid, ...], Field(min_length=1, max_length=50)]
    judged_pattern: bool = False
    place_id: PlaceCode | None = None


class NewAssignment(Asked):
    """A measure against one numbered cause of a problem, or an explicit quick fix."""

    model_config = _example(
        problem_id="5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11",
        cause_no=1,
        measure="BINS",
        due="2026-07-03",
    )

    problem_id: Uuid
    cause_no: Annotated[int, Field(ge=1, le=20)] | None = None
    quick_fix: bool = False
    measure: Code
    owner: Code | None = None
    due: date


class NewPicture(Asked):
    """A week to compile, with the level somebody proposes and why."""

    model_config = _example(week="2026-W23", level="YELLOW", motive="CLUSTER_AT_PLACE")

    week: Week
    level: SituationLevel
    motive: Code


class Causes(Asked):
    """The whole list of numbered causes."""

    model_config = _example(
        causes=[
            {
                "no": 1,
                "side": "PLACE",
                "code": "NO_BINS_OR_TOILETS",
                "could_act": "DISTRICT_PARKS",
            }
        ]
    )

    causes: Annotated[tuple[Cause, ...], Field(min_length=1, max_length=20)]


class Prioritisation(Asked):
    """All components, both gates, and what the group decides."""

    model_config = _example(
        scores={
            "frequency": 3,
            "trend": 3,
            "deviation": 2,
            "concentration": 3,
            "duration": 1,
            "signal": 2,
            "affected": 2,
            "harm": 1,
        },
        influenceable=True,
        resources=True,
        decision="PRIORITISED",
    )

    scores: Scores
    influenceable: bool
    resources: bool
    decision: PriorityDecision
    override_reason: Code | None = None


class FollowUp(Asked):
    """What the group found (else what the counts say), and where it looked for displacement."""

    model_config = _example(effect="IMPROVED", displacement_place_id="PL-KRIS")

    effect: Effect | None = None
    displacement_place_id: PlaceCode | None = None
