from datetime import UTC, datetime, timedelta, timezone

from shared.telemetry.clock import DemoClock, SystemClock, reset_request_now, set_request_now

JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_demo_clock_without_a_tick_tells_the_machines_time() -> None:
    assert abs(DemoClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_demo_clock_keeps_the_last_tick_and_never_goes_back() -> None:
    clock = DemoClock()
    clock.tick(JUNE)
    clock.tick(JUNE - timedelta(days=1))
    assert clock.now() == JUNE


def test_a_requests_time_wins_over_the_tick_and_is_told_in_utc() -> None:
    clock = DemoClock()
    clock.tick(JUNE)
    token = set_request_now(datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 6, 30, 22, tzinfo=UTC)
    reset_request_now(token)
    assert clock.now() == JUNE


def test_no_request_time_leaves_the_tick() -> None:
    clock = DemoClock()
    clock.tick(JUNE)
    token = set_request_now(None)
    assert clock.now() == JUNE
    reset_request_now(token)
