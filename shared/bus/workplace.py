"""Where a service's readers work, and how they tell what happens there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shared.bus.dead_letters import DeadLetter
from shared.bus.folding import Folded
from shared.bus.meters import Meters
from shared.bus.positions import Portion
from shared.store.client import Client, Database
from shared.telemetry import log

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A service's database, brokers and metrics."""

    client: Client
    database: Database
    bootstrap: list[str]
    meters: Meters

    def failed(self, group: str, event: str, error: Exception) -> None:
        """Something went wrong and is tried again."""
        code = str(getattr(error, "code", type(error).__name__))
        self.meters.failures.labels(group, code).inc()
        _log.warning(event, group=group, code=code, exc_info=error)

    def tell(self, group: str, code: str, partition: int, *, n: int = 1) -> None:
        """Something happened that should not: a person may have to look."""
        self.meters.anomalies.labels(group, code).inc(n)
        _log.warning(code, group=group, partition=partition, count=n)

    def count(self, group: str, outcome: str, n: int) -> None:
        """So many events have ended this way."""
        if n:
            self.meters.events.labels(group, outcome).inc(n)

    def told(
        self,
        group: str,
        portions: Sequence[Portion],
        folded: Sequence[Folded],
        letters: Sequence[DeadLetter],
    ) -> None:
        """A batch has been applied: count it and tell of what it found."""
        for part in portions:
            self.meters.next.labels(group, str(part.partition)).set(part.next)
            if part.gap:
                self.tell(group, "LOG_GAP", part.partition, n=part.gap)
        self.count(group, "overlap", sum(part.dropped for part in portions))
        self.count(group, "applied", sum(each.applied for each in folded))
        self.count(group, "duplicate", sum(each.duplicates for each in folded))
        self.count(group, "dead", len(letters))
        holes = Counter(hole.partition for each in folded for hole in each.holes)
        for partition, n in holes.items():
            self.count(group, "parked", n)
            self.tell(group, "KEY_PARKED", partition, n=n)
        for (partition, reason), n in Counter(
            (letter.record.partition, letter.reason) for letter in letters
        ).items():
            self.tell(group, reason, partition, n=n)
