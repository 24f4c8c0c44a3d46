"""Events of topic `coordination.assignments`: one measure, one owner, one due date."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.codes import Disclosure, Effect, EscalationKind
from shared.contracts.envelope import Event, example
from shared.contracts.topics import COORDINATION_ASSIGNMENTS, Topic
from shared.contracts.types import Code, Count, Days, PlaceCode, Uuid


class _AssignmentEvent(Event):
    topic: ClassVar[Topic] = COORDINATION_ASSIGNMENTS
    aggregate: ClassVar[str] = "assignment"
    disclosure: ClassVar[Disclosure] = Disclosure.PARTNER


class AssignmentProposed(_AssignmentEvent):
    """A measure was proposed against a cause of a problem, or as an explicit quick fix."""

    model_config = example(
        problem_id="5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11",
        place_id="PL-HORN",
        category="ENV.LITTER",
        cause_no=1,
        quick_fix=False,
        measure="BINS",
        owner="DISTRICT_PARKS",
        due="2026-07-03",
    )

    problem_id: Uuid = Field(description="The problem it is against")
    place_id: PlaceCode = Field(description="Where it is done")
    category: Code = Field(description="Category of the problem")
    cause_no: Annotated[int, Field(ge=1, le=20)] | None = Field(
        default=None, description="Number of the cause; none for a quick fix"
    )
    quick_fix: bool = Field(description="Done without a cause analysis, said openly")
    measure: Code = Field(description="Measure of the district file")
    owner: Code = Field(description="The one agency that shall do it")
    due: date = Field(description="By when")


class AssignmentAssigned(_AssignmentEvent):
    """The measure was given to its owner, who now has to accept or decline."""

    model_config = example(owner="DISTRICT_PARKS", due="2026-07-03")

    owner: Code = Field(description="The one agency that shall do it")
    due: date = Field(description="By when")


class AssignmentAccepted(_AssignmentEvent):
    """The owner accepted."""

    model_config = example()


class AssignmentDeclined(_AssignmentEvent):
    """The owner declined, with a reason and somebody better."""

    model_config = example(reason="NOT_OUR_CONTROL", suggested_owner="PORT")

    reason: Code = Field(description="Reason of the district file")
    suggested_owner: Code = Field(description="The agency that can act instead")


class AssignmentRedirected(_AssignmentEvent):
    """The coordinator gave a declined assignment to another owner."""

    model_config = example(from_owner="TRAFFIC_OFFICE", to_owner="PORT")

    from_owner: Code = Field(description="Who declined")
    to_owner: Code = Field(description="Who shall do it now")


class AssignmentStarted(_AssignmentEvent):
    """Work began; the baseline the effect is measured against was taken."""

    model_config = example(baseline_count=14, baseline_from="2026-05-25", baseline_to="2026-06-22")

    baseline_count: Count = Field(description="Concerns of the problem in the window before")
    baseline_from: date = Field(description="First day of the window")
    baseline_to: date = Field(description="Day after the window")


class AssignmentBlocked(_AssignmentEvent):
    """The owner cannot go on."""

    model_config = example(reason="AWAITING_PERMIT")

    reason: Code = Field(description="Reason of the district file")


class AssignmentUnblocked(_AssignmentEvent):
    """What blocked the owner is gone."""

    model_config = example()


class AssignmentCompleted(_AssignmentEvent):
    """The owner says it is done."""

    model_config = example(completed_on="2026-07-01")

    completed_on: date = Field(description="Day it was done")


class AssignmentVerified(_AssignmentEvent):
    """The coordinator saw that it is done."""

    model_config = example()


class AssignmentClosed(_AssignmentEvent):
    """It ended with an effect; nothing closes without one."""

    model_config = example(effect="IMPROVED")

    effect: Effect = Field(description="What it did to the problem")


class AssignmentCancelled(_AssignmentEvent):
    """It will not be done."""

    model_config = example(reason="PROBLEM_GONE")

    reason: Code = Field(description="Reason of the district file")


class AssignmentReopened(_AssignmentEvent):
    """It was called done and was not."""

    model_config = example(reason="NOT_DONE")

    reason: Code = Field(description="Reason of the district file")


class AssignmentDueDateChanged(_AssignmentEvent):
    """The due date moved."""

    model_config = example(old="2026-07-03", new="2026-07-10", reason="AWAITING_DELIVERY")

    old: date = Field(description="Before")
    new: date = Field(description="Now")
    reason: Code = Field(description="Reason of the district file")


class AssignmentEscalationRaised(_AssignmentEvent):
    """It stayed unaccepted or became overdue; raised once per level."""

    model_config = example(kind="OVERDUE", level=1, days=3)

    kind: EscalationKind = Field(description="Why")
    level: Annotated[int, Field(ge=1, le=9)] = Field(description="1 is the first")
    days: Days = Field(description="Days unaccepted or overdue")
