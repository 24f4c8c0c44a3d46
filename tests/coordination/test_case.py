"""What becomes of one concern, and what its reporter is owed."""

from datetime import UTC, datetime

import pytest

from services.coordination.domain import case
from services.coordination.domain.case import Case, Closing, Feedback, evolve, shown_state
from services.coordination.domain.decision import Decision
from shared.contracts.codes import CaseState, Effect, ProblemState, TriageOutcome
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.est import ConcernLinkedToProblem, ConcernTriaged, FeedbackGiven
from shared.contracts.places import PlaceRetired
from shared.contracts.refusal import Refusal
from tests.coordination.test_problem import IDS, concern

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
PROBLEM = "5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11"
OTHER = "9d0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11"


def after(state: Case | None, decision: Decision) -> Case:
    assert not isinstance(decision, Refusal), decision
    for event in decision:
        state = evolve(state, event, NOW)
    assert state is not None
    return state


def linked() -> Case:
    return after(None, case.link(None, PROBLEM))


def duplicate() -> Case:
    return after(None, case.mark_duplicate(None, concern(0), IDS[1], of_target=None, named=False))


def out_of_scope() -> Case:
    return after(None, case.put_out_of_scope(None, concern(0), "NOT_SAFETY"))


def test_a_linked_case_goes_where_its_problem_goes() -> None:
    state = linked()
    assert (state.state, state.problem_id) == (CaseState.LINKED, PROBLEM)
    assert shown_state(state, None) is CaseState.LINKED
    assert shown_state(state, ProblemState.ANALYSED) is CaseState.LINKED
    assert shown_state(state, ProblemState.IN_ACTION) is CaseState.IN_ACTION
    assert shown_state(state, ProblemState.FOLLOW_UP) is CaseState.FOLLOW_UP
    assert shown_state(duplicate(), ProblemState.IN_ACTION) is CaseState.DUPLICATE


def test_triage_is_done_once_and_the_same_again_changes_nothing() -> None:
    assert case.link(linked(), PROBLEM) == ()
    assert _code(case.link(linked(), OTHER)) == "TRIAGED_ALREADY"
    assert case.put_out_of_scope(out_of_scope(), concern(0), "NOT_SAFETY") == ()
    other_reason = case.put_out_of_scope(out_of_scope(), concern(0), "TOO_VAGUE")
    assert _code(other_reason) == "TRIAGED_ALREADY"
    same = case.mark_duplicate(duplicate(), concern(0), IDS[1], of_target=None, named=False)
    assert same == ()
    another = case.mark_duplicate(duplicate(), concern(0), IDS[2], of_target=None, named=False)
    assert _code(another) == "TRIAGED_ALREADY"


def test_a_duplicate_names_another_and_makes_no_chain() -> None:
    itself = case.mark_duplicate(None, concern(0), IDS[0], of_target=None, named=False)
    assert _code(itself) == "DUPLICATE_OF_ITSELF"
    chain = case.mark_duplicate(None, concern(2), IDS[0], of_target=duplicate(), named=False)
    assert _code(chain) == "DUPLICATE_CHAIN"
    other_end = case.mark_duplicate(None, concern(1), IDS[2], of_target=None, named=True)
    assert _code(other_end) == "HAS_DUPLICATES"
    of_linked = case.mark_duplicate(None, concern(0), IDS[1], of_target=linked(), named=False)
    assert after(None, of_linked).duplicate_of == IDS[1]


@pytest.mark.parametrize("state", [duplicate(), out_of_scope()])
def test_a_case_that_ends_in_triage_is_answered_at_once(state: Case) -> None:
    assert state.owes
    assert state.closing is Closing.NO_ACTION
    assert state.feedback_code in {"DUPLICATE", "OUT_OF_SCOPE"}


def test_nobody_is_owed_what_they_did_not_ask_for() -> None:
    silent = concern(0, wants_feedback=False)
    state = after(None, case.put_out_of_scope(None, silent, "NOT_SAFETY"))
    assert state.feedback is Feedback.NOT_WANTED
    assert not state.owes


@pytest.mark.parametrize(
    ("effect", "closing", "code"),
    [
        (Effect.IMPROVED, Closing.RESOLVED, "MEASURE_DONE"),
        (Effect.WORSE, Closing.MONITOR, "MONITORED"),
        (None, Closing.NO_ACTION, "NO_ACTION"),
    ],
)
def test_an_ended_problem_answers_its_reporters_once(
    effect: Effect | None, closing: Closing, code: str
) -> None:
    answered = after(linked(), case.answer(linked(), concern(0), PROBLEM, effect))
    assert (answered.state, answered.closing) == (CaseState.CLOSED, closing)
    assert answered.feedback_code == code
    assert case.answer(answered, concern(0), PROBLEM, effect) == ()
    assert case.answer(linked(), concern(0), OTHER, effect) == ()


def test_a_case_owes_until_the_answer_has_arrived() -> None:
    told = FeedbackDelivered(concern_id=IDS[0])
    delivered = evolve(out_of_scope(), told, NOW)
    assert (delivered.feedback, delivered.owes) == (Feedback.DELIVERED, False)
    assert evolve(linked(), told, NOW).feedback is Feedback.NOT_YET


def test_a_case_begins_with_its_triage_and_knows_its_own_events() -> None:
    with pytest.raises(ValueError, match="ConcernTriaged"):
        evolve(None, ConcernLinkedToProblem(problem_id=PROBLEM), NOW)
    with pytest.raises(TypeError, match="PlaceRetired"):
        evolve(linked(), PlaceRetired(reason="MERGED"), NOW)


def test_what_is_told_of_a_triage() -> None:
    [triaged, answer] = _events(case.put_out_of_scope(None, concern(0), "NOT_SAFETY"))
    assert triaged == ConcernTriaged(outcome=TriageOutcome.OUT_OF_SCOPE, reason="NOT_SAFETY")
    assert isinstance(answer, FeedbackGiven)
    assert answer.source_agency == "FIELD_WORKERS"


def _events(answer: Decision) -> list[object]:
    assert not isinstance(answer, Refusal), answer
    return list(answer)


def _code(answer: Decision) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code
