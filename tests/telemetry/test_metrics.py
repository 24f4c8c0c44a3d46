import pytest

from shared.telemetry.metrics import Metrics


def test_the_same_name_gives_the_same_metric() -> None:
    metrics = Metrics("trial")
    metrics.counter("events", "Events.", ("topic",)).labels("a").inc()
    metrics.counter("events", "Events.", ("topic",)).labels("a").inc()
    assert b'samlad_trial_events_total{topic="a"} 2.0' in metrics.render()


def test_two_apps_in_one_process_do_not_share() -> None:
    one, other = Metrics("trial"), Metrics("trial")
    one.gauge("lag", "Lag.").set(3)
    other.gauge("lag", "Lag.").set(4)
    assert b"samlad_trial_lag 3.0" in one.render()


def test_durations_are_in_buckets() -> None:
    metrics = Metrics("trial")
    metrics.histogram("seconds", "Time.").observe(0.003)
    assert b'samlad_trial_seconds_bucket{le="0.005"} 1.0' in metrics.render()


def test_a_name_is_of_one_kind() -> None:
    metrics = Metrics("trial")
    metrics.gauge("lag", "Lag.")
    with pytest.raises(TypeError):
        metrics.counter("lag", "Lag.")
