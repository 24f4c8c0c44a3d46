"""What the router and the watch need to know of whoever reads a topic."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.bus.codec import Records
from shared.bus.meters import Meters
from shared.store.client import Client, Database

Consumer = Any  # aiokafka.AIOKafkaConsumer, which has no types


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a service's readers work: its database, its brokers, its metrics."""

    client: Client
    database: Database
    bootstrap: list[str]
    meters: Meters


class Reader(Protocol):
    """A projector or a reactor: takes polls, and is told which partitions are its own."""

    async def take(self, records: Records, consumer: Consumer) -> None:
        """Deal with one poll; puts the consumer back where it must read again."""

    async def gained(self, partitions: Iterable[int], consumer: Consumer) -> None:
        """These partitions are ours from now on; all that were before have been lost."""

    async def losing(self) -> None:
        """All partitions are about to be taken away: finish what is in flight."""

    async def close(self) -> None:
        """Let go of whatever is held."""


@dataclass(slots=True)
class Pulse:
    """When a reading last showed signs of life, on the monotonic clock."""

    beat: float = field(default_factory=time.monotonic)
    joining: float | None = field(default_factory=time.monotonic)

    def assigned(self) -> None:
        """The group gave this process its partitions (perhaps none)."""
        self.joining = None
        self.beat = time.monotonic()

    def revoked(self) -> None:
        """The group takes the partitions away and deals them anew."""
        self.joining = time.monotonic()

    def worked(self) -> None:
        """A batch begins or ends; waiting out an outage counts as work."""
        self.beat = time.monotonic()

    def excused(self) -> None:
        """Kafka is away: silence counts from now."""
        self.beat = time.monotonic()
        if self.joining is not None:
            self.joining = self.beat


@dataclass(frozen=True, slots=True)
class Reading:
    """One consumer group's reading of one topic by one reader."""

    topic: str
    group: str
    reader: Reader
    pulse: Pulse = field(default_factory=Pulse)
