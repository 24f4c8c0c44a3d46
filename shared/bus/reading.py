"""What the router and the watch need to know of whoever reads a topic, and what readers share."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from shared.bus.codec import Records
from shared.bus.retry import own_cancellation_only

COMMIT_SECONDS = 2.0
Consumer = Any  # aiokafka.AIOKafkaConsumer, which has no types


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
        """The group gave this process its partitions (perhaps none), and it has taken them."""
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


def seek(consumer: Consumer, tp: TopicPartition, offset: int) -> None:
    """Read this partition from there, if it is still ours."""
    with suppress(IllegalStateError):
        consumer.seek(tp, offset)


@contextmanager
def quiet(consumer: Consumer, parts: Sequence[TopicPartition]) -> Iterator[None]:
    """Poll nothing of these partitions within the block."""
    consumer.pause(*parts)
    try:
        yield
    finally:
        with suppress(IllegalStateError):  # taken away meanwhile
            consumer.resume(*parts)


async def commit(consumer: Consumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Tell Kafka what is done; the next commit makes up for one that fails or takes long."""
    with suppress(Exception):  # also what aiokafka does not foresee when a connection is cut
        async with asyncio.timeout(COMMIT_SECONDS):  # aiokafka itself would try for ever
            with own_cancellation_only():
                await consumer.commit(dict(offsets))
