"""Topics of a real Kafka, as tests need them: made, written to, read whole."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


async def create(bootstrap: list[str], *names: str, partitions: int = 12) -> None:
    """Make topics and wait until the broker knows them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
        async with asyncio.timeout(10):
            while not set(names) <= set(await admin.list_topics()):
                await asyncio.sleep(0.02)
    finally:
        await admin.close()


async def partitions(bootstrap: list[str], topic: str) -> list[int]:
    """Return the numbers of the partitions of a topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [description] = await admin.describe_topics([topic])
        return sorted(each["partition"] for each in description["partitions"])
    finally:
        await admin.close()


async def delete(bootstrap: list[str], *names: str) -> None:
    """Delete topics; those already gone are passed over."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(list(names))
    except UnknownTopicOrPartitionError:
        pass
    finally:
        await admin.close()


async def produce(
    bootstrap: list[str], topic: str, records: Iterable[tuple[bytes, bytes, Headers]]
) -> None:
    """Write (key, value, headers) in order, acknowledged by all replicas."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        sent = [
            await producer.send(topic, value, key=key, headers=headers)
            for key, value, headers in records
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def read_all(bootstrap: list[str], topic: str) -> list[Record]:
    """Return every record that lies on a topic now, ordered by partition and offset."""
    parts = [TopicPartition(topic, number) for number in await partitions(bootstrap, topic)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        return await _read(consumer, ends)
    finally:
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> list[Record]:
    found: list[Record] = []
    while not all([await consumer.position(part) >= end for part, end in ends.items()]):
        for part, batch in (await consumer.getmany(timeout_ms=200)).items():
            found += [
                Record(part.partition, each.offset, each.key, each.value, each.headers)
                for each in batch
                if each.offset < ends[part]
            ]
    return sorted(found, key=lambda record: (record.partition, record.offset))
