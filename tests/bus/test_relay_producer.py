"""Promises of the producer: what it calls acknowledged is; what is not known is said in time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic

import pytest
from aiokafka.errors import (
    KafkaError,
    NotLeaderForPartitionError,
    OutOfOrderSequenceNumber,
)
from aiokafka.partitioner import murmur2 as reference
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import producer as producer_module
from shared.bus.partitioning import murmur2, partition_of
from shared.bus.producer import KafkaAway, Producer
from tests.support import topics


@dataclass(frozen=True)
class Line:
    """A row to publish."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]] = field(default_factory=list)


class Batch:
    """A record batch that holds three rows."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []

    def append(self, *, timestamp: None, key: bytes, value: bytes, headers: object) -> object:
        if len(self.rows) == 3:
            return None
        self.rows.append(value)
        return object()

    def close(self) -> None:
        pass


class Broker:
    """What the stand-in producers of one test saw, and how they answer."""

    def __init__(self) -> None:
        self.started: list[Stand] = []
        self.batches: list[tuple[int, list[bytes]]] = []
        self.fail: dict[bytes, Exception] = {}
        self.silent: set[bytes] = set()


class Stand:
    """Stands in for aiokafka's producer: known topics have one partition."""

    broker: Broker

    def __init__(self, **settings: object) -> None:
        assert settings["acks"] == "all"
        assert settings["enable_idempotence"] is True
        self.stopped = False
        self._sender = self
        self._message_accumulator = self
        self.broker.started.append(self)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.stopped = True

    async def close(self) -> None:
        pass

    async def flush(self) -> None:
        pass

    def fail_all(self, error: Exception) -> None:
        pass

    async def partitions_for(self, topic: str) -> set[int]:
        if topic == "unknown":
            await asyncio.sleep(60)
        return {0}

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(
        self, batch: Batch, topic: str, *, partition: int
    ) -> "asyncio.Future[None]":
        self.broker.batches.append((len(self.broker.started), list(batch.rows)))
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        failing = [self.broker.fail[row] for row in batch.rows if row in self.broker.fail]
        if failing:
            answer.set_exception(failing[0])
        elif self.broker.silent.isdisjoint(batch.rows):
            answer.set_result(None)
        return answer


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    Stand.broker = Broker()
    monkeypatch.setattr(producer_module, "AIOKafkaProducer", Stand)
    monkeypatch.setattr(producer_module, "TOPIC_WITHIN", 0.05)
    return Stand.broker


def lines(*values: bytes, topic: str = "known") -> list[Line]:
    return [Line(topic, b"key", value) for value in values]


def producer(seconds: float = 0.2) -> Producer:
    return Producer(["nowhere:1"], client_id="test", seconds=seconds)


async def test_rows_of_a_partition_go_batch_by_batch_in_order(broker: Broker) -> None:
    outcome = await producer().publish(lines(b"1", b"2", b"3", b"4"))
    assert broker.batches == [(1, [b"1", b"2", b"3"]), (1, [b"4"])]
    assert [row.value for row in outcome.acked] == [b"1", b"2", b"3", b"4"]
    assert not outcome.errors


@pytest.mark.parametrize(
    "error", [OutOfOrderSequenceNumber(), NotLeaderForPartitionError(), KafkaError()]
)
async def test_after_a_failure_nothing_later_is_sent_and_the_producer_is_new(
    broker: Broker, error: Exception
) -> None:
    sending = producer()
    broker.fail[b"4"] = error
    outcome = await sending.publish(lines(b"1", b"2", b"3", b"4", b"5", b"6", b"7"))
    assert [row.value for row in outcome.acked] == [b"1", b"2", b"3"]
    assert outcome.errors == {type(error).__name__}
    assert b"7" not in [row for _, batch in broker.batches for row in batch]
    assert broker.started[0].stopped
    broker.fail.clear()
    again = await sending.publish(lines(b"4"))
    assert [row.value for row in again.acked] == [b"4"]
    assert len(broker.started) == 2
    await sending.stop()
    assert broker.started[1].stopped


async def test_silence_is_unknown_after_some_seconds(broker: Broker) -> None:
    sending = producer()
    broker.silent = {b"4"}
    begun = monotonic()
    outcome = await sending.publish(lines(b"1", b"2", b"3", b"4"))
    assert monotonic() - begun < 2
    assert [row.value for row in outcome.acked] == [b"1", b"2", b"3"]
    assert outcome.errors == {"NOT_ACKNOWLEDGED"}
    assert broker.started[0].stopped


async def test_rows_of_an_unknown_topic_stay_behind_alone(broker: Broker) -> None:
    sending = producer()
    outcome = await sending.publish([*lines(b"0", topic="unknown"), *lines(b"1")])
    assert [row.value for row in outcome.acked] == [b"1"]
    assert outcome.errors == {"UNKNOWN_TOPIC"}
    assert not broker.started[0].stopped
    nothing = await sending.publish(lines(b"0", topic="unknown"))
    assert not nothing.acked


async def test_stopping_before_anything_was_sent_is_nothing(broker: Broker) -> None:
    await producer().stop()
    assert not broker.started


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """Take connections and never say a word."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _r, writer: held.append(writer), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    for writer in held:
        writer.close()
    server.close()


async def test_a_broker_that_never_answers_is_away_in_time(silent_port: int) -> None:
    sending = Producer([f"127.0.0.1:{silent_port}"], client_id="test", seconds=0.3)
    begun = monotonic()
    with pytest.raises(KafkaAway):
        await sending.publish(lines(b"1"))
    assert monotonic() - begun < 3
    await sending.stop()


@pytest.mark.stack
async def test_a_large_event_and_an_empty_one_arrive(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    sending = Producer(kafka_bootstrap, client_id="test")
    values = [b"x" * (producer_module.BATCH_BYTES + 20_000), b"", *[b"y" * 200_000] * 9]
    rows = [Line(unique_topic, b"key", value, [("name", b"header")]) for value in values]
    outcome = await sending.publish(rows)
    assert outcome.acked == rows
    records = await topics.read_all(kafka_bootstrap, unique_topic)
    assert [record.value for record in records] == values
    assert {record.partition for record in records} == {partition_of(b"key", 12)}
    await sending.stop()


@pytest.mark.stack
async def test_many_publish_at_once_on_one_producer(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    sending = Producer(kafka_bootstrap, client_id="test")
    groups = [
        [Line(unique_topic, b"%d" % (n % 7), b"%d" % n) for n in range(at, at + 300)]
        for at in range(0, 1500, 300)
    ]
    outcomes = await asyncio.gather(*map(sending.publish, groups))
    assert all(not outcome.errors for outcome in outcomes)
    records = await topics.read_all(kafka_bootstrap, unique_topic)
    assert sorted(int(record.value or b"") for record in records) == list(range(1500))
    await sending.stop()


@given(st.binary(max_size=60))
def test_keys_go_where_every_kafka_client_looks_for_them(key: bytes) -> None:
    assert murmur2(key) == reference(key)
    assert partition_of(key, 12) == (reference(key) & 0x7FFFFFFF) % 12
