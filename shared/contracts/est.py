"""Events of topic `coordination.est`: cases, problems, follow-ups, pictures and cycles."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.contracts.codes import (
    Disclosure,
    DisplacementResult,
    Effect,
    PriorityDecision,
    Role,
    SituationLevel,
    TriageOutcome,
    TriangleSide,
)
from shared.contracts.envelope import Event, example
from shared.contracts.topics import COORDINATION_EST, Topic
from shared.contracts.types import (
    Code,
    Count,
    Days,
    MethodVersion,
    PlaceCode,
    Score,
    UtcTime,
    Uuid,
    Week,
)

_PROBLEM = "5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11"
_CONCERNS = ("2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10", "7b2e4c1d-90aa-5f3e-b1c6-0d4e8f5a6b32")
_CAUSE: JsonValue = {"no": 1, "side": "PLACE", "code": "LATE_HOURS", "could_act": "PORT"}


class _EstEvent(Event):
    topic: ClassVar[Topic] = COORDINATION_EST
    disclosure: ClassVar[Disclosure] = Disclosure.AGENCY


class _CaseEvent(_EstEvent):
    aggregate: ClassVar[str] = "case"


class _ProblemEvent(_EstEvent):
    aggregate: ClassVar[str] = "problem"


class _FollowUpEvent(_EstEvent):
    aggregate: ClassVar[str] = "assignment"


class _PictureEvent(_EstEvent):
    aggregate: ClassVar[str] = "picture"


class _CycleEvent(_EstEvent):
    aggregate: ClassVar[str] = "cycle"


class ConcernTriaged(_CaseEvent):
    """The coordinator looked at a concern and decided what it is."""

    model_config = example(outcome="OUT_OF_SCOPE", reason="OUTSIDE_DISTRICT")

    outcome: TriageOutcome = Field(description="What was decided")
    reason: Code | None = Field(default=None, description="Why it is out of scope")


class ConcernMarkedDuplicate(_CaseEvent):
    """The concern tells what another one has told."""

    model_config = example(duplicate_of=_CONCERNS[0])

    duplicate_of: Uuid = Field(description="The concern that came first")


class ConcernLinkedToProblem(_CaseEvent):
    """The concern belongs to a problem."""

    model_config = example(problem_id=_PROBLEM)

    problem_id: Uuid = Field(description="Which problem")


class FeedbackGiven(_CaseEvent):
    """The district answered the reporter; the case owes nothing when it is delivered."""

    model_config = example(
        feedback_code="MEASURE_DONE",
        problem_id=_PROBLEM,
        effect="IMPROVED",
        wants_feedback=True,
        source_agency="FIELD_WORKERS",
    )

    feedback_code: Code = Field(description="The answer, of the district file")
    problem_id: Uuid | None = Field(default=None, description="The problem it was part of")
    effect: Effect | None = Field(default=None, description="What the measure did, if any")
    wants_feedback: bool = Field(description="Whether the reporter asked for an answer")
    source_agency: Code = Field(description="The agency that reported")


class ProblemIdentified(_ProblemEvent):
    """Two or more similar concerns, or a judged pattern, are one problem of one place."""

    model_config = example(
        category="ENV.LITTER",
        place_id="PL-HORN",
        concern_ids=list(_CONCERNS),
        first_observed="2026-05-29T19:00:00Z",
    )

    category: Code = Field(description="What it is about")
    place_id: PlaceCode = Field(description="Where it is")
    concern_ids: tuple[Uuid, ...] = Field(
        min_length=1, max_length=50, description="The concerns it was seen in"
    )
    first_observed: UtcTime = Field(description="Earliest observation")


class ProblemProfileUpdated(_ProblemEvent):
    """Further concerns changed what is known of the problem."""

    model_config = example(concerns=9, last_observed="2026-06-12T21:00:00Z", agencies=3)

    concerns: Count = Field(description="Concerns linked to it")
    last_observed: UtcTime = Field(description="Latest observation")
    agencies: Count = Field(description="How many agencies reported it")


class Cause(BaseModel):
    """One numbered cause, on one side of the problem triangle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    no: Annotated[int, Field(ge=1, le=20)] = Field(description="Number measures refer to")
    side: TriangleSide = Field(description="Side of the triangle")
    code: Code = Field(description="Cause of the district file")
    could_act: Code = Field(description="Agency that could act on it")


class CauseAnalysisRecorded(_ProblemEvent):
    """The group wrote down why the problem is there and who could act."""

    model_config = example(causes=[_CAUSE])

    causes: tuple[Cause, ...] = Field(min_length=1, max_length=20, description="Numbered causes")


