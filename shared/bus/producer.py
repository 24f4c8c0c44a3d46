"""Publishing with an answer: what Kafka has acknowledged, and what is not known.

Rows of one partition go in whole record batches, one after the other: a batch stands or falls as
one, and the next leaves only when the one before it is acknowledged. So no event can overtake an
earlier one of its aggregate, whatever fails.

An idempotent aiokafka producer retries for ever and cannot recover from a lost epoch. After
`seconds` without an acknowledgement the outcome counts as unknown, the producer is thrown away
and the next call makes a new one; what was sent twice carries the same id and sequence.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus.partitioning import partition_of

ACKNOWLEDGED_WITHIN: Final = 5.0
TOPIC_WITHIN: Final = 1.0
DISCARD_WITHIN: Final = 1.0
BATCH_BYTES: Final = 512 * 1024  # a broker takes a megabyte unless told otherwise


class Row(Protocol):
    """What can be published."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def key(self) -> bytes:
        """The record's key, which decides its partition."""

    @property
    def value(self) -> bytes:
        """The record's value."""

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The record's headers."""


R = TypeVar("R", bound=Row)
Lane = tuple[str, int]


class KafkaAway(Exception):  # noqa: N818 - a state of the world the caller waits out
    """No acknowledgement can be had now; `code` is content-free."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Outcome(Generic[R]):
    """The rows known to be on their topics, and why the others are not."""

    acked: list[R] = field(default_factory=list)
    errors: set[str] = field(default_factory=set)


class Producer:
    """Publishes rows for one service; starts, fails and starts again by itself."""

    def __init__(
        self, bootstrap: Sequence[str], *, client_id: str, seconds: float = ACKNOWLEDGED_WITHIN
    ) -> None:
        self._bootstrap = list(bootstrap)
        self._client_id = client_id
        self._seconds = seconds
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def publish(self, rows: Sequence[R]) -> Outcome[R]:
        """Send all rows, each aggregate's in the order given; takes at most some seconds.

        Raises KafkaAway when no producer can be started.
        """
        producer = await self._started()
        outcome: Outcome[R] = Outcome()
        lanes = await self._lanes(producer, rows, outcome)
        if not lanes:
            return outcome
        sending = [
            asyncio.create_task(_send_lane(producer, lane, waiting, outcome))
            for lane, waiting in lanes.items()
        ]
        try:
            _, late = await asyncio.wait(sending, timeout=self._seconds)
        finally:
            for task in sending:
                task.cancel()  # those done do not notice
        if late:
            outcome.errors.add("NOT_ACKNOWLEDGED")
        if late or any(task.result() for task in sending):
            await self._throw_away(producer)
        return outcome

    async def stop(self) -> None:
        """Send what is under way, bounded, and close."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(producer.flush(), DISCARD_WITHIN)
            await _close(producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._start()
            return self._producer

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=int(self._seconds * 1000),
        )
        try:
            await asyncio.wait_for(producer.start(), self._seconds)
        except (KafkaError, OSError, TimeoutError) as error:
            await _close(producer)
            raise KafkaAway(type(error).__name__) from error
        except BaseException:
            await _close(producer)
            raise
        return producer

    async def _throw_away(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        await _close(producer)

    async def _lanes(
        self, producer: AIOKafkaProducer, rows: Sequence[R], outcome: Outcome[R]
    ) -> dict[Lane, list[R]]:
        """The rows by topic and partition; those of a topic nobody knows stay behind."""
        partitions: dict[str, int] = {}
        for topic in {row.topic for row in rows}:
            try:
                known = await asyncio.wait_for(producer.partitions_for(topic), TOPIC_WITHIN)
                partitions[topic] = len(known)
            except (KafkaError, TimeoutError):
                outcome.errors.add("UNKNOWN_TOPIC")
        lanes: dict[Lane, list[R]] = defaultdict(list)
        for row in rows:
            if row.topic in partitions:
                lanes[row.topic, partition_of(row.key, partitions[row.topic])].append(row)
        return lanes


async def _send_lane(
    producer: AIOKafkaProducer, lane: Lane, rows: Sequence[R], outcome: Outcome[R]
) -> bool:
    """Send one partition's rows batch by batch; True when one failed and the rest was left."""
    topic, partition = lane
    sent = 0
    while sent < len(rows):
        batch = producer.create_batch()
        end = sent
        while end < len(rows) and _appended(batch, rows[end]):
            end += 1
        batch.close()
        try:
            await (await producer.send_batch(batch, topic, partition=partition))
        except KafkaError as error:
            outcome.errors.add(type(error).__name__)
            return True
        outcome.acked.extend(rows[sent:end])
        sent = end
    return False


def _appended(batch: BatchBuilder, row: Row) -> bool:
    done = batch.append(timestamp=None, key=row.key, value=row.value, headers=row.headers)
    return done is not None


async def _close(producer: AIOKafkaProducer) -> None:
    """Close without waiting for what cannot be delivered: `stop` alone would flush for ever."""
    sender = producer._sender  # noqa: SLF001 - aiokafka has no public way to give up
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(sender.close(), DISCARD_WITHIN)
    producer._message_accumulator.fail_all(KafkaError("thrown away"))  # noqa: SLF001 - as above
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.stop(), DISCARD_WITHIN)
