"""What may be done with an assignment, and that none is ever left without a way on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from services.coordination.domain import assignment
from services.coordination.domain.assignment import (
    ENDED,
    POSSIBLE,
    Assignment,
    Patience,
    Proposal,
    Story,
    evolve,
)
from services.coordination.domain.decision import Decision
from services.coordination.domain.follow_up import Baseline, Compared, Measured
from shared.contracts.assignments import (
    AssignmentAssigned,
    AssignmentClosed,
    AssignmentDueDateChanged,
    AssignmentProposed,
    AssignmentRedirected,
    AssignmentStarted,
)
from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import AssignmentState as S
from shared.contracts.codes import DisplacementResult, Effect, EscalationKind
from shared.contracts.district import District
from shared.contracts.envelope import Event
from shared.contracts.est import FollowUpRecorded, FollowUpScheduled
from shared.contracts.places import PlaceRetired
from shared.contracts.refusal import Refusal

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=35)
TODAY = date(2026, 6, 10)
DUE = date(2026, 6, 24)
PROBLEM = "5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11"
ID = "0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21"
BASELINE = Baseline(begins=date(2026, 5, 13), ends=TODAY, count=4)
PATIENCE = Patience(unaccepted=(3, 7), overdue=(1, 7, 14))


def proposal(**changes: object) -> Proposal:
    fields: dict[str, object] = {
        "problem_id": PROBLEM,
        "place_id": "PL-HORN",
        "category": "ENV.LITTER",
        "cause_no": 1,
        "quick_fix": False,
        "measure": "BINS",
        "owner": "TRAFFIC_OFFICE",
        "due": DUE,
    }
    return Proposal.model_validate(fields | changes)


def measured(effect: Effect = Effect.IMPROVED, at: str | None = None) -> Measured:
    result = DisplacementResult.NOT_DISPLACED if at else None
    return Measured(
        effect=effect,
        baseline_count=4,
        after_count=1,
        window_days=28,
        displacement_place_id=at,
        displacement_result=result,
    )


def after(state: Assignment | None, decision: Decision, at: datetime = NOW) -> Assignment:
    assert not isinstance(decision, Refusal), decision
    for event in decision:
        state = evolve(state, event, at)
    assert state is not None
    return state


def assigned() -> Assignment:
    return after(None, assignment.propose(proposal(), NOW))


def commands(state: Assignment) -> dict[str, Callable[[], Decision]]:
    """Return every command, ready to be given."""
    tomorrow = TODAY + timedelta(days=1)
    return {
        "accept": lambda: assignment.accept(state),
        "decline": lambda: assignment.decline(state, "NOT_OUR_CONTROL", "PORT"),
        "redirect": lambda: assignment.redirect(state, "PORT"),
        "start": lambda: assignment.start(state, BASELINE),
        "block": lambda: assignment.block(state, "WEATHER"),
        "unblock": lambda: assignment.unblock(state),
        "complete": lambda: assignment.complete(state, TODAY, BASELINE, NOW),
        "verify": lambda: assignment.verify(state, NOW, 35),
        "follow-up": lambda: assignment.record_follow_up(state, measured(), LATER),
        "close": lambda: assignment.close(state, Story(id=ID, cause=None), None, NOW),
        "cancel": lambda: assignment.cancel(state, "MISTAKE"),
        "reopen": lambda: assignment.reopen(state, "NOT_DONE"),
        "change-due-date": lambda: assignment.change_due_date(state, tomorrow, "WEATHER", NOW),
    }


def answers(state: Assignment) -> dict[str, Decision]:
    """Return what every command would be answered."""
    return {name: command() for name, command in commands(state).items()}


def in_state(wanted: S) -> Assignment:
    done_on = TODAY if wanted in {S.COMPLETED, S.VERIFIED, S.CLOSED} else None
    return assigned().model_copy(update={"state": wanted, "completed_on": done_on})


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("command", list(POSSIBLE))
def test_a_command_is_carried_out_where_it_is_possible_and_refused_elsewhere(
    state: S, command: str
) -> None:
    of = in_state(state)
    if command == "close":
        of = of.model_copy(update={"follow_up": measured()})
    answer = commands(of)[command]()
    if state in POSSIBLE[command]:
        assert not isinstance(answer, Refusal)
        assert answer
    else:
        assert isinstance(answer, Refusal)
        assert answer.code == "WRONG_STATE"
        assert answer.sv
        assert answer.en


@pytest.mark.parametrize("state", sorted(set(S) - ENDED - {S.PROPOSED, S.REDIRECTED}))
def test_every_state_that_is_not_an_end_leads_onwards(state: S) -> None:
    of = in_state(state).model_copy(update={"follow_up": measured()})
    assert any(not isinstance(answer, Refusal) for answer in answers(of).values())


def test_a_proposal_is_assigned_at_once() -> None:
    events = assignment.propose(proposal(), NOW)
    assert [type(event) for event in _events(events)] == [AssignmentProposed, AssignmentAssigned]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cause_no": None}, "CAUSE_OR_QUICK_FIX"),
        ({"quick_fix": True}, "CAUSE_OR_QUICK_FIX"),
        ({"due": date(2026, 6, 9)}, "DUE_PASSED"),
    ],
)
def test_a_measure_needs_a_cause_or_the_flag_and_a_day_ahead(
    changes: dict[str, object], code: str
) -> None:
    assert _refused(assignment.propose(proposal(**changes), NOW)) == code


def test_a_decline_names_somebody_else_and_leads_to_them() -> None:
    state = assigned()
    assert _refused(assignment.decline(state, "NO_RESOURCES", state.owner)) == "SAME_OWNER"
    declined = after(state, assignment.decline(state, "NOT_OUR_CONTROL", "PORT"))
    assert declined.suggested_owner == "PORT"
    assert _refused(assignment.redirect(declined, declined.owner)) == "SAME_OWNER"
    events = assignment.redirect(declined, "PORT")
    assert [type(event) for event in _events(events)] == [AssignmentRedirected, AssignmentAssigned]
    redirected = after(declined, events)
    assert (redirected.state, redirected.owner, redirected.redirected) == (S.ASSIGNED, "PORT", True)
    assert redirected.suggested_owner is None


def test_a_small_thing_is_started_and_done_in_one() -> None:
    accepted = after(assigned(), assignment.accept(assigned()))
    events = _events(assignment.complete(accepted, TODAY, BASELINE, NOW))
    assert isinstance(events[0], AssignmentStarted)
    done = after(accepted, events)
    assert (done.state, done.baseline, done.started_on) == (S.COMPLETED, BASELINE, TODAY)


def test_nothing_is_done_tomorrow() -> None:
    state = in_state(S.IN_PROGRESS)
    tomorrow = TODAY + timedelta(days=1)
    assert _refused(assignment.complete(state, tomorrow, BASELINE, NOW)) == "DONE_IN_FUTURE"


def test_verifying_plans_a_follow_up_that_is_never_in_the_past() -> None:
    done = in_state(S.COMPLETED)
    assert _events(assignment.verify(done, NOW, 35))[1] == FollowUpScheduled(
        due=TODAY + timedelta(days=35)
    )
    verified = after(done, assignment.verify(done, NOW, 35))
    assert (verified.state, verified.follow_up_due) == (S.VERIFIED, TODAY + timedelta(days=35))
    late = NOW + timedelta(days=90)
    assert _events(assignment.verify(done, late, 35))[1] == FollowUpScheduled(due=late.date())


def test_nothing_closes_without_a_follow_up() -> None:
    state = in_state(S.VERIFIED)
    assert _refused(_close(state)) == "NO_FOLLOW_UP"
    followed = after(state, assignment.record_follow_up(state, measured(), LATER))
    assert _refused(_close(followed, Effect.WORSE)) == "OTHER_EFFECT"
    closed = after(followed, _close(followed, Effect.IMPROVED))
    assert (closed.state, closed.effect, closed.is_open) == (S.CLOSED, Effect.IMPROVED, False)


def test_a_closed_measure_tells_its_whole_story() -> None:
    state = in_state(S.VERIFIED).model_copy(update={"baseline": BASELINE})
    found = measured(at="PL-KRIS")
    followed = after(state, assignment.record_follow_up(state, found, LATER))
    closed, story = _events(_close(followed, None, "NO_BINS_OR_TOILETS"))
    assert closed == AssignmentClosed(effect=Effect.IMPROVED)
    assert isinstance(story, ActionClosed)
    assert story.cause == "NO_BINS_OR_TOILETS"
    assert (story.baseline_count, story.after_count, story.window_days) == (4, 1, 28)
    assert (story.displacement_checked, story.displacement_place_id) == (True, "PL-KRIS")
    assert (story.custodian, story.completed_on, story.closed_on) == (
        "TRAFFIC_OFFICE",
        TODAY,
        TODAY,
    )


def test_the_counts_have_their_own_opinion() -> None:
    assert measured(Effect.WORSE).counted_effect is Effect.IMPROVED


def test_displaced_says_where_to_and_never_to_the_same_place() -> None:
    state = in_state(S.VERIFIED)
    displaced = measured(Effect.DISPLACED)
    assert _refused(assignment.record_follow_up(state, displaced, LATER)) == "WHERE_DISPLACED"
    at_home = measured(Effect.IMPROVED, at="PL-HORN")
    assert _refused(assignment.record_follow_up(state, at_home, LATER)) == "WHERE_DISPLACED"
    elsewhere = measured(Effect.DISPLACED, at="PL-KRIS")
    [found] = _events(assignment.record_follow_up(state, elsewhere, LATER))
    assert isinstance(found, FollowUpRecorded)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_follow_up_waits_for_a_whole_day_after_the_completion(days: int) -> None:
    state = in_state(S.VERIFIED)
    refused = assignment.record_follow_up(state, measured(), NOW + timedelta(days=days))
    assert _refused(refused) == "FOLLOW_UP_TOO_SOON"
    assert isinstance(refused, Refusal)
    assert refused.sv != refused.en


def test_a_follow_up_before_it_is_due_is_one_made_early() -> None:
    done = in_state(S.COMPLETED)
    state = after(done, assignment.verify(done, NOW, 35))
    assert not state.followed_up_early
    early = NOW + timedelta(days=34)
    assert after(state, _followed(state, early), early).followed_up_early
    assert not after(state, _followed(state, LATER), LATER).followed_up_early


def test_what_is_compared_starts_from_the_first_start_or_else_from_the_completion() -> None:
    started = in_state(S.VERIFIED).model_copy(update={"started_on": TODAY - timedelta(days=5)})
    windows = assignment.to_compare(started, LATER, 28)
    assert isinstance(windows, Compared)
    assert windows.before.ends == TODAY - timedelta(days=5)
    unknown = assignment.to_compare(in_state(S.VERIFIED), LATER, 28)
    assert isinstance(unknown, Compared)
    assert unknown.before.ends == TODAY
    not_done = assignment.to_compare(in_state(S.IN_PROGRESS), LATER, 28)
    assert isinstance(not_done, Refusal)
    assert not_done.code == "WRONG_STATE"


def test_a_due_date_moves_forward_with_a_reason_and_the_same_day_is_nothing_new() -> None:
    state = assigned()
    yesterday = TODAY - timedelta(days=1)
    assert _refused(assignment.change_due_date(state, yesterday, "WEATHER", NOW)) == "DUE_PASSED"
    assert assignment.change_due_date(state, DUE, "WEATHER", NOW) == ()
    events = _events(assignment.change_due_date(state, TODAY, "WEATHER", NOW))
    assert events == (AssignmentDueDateChanged(old=DUE, new=TODAY, reason="WEATHER"),)
    assert after(state, events).due == TODAY


def test_a_reopened_one_forgets_that_it_was_done_but_not_its_baseline() -> None:
    done = in_state(S.COMPLETED).model_copy(update={"baseline": BASELINE, "started_on": TODAY})
    again = after(done, assignment.reopen(done, "NOT_DONE"))
    assert (again.state, again.completed_on, again.baseline) == (S.REOPENED, None, BASELINE)
    later = NOW + timedelta(days=3)
    assert after(again, assignment.start(again, BASELINE), later).started_on == TODAY


def test_silence_and_lateness_are_raised_once_per_level() -> None:
    state = assigned()
    assert assignment.escalate(state, NOW + timedelta(days=2), PATIENCE) == ()
    third_day = NOW + timedelta(days=3)
    raised = assignment.escalate(state, third_day, PATIENCE)
    assert [(one.kind, one.level, one.days) for one in raised] == [
        (EscalationKind.UNACCEPTED, 1, 3)
    ]
    assert assignment.is_unaccepted(state, third_day, PATIENCE)
    state = after(state, raised)
    assert assignment.escalate(state, third_day, PATIENCE) == ()
    long_after = NOW + timedelta(days=40)
    raised = assignment.escalate(state, long_after, PATIENCE)
    assert [(one.kind, one.level) for one in raised] == [
        (EscalationKind.UNACCEPTED, 2),
        (EscalationKind.OVERDUE, 3),
    ]
    state = after(state, raised)
    assert assignment.escalate(state, long_after, PATIENCE) == ()


def test_a_new_owner_and_a_new_day_are_reminded_anew() -> None:
    long_after = NOW + timedelta(days=40)
    state = after(assigned(), assignment.escalate(assigned(), long_after, PATIENCE))
    moved = after(state, assignment.redirect(state, "PORT"), long_after)
    assert {one.kind for one in moved.raised} == {EscalationKind.OVERDUE}
    again = long_after.date() + timedelta(days=10)
    postponed = assignment.change_due_date(moved, again, "WEATHER", long_after)
    assert after(moved, postponed).raised == ()


def test_a_hindered_one_goes_on_when_the_hindrance_is_gone() -> None:
    working = in_state(S.IN_PROGRESS)
    hindered = after(working, assignment.block(working, "WEATHER"))
    assert hindered.state is S.BLOCKED
    assert after(hindered, assignment.unblock(hindered)) == working


def test_the_district_decides_how_long_it_waits() -> None:
    district = District.load()
    assert Patience.of(district).overdue == district.escalation_overdue_days


def test_what_is_done_is_neither_late_nor_silent() -> None:
    done = in_state(S.COMPLETED)
    much_later = NOW + timedelta(days=400)
    assert not assignment.is_overdue(done, much_later)
    assert not assignment.is_unaccepted(done, much_later, PATIENCE)
    assert assignment.escalate(done, much_later, PATIENCE) == ()
    assert assignment.is_overdue(assigned(), NOW + timedelta(days=15))
    assert not assignment.is_overdue(assigned(), NOW + timedelta(days=14))


def test_an_assignment_begins_with_its_proposal_and_ignores_what_is_not_about_it() -> None:
    with pytest.raises(ValueError, match="AssignmentProposed"):
        evolve(None, AssignmentAssigned(owner="PORT", due=DUE), NOW)
    assert evolve(assigned(), PlaceRetired(reason="MERGED"), NOW) == assigned()


@given(st.lists(st.sampled_from(sorted(POSSIBLE)), max_size=40))
@settings(max_examples=50, deadline=None)
def test_whatever_is_tried_a_closed_one_was_followed_up(tried: list[str]) -> None:
    state = assigned()
    for command in tried:
        answer = commands(state)[command]()
        if not isinstance(answer, Refusal):
            state = after(state, answer)
    if state.state is S.CLOSED:
        assert state.follow_up is not None
        assert state.baseline is not None


class Life(RuleBasedStateMachine):
    """An assignment whose owner and coordinator do anything at all, in any order."""

    state: Assignment
    history: list[Event]

    @initialize()
    def begins(self) -> None:
        self.history = []
        self._carry_out(assignment.propose(proposal(), NOW), None)

    @rule(command=st.sampled_from(sorted(POSSIBLE)))
    def tries(self, command: str) -> None:
        answer = commands(self.state)[command]()
        if not isinstance(answer, Refusal):
            self._carry_out(answer, self.state)

    @invariant()
    def has_one_owner_and_a_day(self) -> None:
        assert self.state.owner
        assert self.state.due

    @invariant()
    def is_at_an_end_or_leads_onwards(self) -> None:
        ways = [one for one in answers(self.state).values() if not isinstance(one, Refusal)]
        assert (self.state.state in ENDED) == (not ways)

    @invariant()
    def closed_only_after_a_follow_up(self) -> None:
        kinds = [type(event) for event in self.history]
        if AssignmentClosed in kinds:
            assert FollowUpRecorded in kinds[: kinds.index(AssignmentClosed)]

    @invariant()
    def a_decline_can_be_redirected(self) -> None:
        if self.state.state is S.DECLINED:
            assert self.state.suggested_owner
            answer = assignment.redirect(self.state, self.state.suggested_owner)
            assert not isinstance(answer, Refusal)

    def _carry_out(self, answer: Decision, state: Assignment | None) -> None:
        self.history += _events(answer)
        self.state = after(state, answer)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def _close(state: Assignment, effect: Effect | None = None, cause: str | None = None) -> Decision:
    return assignment.close(state, Story(id=ID, cause=cause), effect, NOW)


def _events(answer: Decision) -> tuple[Event, ...]:
    assert not isinstance(answer, Refusal), answer
    return answer


def _followed(state: Assignment, at: datetime) -> Decision:
    return assignment.record_follow_up(state, measured(), at)


def _refused(answer: Decision) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code
