"""What may be done with a problem, and how it follows its assignments."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.coordination.domain import problem
from services.coordination.domain.decision import Decision
from services.coordination.domain.problem import Priority, Problem, Standing, evolve, follow
from services.coordination.domain.problem.decide import POSSIBLE
from services.coordination.domain.signals import Concern, Likeness
from shared.contracts.codes import AssignmentState, Effect, PriorityDecision, TriangleSide
from shared.contracts.codes import ProblemState as P
from shared.contracts.envelope import Event
from shared.contracts.est import Cause, ProblemIdentified, ProblemProfileUpdated, Scores
from shared.contracts.places import PlaceRetired
from shared.contracts.refusal import Refusal

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
LIKENESS = Likeness(window=timedelta(days=28), metres=250)
CAUSE = Cause(no=1, side=TriangleSide.PLACE, code="POOR_LIGHTING", could_act="TRAFFIC_OFFICE")
IDS = [f"2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a1{n}" for n in range(4)]


def concern(number: int, **changes: object) -> Concern:
    fields: dict[str, object] = {
        "id": IDS[number],
        "category": "ENV.LIGHTING",
        "place_id": "PL-KRON",
        "cell": None,
        "point": None,
        "observed_from": NOW - timedelta(days=number),
        "registered_at": NOW,
        "source_agency": "FIELD_WORKERS",
        "wants_feedback": True,
        "severity": 1,
        "recurrence": "FIRST",
    }
    return Concern(**(fields | changes))  # type: ignore[arg-type]


def scores(points: int) -> Scores:
    return Scores.model_validate(dict.fromkeys(Scores.model_fields, points))


def wanted(points: int = 2, **changes: object) -> Priority:
    fields: dict[str, object] = {
        "scores": scores(points),
        "total": points * 8,
        "influenceable": True,
        "resources": True,
        "decision": PriorityDecision.PRIORITISED,
    }
    return Priority.model_validate(fields | changes)


def after(state: Problem | None, decision: Decision) -> Problem:
    assert not isinstance(decision, Refusal), decision
    for event in decision:
        state = evolve(state, event, NOW)
    assert state is not None
    return state


def identified() -> Problem:
    concerns = [concern(0), concern(1, source_agency="LIBRARIES")]
    return after(None, problem.identify(concerns, likeness=LIKENESS, judged=False, place_id=None))


def prioritised() -> Problem:
    state = after(identified(), problem.record_causes(identified(), [CAUSE]))
    return after(state, problem.prioritise(state, wanted()))


def in_state(state: P) -> Problem:
    return prioritised().model_copy(update={"state": state})


COMMANDS: dict[str, Callable[[Problem], Decision | None]] = {
    "link": problem.may_link,
    "causes": lambda state: problem.record_causes(state, [CAUSE]),
    "prioritisation": lambda state: problem.prioritise(state, wanted()),
    "quick fix": lambda state: problem.may_assign(state, None),
    "measure": lambda state: problem.may_assign(state, 1),
    "resolve": lambda state: problem.resolve(state, Effect.IMPROVED),
    "reopen": lambda state: problem.reopen(state, "RECURRED"),
}


@pytest.mark.parametrize("state", list(P))
@pytest.mark.parametrize("command", list(POSSIBLE))
def test_a_command_is_carried_out_where_it_is_possible_and_refused_elsewhere(
    state: P, command: str
) -> None:
    answer = COMMANDS[command](in_state(state))
    if state in POSSIBLE[command]:
        assert not isinstance(answer, Refusal)
    else:
        assert isinstance(answer, Refusal)
        assert answer.code == "WRONG_STATE"


@pytest.mark.parametrize("state", list(P))
def test_no_problem_is_in_a_dead_state(state: P) -> None:
    ways = [name for name, states in POSSIBLE.items() if state in states and name != "link"]
    assert ways


def test_similar_concerns_are_one_problem_of_their_place() -> None:
    state = identified()
    assert (state.state, state.place_id, state.category) == (
        P.IDENTIFIED,
        "PL-KRON",
        "ENV.LIGHTING",
    )
    assert (state.concerns, state.agencies) == (2, 2)
    assert state.first_observed == NOW - timedelta(days=1)
    assert state.last_observed == NOW


@pytest.mark.parametrize(
    "concerns",
    [
        [],
        [concern(0)],
        [concern(0), concern(1, category="ENV.LITTER")],
        [concern(0), concern(1, place_id="PL-HORN")],
        [concern(0), concern(1, observed_from=NOW - timedelta(days=29))],
    ],
)
def test_what_is_not_similar_is_a_problem_only_when_judged(concerns: list[Concern]) -> None:
    refused = problem.identify(concerns, likeness=LIKENESS, judged=False, place_id=None)
    assert _code(refused) == "NOT_SIMILAR"
    judged = problem.identify(concerns, likeness=LIKENESS, judged=True, place_id=None)
    assert isinstance(judged, Refusal) == (not concerns)


def test_a_problem_has_a_place_named_or_commonest() -> None:
    nowhere = [concern(0, place_id=None, cell="8908866c0b7ffff"), concern(1, place_id=None)]
    answer = problem.identify(nowhere, likeness=LIKENESS, judged=True, place_id=None)
    assert _code(answer) == "PLACE_NEEDED"
    named = problem.identify(nowhere, likeness=LIKENESS, judged=True, place_id="PL-RALI")
    assert after(None, named).place_id == "PL-RALI"


def test_the_profile_is_told_only_when_it_changed() -> None:
    state = identified()
    known = [concern(0), concern(1, source_agency="LIBRARIES")]
    assert problem.update_profile(state, known) == ()
    assert problem.update_profile(state, []) == ()
    [event] = problem.update_profile(state, [*known, concern(2)])
    assert isinstance(event, ProblemProfileUpdated)
    assert (event.concerns, event.agencies) == (3, 2)


def test_causes_have_numbers_of_their_own() -> None:
    assert _code(problem.record_causes(identified(), [CAUSE, CAUSE])) == "CAUSE_NUMBERED_TWICE"
    assert after(identified(), problem.record_causes(identified(), [CAUSE])).cause(1) == CAUSE
    assert identified().cause(1) is None


def test_causes_written_down_later_leave_the_state() -> None:
    state = in_state(P.IN_ACTION)
    assert after(state, problem.record_causes(state, [CAUSE])).state is P.IN_ACTION


def test_nothing_is_prioritised_before_it_is_analysed() -> None:
    assert _code(problem.prioritise(identified(), wanted())) == "ANALYSE_FIRST"


@pytest.mark.parametrize(
    ("points", "influenceable", "resources", "says"),
    [
        (1, True, True, PriorityDecision.PRIORITISED),
        (0, True, True, PriorityDecision.DEPRIORITISED),
        (3, False, True, PriorityDecision.DEPRIORITISED),
        (3, True, False, PriorityDecision.DEPRIORITISED),
    ],
)
def test_the_group_decides_and_a_decision_against_scores_or_gates_has_a_reason(
    points: int, *, influenceable: bool, resources: bool, says: PriorityDecision
) -> None:
    state = in_state(P.ANALYSED)
    for decision in PriorityDecision:
        wish = wanted(points, influenceable=influenceable, resources=resources, decision=decision)
        answer = problem.prioritise(state, wish)
        if decision is says:
            assert after(state, answer).state.value == decision.value
        else:
            assert _code(answer) == "OVERRIDE_NEEDS_REASON"
            reasoned = wish.model_copy(update={"override_reason": "GROUP_JUDGEMENT"})
            assert after(state, problem.prioritise(state, reasoned)).state.value == decision.value


def test_what_is_in_action_is_not_put_off() -> None:
    state = in_state(P.IN_ACTION)
    off = wanted(0, decision=PriorityDecision.DEPRIORITISED)
    assert _code(problem.prioritise(state, off)) == "STILL_IN_ACTION"
    assert after(state, problem.prioritise(state, wanted(3))).state is P.IN_ACTION


def test_a_measure_is_against_a_cause_there_is() -> None:
    refused = problem.may_assign(prioritised(), 2)
    assert refused is not None
    assert refused.code == "NO_SUCH_CAUSE"
    assert problem.may_assign(prioritised(), 1) is None
    assert problem.may_assign(identified(), None) is None


@pytest.mark.parametrize("effect", list(Effect))
def test_only_an_improvement_resolves(effect: Effect) -> None:
    state = in_state(P.FOLLOW_UP)
    ended = after(state, problem.resolve(state, effect))
    assert ended.state is (P.RESOLVED if effect is Effect.IMPROVED else P.PERSISTING)
    again = after(ended, problem.reopen(ended, "RECURRED"))
    assert (again.state, again.effect) == (P.REOPENED, None)


A, B = "a", "b"


def heard(**states: tuple[int, AssignmentState]) -> dict[str, Standing]:
    return {
        name: Standing(version=version, state=state) for name, (version, state) in states.items()
    }


def test_a_problem_goes_where_its_assignments_go() -> None:
    state = follow(prioritised(), heard(a=(1, AssignmentState.ASSIGNED)))
    assert state.state is P.IN_ACTION
    state = follow(state, heard(b=(1, AssignmentState.ASSIGNED)))
    state = follow(state, heard(a=(9, AssignmentState.CLOSED)))
    assert state.state is P.IN_ACTION
    state = follow(state, heard(b=(4, AssignmentState.CANCELLED)))
    assert state.state is P.FOLLOW_UP
    assert follow(state, heard(c=(1, AssignmentState.ASSIGNED))).state is P.IN_ACTION


def test_old_news_of_an_assignment_changes_nothing() -> None:
    state = follow(prioritised(), heard(a=(9, AssignmentState.CLOSED)))
    assert follow(state, heard(a=(1, AssignmentState.ASSIGNED))) is state
    assert follow(state, {}) is state


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (identified(), P.IDENTIFIED),
        (identified().model_copy(update={"causes": (CAUSE,), "state": P.ANALYSED}), P.ANALYSED),
        (prioritised(), P.PRIORITISED),
    ],
)
def test_when_every_measure_is_cancelled_it_is_where_it_was(before: Problem, expected: P) -> None:
    state = follow(before, heard(a=(1, AssignmentState.ASSIGNED)))
    assert follow(state, heard(a=(2, AssignmentState.CANCELLED))).state is expected


def test_a_resolved_problem_stays_resolved_whatever_is_heard() -> None:
    state = in_state(P.RESOLVED)
    assert follow(state, heard(a=(1, AssignmentState.ASSIGNED))).state is P.RESOLVED


def test_a_persisting_problem_is_not_moved_by_measures_closed_before() -> None:
    state = in_state(P.PERSISTING)
    assert follow(state, heard(a=(9, AssignmentState.CLOSED))).state is P.PERSISTING


def test_a_problem_begins_identified_and_knows_its_own_events() -> None:
    profile = ProblemProfileUpdated(concerns=1, last_observed=NOW, agencies=1)
    with pytest.raises(ValueError, match="ProblemIdentified"):
        evolve(None, profile, NOW)
    with pytest.raises(TypeError, match="PlaceRetired"):
        evolve(identified(), PlaceRetired(reason="MERGED"), NOW)


def test_total_and_order_of_the_first_event() -> None:
    events = problem.identify(
        [concern(0), concern(1)], likeness=LIKENESS, judged=False, place_id=None
    )
    assert isinstance(_events(events)[0], ProblemIdentified)
    assert problem.total_of(scores(3)) == 24


def _events(answer: Decision) -> tuple[Event, ...]:
    assert not isinstance(answer, Refusal), answer
    return answer


def _code(answer: Decision) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code
