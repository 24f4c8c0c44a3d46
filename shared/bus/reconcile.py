"""Reconciling: does every topic lead its readers to everything the service has stored?

A reader that starts at the beginning of a topic takes the events of an aggregate by their
sequence. Walking the topic the same way tells how far such a reader comes for every aggregate;
what the log holds beyond that is published again, in order, behind what waits in the outbox. Topics
may have lost their end (restored from elsewhere) or everything (made again); both heal.
"""

import asyncio
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from shared.bus.partitioning import partition_of
from shared.bus.producer import KafkaAway, Producer
from shared.store.entries import Pending
from shared.store.outbox import Outbox
from shared.store.stream import Stream

PAGE: Final = 500
SILENCE_SECONDS: Final = 10.0
Polled = dict[TopicPartition, list["ConsumerRecord[bytes, bytes]"]]
Progress = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class TopicReport:
    """One stream's events on one topic, counted."""

    stream: str
    topic: str
    records: int
    """Records on the topic, repeats included."""
    aggregates: int
    """Aggregates of the stream with something published."""
    missing: int
    """Events a reader from the beginning would not come to."""
    published: int
    """Of these, how many have been published again."""
    beyond: int
    """Aggregates whose topic knows more than the store: the store lost something."""


class Reconciliation:
    """Compares the streams of one service with their topics and publishes what is missing."""

    def __init__(self, streams: Sequence[Stream], *, bootstrap: Sequence[str], client: str) -> None:
        self._outboxes = [Outbox(stream) for stream in streams]
        self._bootstrap = list(bootstrap)
        self._client = client

    async def run(
        self, *, dry_run: bool = False, progress: Progress = lambda _step, _topic, _count: None
    ) -> list[TopicReport]:
        """Compare every topic of every stream; publish what is missing unless it is a dry run.

        `progress` is called with a step (READ, COMPARE, PUBLISH), a topic and a count. Raises
        KafkaAway or Unavailable; to run it again goes on where it ended.
        """
        by_topic: dict[str, list[Outbox]] = defaultdict(list)
        for outbox in self._outboxes:
            for topic in await outbox.topics():
                by_topic[topic].append(outbox)
        producer = Producer(self._bootstrap, client_id=self._client)
        try:
            return [
                report
                for topic in sorted(by_topic)
                async for report in _reconcile(
                    _Comparison(topic, self._bootstrap, None if dry_run else producer, progress),
                    by_topic[topic],
                )
            ]
        finally:
            await producer.stop()


@dataclass(frozen=True, slots=True)
class _Comparison:
    topic: str
    bootstrap: list[str]
    producer: Producer | None
    progress: Progress


async def _reconcile(this: _Comparison, outboxes: Iterable[Outbox]) -> AsyncIterator[TopicReport]:
    reached = await _read(this)
    for outbox in outboxes:
        yield await _compare(this, outbox, reached)


async def _compare(this: _Comparison, outbox: Outbox, reached: "Reached") -> TopicReport:
    behind: dict[str, int] = {}
    aggregates = beyond = missing = published = 0
    async for aggregate, stored in outbox.published_up_to(this.topic):
        aggregates += 1
        there = reached.by(aggregate)
        if there is None:
            continue
        if there < stored:
            behind[aggregate] = there
            missing += stored - there
        beyond += there > stored
    this.progress("COMPARE", this.topic, aggregates)
    if this.producer is not None:
        for some in _pages(behind):
            published += await _publish(this.producer, await outbox.after(some, this.topic))
            this.progress("PUBLISH", this.topic, published)
    return TopicReport(
        stream=outbox.name,
        topic=this.topic,
        records=reached.records,
        aggregates=aggregates,
        missing=missing,
        published=published,
        beyond=beyond,
    )


class Reached:
    """How far a reader that goes by sequence comes on a topic, for every aggregate.

    In a partition whose beginning has expired the first record of an aggregate counts as its
    first, and an aggregate without any as expired.
    """

    def __init__(self, partitions: int = 1, shortened: Container[int] = ()) -> None:
        self.records = 0
        self._partitions = partitions
        self._shortened = shortened
        self._reached: dict[bytes, int] = {}

    def add(self, key: bytes, sequence: int) -> None:
        """The next record; only the one that continues the aggregate moves it on."""
        self.records += 1
        known = self._reached.get(key)
        if known is None and self._in_shortened(key):
            known = sequence - 1
        if sequence == (known or 0) + 1:
            self._reached[key] = sequence

    def by(self, aggregate: str) -> int | None:
        """The last sequence the reader has of the aggregate; None when it may have expired."""
        key = aggregate.encode()
        return self._reached.get(key, None if self._in_shortened(key) else 0)

    def _in_shortened(self, key: bytes) -> bool:
        return partition_of(key, self._partitions) in self._shortened


async def _publish(producer: Producer, rows: Sequence[Pending]) -> int:
    outcome = await producer.publish(rows)
    if outcome.errors:
        raise KafkaAway("+".join(sorted(outcome.errors)))
    return len(outcome.acked)


async def _read(this: _Comparison) -> Reached:
    """Walk every record from the beginning to what is the end now."""
    async with _consumer(this) as consumer:
        known = consumer.partitions_for_topic(this.topic) or ()
        partitions = [TopicPartition(this.topic, partition) for partition in known]
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        shortened = {p.partition for p, begin in begins.items() if begin > 0}
        reached = Reached(len(partitions), shortened)
        unread = {p for p in partitions if begins[p] < ends[p]}
        for partition in unread:
            consumer.seek(partition, begins[partition])
        while unread:
            for partition, records in (await _polled(consumer)).items():
                for record in records:
                    _count(reached, record)
                if records[-1].offset + 1 >= ends[partition]:
                    unread.discard(partition)
            this.progress("READ", this.topic, reached.records)
    return reached


def _count(reached: Reached, record: "ConsumerRecord[bytes, bytes]") -> None:
    sequence = dict(record.headers).get("ce_sequence", b"")
    if record.key is not None and sequence.isdigit():
        reached.add(record.key, int(sequence))


@asynccontextmanager
async def _consumer(this: _Comparison) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        this.topic, bootstrap_servers=this.bootstrap, group_id=None, enable_auto_commit=False
    )
    try:
        await asyncio.wait_for(consumer.start(), SILENCE_SECONDS)
        yield consumer
    except (KafkaError, OSError, TimeoutError) as error:
        raise KafkaAway(type(error).__name__) from error
    finally:
        await consumer.stop()


async def _polled(consumer: AIOKafkaConsumer) -> Polled:
    found: Polled = await consumer.getmany(timeout_ms=int(SILENCE_SECONDS * 1000))
    if not found:
        raise KafkaAway("SILENT")
    return found


def _pages(positions: Mapping[str, int]) -> Iterator[dict[str, int]]:
    rest = iter(positions.items())
    while page := dict(islice(rest, PAGE)):
        yield page