class Scores(BaseModel):
    """The components of a prioritisation, 0 to 3 each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frequency: Score = Field(description="How often")
    trend: Score = Field(description="Whether it grows")
    deviation: Score = Field(description="Against the place's own baseline")
    concentration: Score = Field(description="In place and time")
    duration: Score = Field(description="For how long")
    signal: Score = Field(description="What it signals to people")
    affected: Score = Field(description="How many it affects")
    harm: Score = Field(description="How much harm it does")


class PrioritisationDecided(_ProblemEvent):
    """The group decided whether to work with the problem now."""

    model_config = example(
        scores=dict.fromkeys(Scores.model_fields, 2),
        total=16,
        influenceable=True,
        resources=True,
        decision="PRIORITISED",
    )

    scores: Scores = Field(description="All components, shown as they are")
    total: Annotated[int, Field(ge=0, le=24)] = Field(description="Sum of the components")
    influenceable: bool = Field(description="Gate: somebody can do something about it")
    resources: bool = Field(description="Gate: somebody has the means")
    decision: PriorityDecision = Field(description="What the group decided")
    override_reason: Code | None = Field(
        default=None, description="Why the decision differs from scores and gates"
    )


class ProblemResolved(_ProblemEvent):
    """The problem is gone, or as good as."""

    model_config = example(effect="IMPROVED")

    effect: Effect = Field(description="What the measures did")


class ProblemReopened(_ProblemEvent):
    """The problem is back."""

    model_config = example(reason="RECURRED")

    reason: Code = Field(description="Reason of the district file")


class FollowUpScheduled(_FollowUpEvent):
    """Somebody will check whether the measure helped."""

    model_config = example(due="2026-08-05")

    due: date = Field(description="When")


class FollowUpRecorded(_FollowUpEvent):
    """Somebody checked; the counts stand beside each other."""

    model_config = example(
        effect="IMPROVED",
        baseline_count=14,
        after_count=5,
        window_days=28,
        displacement_place_id="PL-KRIS",
        displacement_result="NOT_DISPLACED",
    )

    effect: Effect = Field(description="What the measure did")
    baseline_count: Count = Field(description="Concerns in the window before")
    after_count: Count = Field(description="Concerns in the window after")
    window_days: Days = Field(description="Length of both windows")
    displacement_place_id: PlaceCode | None = Field(
        default=None, description="Where it could have moved to"
    )
    displacement_result: DisplacementResult | None = Field(
        default=None, description="Whether it moved there"
    )


class SituationPictureCompiled(_PictureEvent):
    """The week's picture was put together."""

    model_config = example(
        week="2026-W23", concerns=48, problems=6, open_assignments=11, method_version="1"
    )

    week: Week = Field(description="ISO week in Europe/Stockholm")
    concerns: Count = Field(description="Concerns registered in the week")
    problems: Count = Field(description="Problems not resolved at its end")
    open_assignments: Count = Field(description="Assignments not ended at its end")
    method_version: MethodVersion = Field(description="How it was counted")


class SituationPictureAdopted(_PictureEvent):
    """The group adopted the picture; it does not change any more."""

    model_config = example(week="2026-W23", level="YELLOW", motive="CLUSTER_AT_PLACE")

    week: Week = Field(description="ISO week in Europe/Stockholm")
    level: SituationLevel = Field(description="Level the group decided")
    motive: Code = Field(description="Motive of the district file")


class SituationPictureSuperseded(_PictureEvent):
    """A later picture of the same week took its place."""

    model_config = example(by="1d6f0b3c-52f7-5d1f-8f7b-3f0c5a9e2d44")

    by: Uuid = Field(description="The later picture")


class SituationLevelChanged(_PictureEvent):
    """The district's level is another than the week before."""

    model_config = example(
        week="2026-W24",
        old="YELLOW",
        new="ORANGE",
        motive="CLUSTER_AT_PLACE",
        assessor_role="COORDINATOR",
    )

    week: Week = Field(description="ISO week in Europe/Stockholm")
    old: SituationLevel | None = Field(default=None, description="None for the first picture")
    new: SituationLevel = Field(description="The level now")
    motive: Code = Field(description="Motive of the district file")
    assessor_role: Role = Field(description="In which role it was assessed")


class EstCycleOpened(_CycleEvent):
    """A period of work began."""

    model_config = example(from_date="2026-06-01", to_date="2026-06-15", length_days=14)

    from_date: date = Field(description="First day")
    to_date: date = Field(description="Day after the last")
    length_days: Annotated[int, Field(ge=1, le=62)] = Field(description="Days between them")


class EstCycleClosed(_CycleEvent):
    """The period of work ended."""

    model_config = example()
