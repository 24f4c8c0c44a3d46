"""Event of topic `coordination.closed-actions`: the whole record of a finished measure."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.codes import Disclosure, Effect
from shared.contracts.envelope import Event, example
from shared.contracts.topics import COORDINATION_CLOSED_ACTIONS, Topic
from shared.contracts.types import Code, Count, Days, PlaceCode, Uuid


class ActionClosed(Event):
    """A measure was finished and followed up; the record stands without any other event."""

    topic: ClassVar[Topic] = COORDINATION_CLOSED_ACTIONS
    aggregate: ClassVar[str] = "assignment"
    disclosure: ClassVar[Disclosure] = Disclosure.PARTNER

    model_config = example(
        problem_id="5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11",
        assignment_id="0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21",
        category="ENV.LITTER",
        cause="NO_BINS_OR_TOILETS",
        place_id="PL-HORN",
        custodian="DISTRICT_PARKS",
        measure="BINS",
        planned_start="2026-06-08",
        due="2026-07-03",
        started_on="2026-06-15",
        completed_on="2026-07-01",
        closed_on="2026-08-07",
        effect="IMPROVED",
        baseline_count=14,
        after_count=5,
        window_days=28,
        cost_sek=85000,
        displacement_checked=True,
        displacement_place_id="PL-KRIS",
    )

    problem_id: Uuid = Field(description="The problem it was against")
    assignment_id: Uuid = Field(description="The assignment that ended")
    category: Code = Field(description="Category of the problem")
    cause: Code | None = Field(default=None, description="The cause; none for a quick fix")
    place_id: PlaceCode = Field(description="Where it was done")
    custodian: Code = Field(description="The agency that did it")
    measure: Code = Field(description="Measure of the district file")
    planned_start: date | None = Field(default=None, description="Day it was assigned")
    due: date = Field(description="Day it was due")
    started_on: date | None = Field(default=None, description="Day work began")
    completed_on: date = Field(description="Day it was done")
    closed_on: date = Field(description="Day it was closed")
    effect: Effect = Field(description="What it did to the problem")
    baseline_count: Count = Field(description="Concerns in the window before the start")
    after_count: Count = Field(description="Concerns in the window after the completion")
    window_days: Days = Field(description="Length of both windows")
    cost_sek: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = Field(
        default=None, description="What it cost, in whole SEK"
    )
    displacement_checked: bool = Field(description="Whether another place was looked at")
    displacement_place_id: PlaceCode | None = Field(default=None, description="Which place")
