"""What the bus counts and tells, by closed labels only."""

from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry.metrics import Metrics


class Meters:
    """The metrics of one service's consumers; `reader` is a consumer group's last two parts."""

    def __init__(self, metrics: Metrics) -> None:
        self.events: Counter = metrics.counter(
            "bus_events", "Events by outcome", ("reader", "outcome")
        )
        self.anomalies: Counter = metrics.counter(
            "bus_anomalies", "Things that should not happen, by code", ("reader", "code")
        )
        self.batches: Histogram = metrics.histogram(
            "bus_batch_seconds", "Time from a poll to its commit", ("reader",)
        )
        self.failures: Counter = metrics.counter(
            "bus_batch_failures", "Batches that were put back", ("reader", "code")
        )
        self.next: Gauge = metrics.gauge(
            "bus_next_offset", "Next offset to apply", ("reader", "partition")
        )
        self.stalled: Gauge = metrics.gauge("bus_stalled", "1 while a consumer stalls", ("reader",))
