"""What became of a concern, as intake learns it from coordination's events on a real Kafka."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from services.intake.projections import PROBLEMS
from services.intake.store.cases import Case, Cases
from shared.contracts.codes import (
    CaseState,
    Effect,
    PriorityDecision,
    ProblemState,
    Role,
    TriageOutcome,
)
from shared.contracts.envelope import Event, Provenance, Received, encode, meta_of, to_headers
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ConcernMarkedDuplicate,
    ConcernTriaged,
    FeedbackGiven,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemReopened,
    ProblemResolved,
    Scores,
)
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.topics import COORDINATION_EST
from shared.store.client import connect
from tests.intake.conftest import DISTRICT, NOW, Intake
from tests.support.topics import produce
from tests.support.waiting import eventually

WHY = Provenance(
    time=NOW,
    district=DistrictCode(DISTRICT.code),
    agency=AgencyCode("DISTRICT_COORD"),
    actor_role=Role.COORDINATOR,
    correlation_id=str(uuid4()),
)


def triaged(outcome: TriageOutcome) -> ConcernTriaged:
    return ConcernTriaged(outcome=outcome)


def answered(problem: str) -> FeedbackGiven:
    return FeedbackGiven(
        feedback_code="MEASURE_DONE",
        problem_id=problem,
        effect=Effect.IMPROVED,
        wants_feedback=True,
        source_agency="LIBRARIES",
    )


async def tell(bootstrap: list[str], subject: str, events: Sequence[Event]) -> None:
    records = []
    for sequence, event in enumerate(events, start=1):
        meta = meta_of(event, source="/coordination", subject=subject, sequence=sequence, why=WHY)
        records.append((subject.encode(), encode(event), to_headers(meta)))
    await produce(bootstrap, COORDINATION_EST.name, records)


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (PriorityDecision.PRIORITISED, ProblemState.PRIORITISED),
        (PriorityDecision.DEPRIORITISED, ProblemState.DEPRIORITISED),
    ],
)
def test_a_problem_says_whether_it_is_worked_with(
    decision: PriorityDecision, state: ProblemState
) -> None:
    event = PrioritisationDecided(
        scores=Scores.model_validate(dict.fromkeys(Scores.model_fields, 2)),
        total=16,
        influenceable=True,
        resources=True,
        decision=decision,
    )
    meta = meta_of(event, source="/coordination", subject=str(uuid4()), sequence=2, why=WHY)
    row = PROBLEMS[PrioritisationDecided](
        {"_id": "p", "state": "IDENTIFIED"}, Received(meta, event)
    )
    assert row.pop("moves")[-1] == {"id": str(meta.id), "at": NOW, "state": state.value}
    assert row == {"_id": "p", "state": state.value, "moved_at": NOW}


@pytest.mark.stack
async def test_what_coordination_decides_is_known_concern_by_concern(
    on_kafka: Intake, kafka_bootstrap: list[str]
) -> None:
    outside, twice, linked, closed, back, unseen = ids = [str(uuid4()) for _ in range(6)]
    open_problem, gone_problem, back_problem = (str(uuid4()) for _ in range(3))

    def problem(concern: str) -> ProblemIdentified:
        return ProblemIdentified(
            category="ENV.LITTER", place_id="PL-HORN", concern_ids=(concern,), first_observed=NOW
        )

    def link(problem_id: str) -> list[Event]:
        return [triaged(TriageOutcome.LINKED), ConcernLinkedToProblem(problem_id=problem_id)]

    told: dict[str, list[Event]] = {
        outside: [triaged(TriageOutcome.OUT_OF_SCOPE)],
        twice: [triaged(TriageOutcome.DUPLICATE), ConcernMarkedDuplicate(duplicate_of=linked)],
        linked: link(open_problem),
        closed: [*link(gone_problem), answered(gone_problem)],
        back: link(back_problem),
        open_problem: [problem(linked)],
        gone_problem: [problem(closed), ProblemResolved(effect=Effect.IMPROVED)],
        back_problem: [
            problem(back),
            ProblemResolved(effect=Effect.IMPROVED),
            ProblemReopened(reason="RECURRED"),
        ],
    }
    for subject, events in told.items():
        await tell(kafka_bootstrap, subject, events)

    client = connect(on_kafka.settings.mongo_url)
    cases = Cases(client.database(on_kafka.settings.database_name))

    async def states() -> dict[str, Case]:
        return dict(await cases.of(ids))

    async def all_told() -> bool:
        found = await states()
        return len(found) == len(ids) - 1 and found[back].state is CaseState.REOPENED

    try:
        await eventually(all_told, within=20)
        found = await states()
        steps = await cases.steps_of(ids)
    finally:
        await client.close()
    assert {one: found[one].state for one in ids if one != unseen} == {
        outside: CaseState.OUT_OF_SCOPE,
        twice: CaseState.DUPLICATE,
        linked: CaseState.LINKED,
        closed: CaseState.CLOSED,
        back: CaseState.REOPENED,
    }
    # All was told of one moment, so each came where it is in one step, by an event that is known.
    assert {one: [step.case for step in told] for one, told in steps.items()} == {
        one: [case] for one, case in found.items()
    }
    assert all(step.event for told in steps.values() for step in told)
    assert found[twice].duplicate_of == linked
    assert (found[closed].feedback, found[closed].effect) == ("MEASURE_DONE", "IMPROVED")
    assert {one for one in ids if one != unseen and found[one].closed} == {outside, twice, closed}
    assert unseen not in found
