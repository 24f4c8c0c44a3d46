"""Which records may be applied: exactly those that continue what has been."""

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.codec import Poison, Thing
from shared.bus.positions import Held, Verdict, judge, portion
from shared.store.fences import Fence
from tests.bus.test_codec import FakeRecord


def _held(next_: int, *, sought: bool = False, since: int = 1) -> Held:
    return Held(Fence("f", next_, "i", b"o"), since=since, next=next_, sought=sought)


def _things(*offsets: int) -> list[Thing]:
    return [Poison(FakeRecord(None, None, [], offset=offset), "X") for offset in offsets]


def test_a_batch_that_starts_at_the_fence_is_applied() -> None:
    assert judge(_held(5), _things(5, 6), 1) is Verdict.APPLY


def test_a_batch_that_starts_later_was_preceded_by_a_skipped_one() -> None:
    assert judge(_held(5), _things(6), 1) is Verdict.SKIPPED


def test_after_a_read_from_the_fence_a_later_start_is_the_logs_own_gap() -> None:
    held = _held(5, sought=True)
    assert judge(held, _things(9, 10), 1) is Verdict.APPLY
    assert portion(held, _things(9, 10)).gap == 4


def test_what_is_applied_already_is_dropped() -> None:
    part = portion(_held(5), _things(3, 4, 5, 7))
    assert [thing.record.offset for thing in part.things] == [5, 7]
    assert (part.next, part.dropped, part.gap) == (8, 2, 0)


def test_a_batch_that_is_applied_already_as_a_whole_is_not_passed_silently() -> None:
    assert judge(_held(5), _things(3, 4), 1) is Verdict.BEHIND


def test_without_a_fence_nothing_is_applied() -> None:
    assert judge(None, _things(0), 1) is Verdict.NOT_HELD


def test_what_was_polled_before_the_fence_was_taken_waits_for_its_second_coming() -> None:
    assert judge(_held(5, since=2), _things(5), 1) is Verdict.STALE


@given(start=st.integers(0, 50), length=st.integers(1, 30), fence=st.integers(0, 80))
def test_nothing_below_the_fence_is_applied_and_nothing_above_is_left_out(
    start: int, length: int, fence: int
) -> None:
    held, things = _held(fence), _things(*range(start, start + length))
    if judge(held, things, 1) is Verdict.APPLY:
        part = portion(held, things)
        assert [thing.record.offset for thing in part.things] == list(range(fence, start + length))
