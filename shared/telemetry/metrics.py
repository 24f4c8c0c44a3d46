"""Prometheus metrics with one registry per app, so that two apps can live in one process."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics import MetricWrapperBase

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

M = TypeVar("M", bound=MetricWrapperBase)


class Metrics:
    """The metrics of one service; every name is prefixed `samlad_<service>_`.

    Asking for the same name again gives the same metric. Label values must come from closed
    sets (routes, topics, partitions, codes), never from what somebody sent.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self._metrics: dict[str, MetricWrapperBase] = {}
        ProcessCollector(registry=self.registry)

    def counter(self, name: str, help_text: str, labels: Sequence[str] = ()) -> Counter:
        """A number that only grows; Prometheus shows it with `_total`."""
        return self._known(
            Counter, name, lambda full: Counter(full, help_text, labels, registry=self.registry)
        )

    def gauge(self, name: str, help_text: str, labels: Sequence[str] = ()) -> Gauge:
        """A number that goes up and down."""
        return self._known(
            Gauge, name, lambda full: Gauge(full, help_text, labels, registry=self.registry)
        )

    def histogram(self, name: str, help_text: str, labels: Sequence[str] = ()) -> Histogram:
        """Durations in seconds, in buckets from a millisecond to ten seconds."""
        return self._known(
            Histogram,
            name,
            lambda full: Histogram(
                full, help_text, labels, buckets=SECONDS, registry=self.registry
            ),
        )

    def render(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self.registry)

    def _known(self, kind: type[M], name: str, make: Callable[[str], M]) -> M:
        full = f"samlad_{self.service}_{name}"
        known = self._metrics.get(full)
        if known is None:
            known = self._metrics[full] = make(full)
        if not isinstance(known, kind):
            raise TypeError(f"{full} is already a {type(known).__name__}")
        return known
