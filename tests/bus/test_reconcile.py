"""Promises of reconciling: afterwards a reader from the beginning comes to everything stored."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.partitioning import partition_of
from shared.bus.producer import KafkaAway, Producer
from shared.bus.reconcile import Reached, Reconciliation, TopicReport
from shared.contracts.envelope import decode, from_headers
from shared.contracts.topics import Topic
from shared.store.client import Client, connect
from shared.store.outbox import Outbox
from shared.store.stream import Stream
from tests.store.support import FIRST, WHY, Opened, grown, stream_of
from tests.support import topics


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    client = connect(mongo_url)
    yield client
    await client.close()


@pytest.fixture
async def stream(client: Client, database_name: str, unique_topic: str) -> Stream:
    """Return a stream with 20 aggregates of four events, all in the log, none on the topic."""

    class Told(Opened):
        topic: ClassVar[Topic] = Topic(unique_topic, "test", None, FIRST.disclosure)

    stream = stream_of(client.database(database_name)["things"])
    await stream.prepare()
    for number in range(20):
        await grown(stream, f"thing-{number}", [[Told(number=n)] * 2 for n in range(2)])
    outbox = Outbox(stream)
    await outbox.mark_published(await outbox.pending())
    return stream


@pytest.fixture
def reconciliation(stream: Stream, kafka_bootstrap: list[str]) -> Reconciliation:
    return Reconciliation([stream], bootstrap=kafka_bootstrap, client="test")


async def published(stream: Stream, bootstrap: list[str], topic: str, *, up_to: int) -> None:
    """Publish the first events of every aggregate, as the relay did once."""
    rows = await Outbox(stream).after({f"thing-{n}": 0 for n in range(20)}, topic)
    producer = Producer(bootstrap, client_id="test")
    await producer.publish([row for row in rows if row.seq <= up_to])
    await producer.stop()


async def reader_comes_to(bootstrap: list[str], topic: str) -> dict[str, int]:
    """Return the last sequence of every aggregate for a reader from the beginning."""
    reached: dict[str, int] = defaultdict(int)
    for record in await topics.read_all(bootstrap, topic):
        meta = from_headers(record.headers)
        if meta.sequence == reached[meta.subject] + 1:
            reached[meta.subject] = meta.sequence
    return reached


WHOLE = {f"thing-{n}": 4 for n in range(20)}


@pytest.mark.stack
async def test_a_topic_that_was_made_again_is_filled(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    seen: list[tuple[str, str, int]] = []
    told = await reconciliation.run(progress=lambda *step: seen.append(step))
    assert told == [TopicReport("things", unique_topic, 0, 20, 80, 80, 0)]
    assert await reader_comes_to(kafka_bootstrap, unique_topic) == WHOLE
    assert [step for step, _, _ in seen] == ["COMPARE", "PUBLISH"]
    records = await topics.read_all(kafka_bootstrap, unique_topic)
    received = [decode(record.headers, record.value) for record in records]
    first = [one for one in received if one.meta.subject == "thing-7"]
    assert first == await stream.events_of(["thing-7"])
    assert await reconciliation.run() == [TopicReport("things", unique_topic, 80, 20, 0, 0, 0)]


@pytest.mark.stack
async def test_a_lost_end_is_published_again_and_no_more(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    await published(stream, kafka_bootstrap, unique_topic, up_to=3)
    [told] = await reconciliation.run()
    assert (told.records, told.missing, told.published) == (60, 20, 20)
    assert await reader_comes_to(kafka_bootstrap, unique_topic) == WHOLE


@pytest.mark.stack
async def test_a_dry_run_counts_and_publishes_nothing(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    await published(stream, kafka_bootstrap, unique_topic, up_to=1)
    [told] = await reconciliation.run(dry_run=True)
    assert (told.missing, told.published) == (60, 0)
    assert len(await topics.read_all(kafka_bootstrap, unique_topic)) == 20


@pytest.mark.stack
async def test_what_waits_in_the_outbox_is_the_relays(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    await published(stream, kafka_bootstrap, unique_topic, up_to=4)
    loaded = await stream.load("thing-3")
    told_event = (await stream.events_of(["thing-3"]))[0].event
    await stream.append("thing-3", expected=loaded, state={}, events=[told_event], provenance=WHY)
    [told] = await reconciliation.run()
    assert (told.missing, told.published) == (0, 0)
    assert await Outbox(stream).depth() == 1


@pytest.mark.stack
async def test_a_store_that_lost_something_is_told(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    await published(stream, kafka_bootstrap, unique_topic, up_to=4)
    await stream.log.delete_many({"aggregate": "thing-5", "seq": {"$gt": 2}})
    [told] = await reconciliation.run()
    assert (told.missing, told.beyond) == (0, 1)


@pytest.mark.stack
async def test_what_kafka_let_expire_is_not_published_again(
    reconciliation: Reconciliation, stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    await published(stream, kafka_bootstrap, unique_topic, up_to=4)
    partition = partition_of(b"thing-3", 12)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.delete_records(
        {TopicPartition(unique_topic, partition): RecordsToDelete(before_offset=2)}
    )
    await admin.close()
    [told] = await reconciliation.run()
    assert (told.missing, told.published) == (0, 0)


@pytest.mark.stack
async def test_kafka_away_is_said(stream: Stream) -> None:
    nowhere = Reconciliation([stream], bootstrap=["127.0.0.1:1"], client="test")
    with pytest.raises(KafkaAway):
        await nowhere.run()


@given(st.lists(st.integers(1, 6), max_size=30))
def test_a_reader_is_as_far_as_the_sequences_without_a_hole(sequences: list[int]) -> None:
    reached = Reached()
    for sequence in sequences:
        reached.add(b"a", sequence)
    far = reached.by("a")
    assert far is not None
    rest = iter(sequences)
    assert all(number in rest for number in range(1, far + 1))  # in this order on the topic
    assert far + 1 not in rest
    assert reached.records == len(sequences)
    assert reached.by("b") == 0


def test_in_a_shortened_partition_the_first_record_counts_as_the_first() -> None:
    reached = Reached(partitions=1, shortened={0})
    assert reached.by("a") is None
    for sequence in (4, 5, 7):
        reached.add(b"a", sequence)
    assert reached.by("a") == 5
