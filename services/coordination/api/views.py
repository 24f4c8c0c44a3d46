"""How coordination's aggregates look to those who read them."""

import dataclasses
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.coordination.domain.assignment import (
    Assignment,
    Patience,
    Raised,
    is_overdue,
    is_unaccepted,
)
from services.coordination.domain.case import Case, Feedback, shown_state
from services.coordination.domain.cycle import Cycle, CycleState
from services.coordination.domain.follow_up import Baseline, Measured
from services.coordination.domain.picture import Count, Judgement, Picture
from services.coordination.domain.place import Place, PlaceState
from services.coordination.domain.problem import Priority, Problem
from services.coordination.domain.signals import Concern
from services.coordination.store import Stored
from services.coordination.store.triage_list import Waiting
from shared.contracts.codes import AssignmentState, CaseState, Effect, PictureState, ProblemState
from shared.contracts.est import Cause


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ConcernView(_View):
    """A concern as coordination knows it: coded fields, never a narrative."""

    concern_id: str = Field(description="Referens / reference")
    category: str
    place_id: str | None
    cell: str | None
    lat: float | None
    lon: float | None
    observed_from: datetime
    registered_at: datetime
    severity: int
    recurrence: str
    source_agency: str
    wants_feedback: bool
    has_narrative: bool
    synthetic: bool
    withdrawn: bool = Field(default=False, description="Återtagen / taken back by its agency")

    @classmethod
    def of(cls, concern: Concern) -> "ConcernView":
        """The view of a concern."""
        return cls(**_fields(concern))


class SuggestedProblem(_View):
    """An open problem the concern may belong to."""

    problem_id: str
    category: str
    place_id: str
    state: ProblemState
    concerns: int

    @classmethod
    def of(cls, found: Stored[Problem]) -> "SuggestedProblem":
        """The view of an open problem."""
        problem = found.state
        return cls(
            problem_id=found.id,
            category=problem.category,
            place_id=problem.place_id,
            state=problem.state,
            concerns=problem.concerns,
        )


class Suggestions(_View):
    """What a concern may belong to."""

    problems: list[SuggestedProblem]
    similar: list[ConcernView]


class TriageItem(ConcernView):
    """A concern nobody has triaged, with what it may belong to."""

    suggestions: Suggestions

    @classmethod
    def waiting(cls, waiting: Waiting) -> "TriageItem":
        """The view of a row of the triage list."""
        return cls(
            **_fields(waiting.concern),
            suggestions=Suggestions(
                problems=[SuggestedProblem.of(one) for one in waiting.problems],
                similar=[ConcernView.of(one) for one in waiting.similar],
            ),
        )


class CaseView(_View):
    """What became of a concern."""

    concern_id: str
    state: CaseState
    feedback: Feedback
    feedback_code: str | None
    withdrawn: bool = Field(default=False, description="Återtagen / taken back by its agency")

    @classmethod
    def of(
        cls, found: Stored[Case], problem: Problem | None, *, withdrawn: bool = False
    ) -> "CaseView":
        """The view of a case; a linked one shows where its problem is."""
        case = found.state
        return cls(
            concern_id=found.id,
            state=shown_state(case, problem.state if problem else None),
            feedback=case.feedback,
            feedback_code=case.feedback_code,
            withdrawn=withdrawn,
        )


class ProblemView(_View):
    """A problem: what, where, why, how important, how far."""

    problem_id: str
    version: int
    category: str
    place_id: str
    state: ProblemState
    concerns: int
    agencies: int
    first_observed: datetime
    last_observed: datetime
    identified_at: datetime
    causes: list[Cause]
    prioritisation: Priority | None
    effect: Effect | None

    @classmethod
    def of(cls, found: Stored[Problem]) -> "ProblemView":
        """The view of a problem."""
        problem = found.state
        return cls(
            problem_id=found.id,
            version=found.version,
            category=problem.category,
            place_id=problem.place_id,
            state=problem.state,
            concerns=problem.concerns,
            agencies=problem.agencies,
            first_observed=problem.first_observed,
            last_observed=problem.last_observed,
            identified_at=problem.identified_at,
            causes=list(problem.causes),
            prioritisation=problem.priority,
            effect=problem.effect,
        )


class AssignmentView(_View):
    """A measure: whose, by when, how far, and what it did."""

    assignment_id: str
    version: int
    problem_id: str
    place_id: str
    category: str
    cause_no: int | None
    quick_fix: bool
    measure: str
    owner: str
    due: date
    state: AssignmentState
    asked_at: datetime
    suggested_owner: str | None
    redirected: bool
    started_on: date | None
    baseline: Baseline | None
    completed_on: date | None
    follow_up_due: date | None
    follow_up: Measured | None
    followed_up_on: date | None
    effect: Effect | None
    escalations: list[Raised]
    overdue: bool
    unaccepted: bool

    @classmethod
    def of(cls, found: Stored[Assignment], now: datetime, patience: Patience) -> "AssignmentView":
        """The view of an assignment at a moment."""
        fields = {name: getattr(found.state, name) for name in Assignment.model_fields}
        return cls(
            assignment_id=found.id,
            version=found.version,
            escalations=list(fields.pop("raised")),
            overdue=is_overdue(found.state, now),
            unaccepted=is_unaccepted(found.state, now, patience),
            **fields,
        )


class Happened(_View):
    """One event of a problem's story."""

    time: datetime
    type: str
    subject: str
    agency: str
    actor_role: str
    data: dict[str, object]


class ProblemStory(ProblemView):
    """A problem with its cases, its assignments and everything that happened."""

    cases: list[CaseView]
    assignments: list[AssignmentView]
    timeline: list[Happened]


class PlaceView(_View):
    """A place and who controls it."""

    place_id: str
    version: int
    name: str
    lat: float
    lon: float
    part: str
    custodians: list[str]
    state: PlaceState

    @classmethod
    def of(cls, found: Stored[Place]) -> "PlaceView":
        """The view of a place."""
        fields = {name: getattr(found.state, name) for name in Place.model_fields}
        custodians = list(fields.pop("custodians"))
        return cls(place_id=found.id, version=found.version, custodians=custodians, **fields)


class PictureView(_View):
    """A week's situation picture."""

    picture_id: str
    version: int
    week: str
    state: PictureState
    count: Count
    judged: Judgement
    method_version: str
    compiled_at: datetime
    adopted_at: datetime | None
    superseded_by: str | None

    @classmethod
    def of(cls, found: Stored[Picture]) -> "PictureView":
        """The view of a picture."""
        fields = {name: getattr(found.state, name) for name in Picture.model_fields}
        return cls(picture_id=found.id, version=found.version, **fields)


class CycleView(_View):
    """A period of work."""

    cycle_id: str
    version: int
    begins: date
    ends: date
    state: CycleState

    @classmethod
    def of(cls, found: Stored[Cycle]) -> "CycleView":
        """The view of a cycle."""
        fields = {name: getattr(found.state, name) for name in Cycle.model_fields}
        return cls(cycle_id=found.id, version=found.version, **fields)


def _fields(concern: Concern) -> dict[str, Any]:
    told = {each.name: getattr(concern, each.name) for each in dataclasses.fields(concern)}
    point = told.pop("point")
    where = {"lat": point.lat if point else None, "lon": point.lon if point else None}
    return told | where | {"concern_id": told.pop("id")}
