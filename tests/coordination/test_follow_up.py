"""Did it help? Which days are counted, and what two counts say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coordination.domain.days import start_of
from services.coordination.domain.follow_up import (
    Compared,
    Counts,
    Window,
    compared,
    displacement,
    follow_up_due,
    suggested_effect,
    window_before,
)
from shared.contracts.codes import DisplacementResult, Effect

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
DONE = date(2026, 5, 7)
STARTED = date(2026, 4, 30)
LONGEST = 28
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def windows(followed_up_on: date, *, started_on: date = STARTED, done: date = DONE) -> Compared:
    found = compared(
        started_on=started_on, completed_on=done, followed_up_on=followed_up_on, longest=LONGEST
    )
    assert found is not None
    return found


def days_of(window: Window) -> set[date]:
    return {window.begins + timedelta(days=number) for number in range(window.days)}


# the days


@given(DAYS, st.integers(1, 400))
def test_the_days_before_a_day_are_as_many_as_asked_for_and_end_there(day: date, days: int) -> None:
    window = window_before(day, days)
    assert (window.days, window.ends) == (days, day)


def test_a_short_gap_counts_its_own_whole_days_against_as_many_before_the_start() -> None:
    found = windows(date(2026, 5, 15))
    assert found.after == Window(begins=date(2026, 5, 8), ends=date(2026, 5, 15))
    assert found.before == Window(begins=date(2026, 4, 23), ends=STARTED)


def test_a_gap_just_long_enough_counts_from_the_day_after_the_completion() -> None:
    found = windows(date(2026, 6, 5))
    assert found.after == Window(begins=date(2026, 5, 8), ends=date(2026, 6, 5))
    assert found.after.days == found.before.days == LONGEST


def test_a_long_gap_counts_the_last_days_and_no_more_than_the_baseline_has() -> None:
    found = windows(date(2026, 8, 1))
    assert found.after == Window(begins=date(2026, 7, 4), ends=date(2026, 8, 1))
    assert found.before == Window(begins=date(2026, 4, 2), ends=STARTED)


@pytest.mark.parametrize("days", [-3, 0, 1])
def test_without_a_whole_day_in_between_there_is_nothing_to_compare(days: int) -> None:
    followed_up_on = DONE + timedelta(days=days)
    nothing = compared(
        started_on=STARTED, completed_on=DONE, followed_up_on=followed_up_on, longest=LONGEST
    )
    assert nothing is None


def test_one_whole_day_is_enough() -> None:
    found = windows(DONE + timedelta(days=2))
    assert days_of(found.after) == {DONE + timedelta(days=1)}
    assert days_of(found.before) == {STARTED - timedelta(days=1)}


def test_what_was_done_before_it_was_said_to_begin_began_when_it_was_done() -> None:
    found = windows(date(2026, 5, 15), started_on=date(2026, 5, 12))
    assert found.before.ends == DONE


@given(DAYS, st.integers(-40, 400), st.integers(2, 400))
def test_the_windows_are_equal_disjoint_and_on_their_own_side(
    done: date, worked: int, gap: int
) -> None:
    started, followed_up_on = done - timedelta(days=worked), done + timedelta(days=gap)
    found = windows(followed_up_on, started_on=started, done=done)
    assert found.before.days == found.after.days == min(gap - 1, LONGEST)
    assert not days_of(found.before) & days_of(found.after)
    assert found.before.ends <= min(started, done)
    assert done < found.after.begins
    assert found.after.ends == followed_up_on


@pytest.mark.parametrize(
    ("followed_up_on", "hours"),
    [(date(2026, 4, 2), -1), (date(2026, 10, 28), 1), (date(2026, 6, 10), 0)],
)
def test_days_are_whole_also_when_the_clocks_change(followed_up_on: date, hours: int) -> None:
    after = windows(followed_up_on, done=followed_up_on - timedelta(days=8)).after
    assert after.days == 7
    lasted = start_of(after.ends) - start_of(after.begins)
    assert lasted == timedelta(days=7, hours=hours)


def test_a_follow_up_is_due_after_its_days_and_never_in_the_past() -> None:
    done = date(2026, 5, 1)
    assert follow_up_due(done, NOW, 10) == NOW.date()
    assert follow_up_due(done, NOW, 60) == date(2026, 6, 30)


# what the counts say


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (0, 0, Effect.UNKNOWN),
        (0, 1, Effect.UNCHANGED),
        (1, 0, Effect.UNCHANGED),
        (0, 2, Effect.WORSE),
        (2, 0, Effect.IMPROVED),
        (3, 3, Effect.UNCHANGED),
        (3, 1, Effect.UNCHANGED),
        (4, 1, Effect.IMPROVED),
        (8, 5, Effect.UNCHANGED),
        (8, 4, Effect.IMPROVED),
        (4, 8, Effect.WORSE),
        (100, 90, Effect.UNCHANGED),
        (100, 80, Effect.IMPROVED),
    ],
)
def test_a_difference_counts_when_it_is_larger_than_chance(
    before: int, after: int, effect: Effect
) -> None:
    assert suggested_effect(Counts(before=before, after=after)) is effect


@given(st.integers(0, 500), st.integers(0, 500))
def test_better_one_way_is_worse_the_other_way(one: int, other: int) -> None:
    mirrored = {Effect.IMPROVED: Effect.WORSE, Effect.WORSE: Effect.IMPROVED}
    there = suggested_effect(Counts(before=one, after=other))
    back = suggested_effect(Counts(before=other, after=one))
    assert back is mirrored.get(there, there)


@pytest.mark.parametrize(
    ("here", "there", "result"),
    [
        ((0, 0), (0, 0), DisplacementResult.UNKNOWN),
        ((8, 2), (3, 3), DisplacementResult.NOT_DISPLACED),
        ((8, 2), (3, 2), DisplacementResult.NOT_DISPLACED),
        ((8, 2), (8, 1), DisplacementResult.NOT_DISPLACED),
        ((8, 2), (1, 3), DisplacementResult.NOT_DISPLACED),
        ((8, 2), (1, 4), DisplacementResult.PARTLY_DISPLACED),
        ((8, 2), (1, 7), DisplacementResult.DISPLACED),
        ((2, 8), (1, 7), DisplacementResult.PARTLY_DISPLACED),
    ],
)
def test_whether_what_fell_here_rose_there(
    here: tuple[int, int], there: tuple[int, int], result: DisplacementResult
) -> None:
    first = Counts(before=here[0], after=here[1])
    assert displacement(first, Counts(before=there[0], after=there[1])) is result
