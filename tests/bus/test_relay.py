"""Promises of the relay: all that is stored comes to its topic, in order, whatever is away."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar, cast
from uuid import uuid4

import pytest
from structlog.testing import CapturingLogger
from structlog.typing import FilteringBoundLogger

from shared.bus import relay as relay_module
from shared.bus.producer import KafkaAway, Outcome, Producer
from shared.bus.relay import Relay, RelayState
from shared.contracts.envelope import decode, from_headers
from shared.contracts.topics import Topic
from shared.store.client import Client, Database, connect
from shared.store.entries import Pending
from shared.store.leases import Leases
from shared.store.outbox import Outbox
from shared.store.stream import Stream
from tests.store.support import FIRST, Opened, fresh, grown, stream_of
from tests.support import topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


def on(name: str) -> type[Opened]:
    """Return the event on a topic of the test's own."""

    class Told(Opened):
        topic: ClassVar[Topic] = Topic(name, "test", None, FIRST.disclosure)

    return Told


class Scripted:
    """A producer that answers as told, and remembers what it was given."""

    def __init__(self) -> None:
        self.refuses: set[str] = set()
        self.away = False
        self.breaks = False
        self.given: list[list[Pending]] = []

    async def publish(self, rows: Sequence[Pending]) -> Outcome[Pending]:
        if self.away:
            raise KafkaAway("AWAY")
        if self.breaks:
            self.breaks = False
            raise RuntimeError
        self.given.append(list(rows))
        await asyncio.sleep(0.005)
        acked = [row for row in rows if row.aggregate_id not in self.refuses]
        return Outcome(acked, {"REFUSED"} if len(acked) < len(rows) else set())

    async def stop(self) -> None:
        pass


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    client = connect(mongo_url)
    yield client
    await client.close()


@pytest.fixture
async def stream(client: Client, database_name: str) -> Stream:
    return stream_of(client.database(database_name)["things"])


@asynccontextmanager
async def relaying(
    stream: Stream,
    producer: Producer | Scripted,
    *,
    log: CapturingLogger | None = None,
    seconds: float = 5.0,
) -> AsyncIterator[Relay]:
    """Run a relay on the stream."""
    relay = Relay(
        [stream],
        producer=cast("Producer", producer),
        leases=Leases(cast("Database", stream.collection.database), str(uuid4()), seconds=seconds),
        log=cast("FilteringBoundLogger", log or CapturingLogger()),
    )
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


def real(bootstrap: list[str]) -> Producer:
    return Producer(bootstrap, client_id="test")


async def emptied(stream: Stream, within: float = 20.0) -> None:
    async def empty() -> bool:
        return await Outbox(stream).depth() == 0

    await eventually(empty, within=within)


async def sequences_on(bootstrap: list[str], topic: str) -> dict[str, list[int]]:
    """Return the sequences of every aggregate in the order they lie on the topic."""
    found: dict[str, list[int]] = defaultdict(list)
    for record in await topics.read_all(bootstrap, topic):
        meta = from_headers(record.headers)
        assert record.key == meta.subject.encode()
        found[meta.subject].append(meta.sequence)
    return found


async def test_an_append_comes_to_its_topic_as_it_was_stored(
    stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    told = on(unique_topic)
    async with relaying(stream, real(kafka_bootstrap)) as relay:
        await grown(stream, "a", [[told(number=1, words="åäö")], [told(number=2)]])
        await emptied(stream)
        await eventually(lambda: relay.state is RelayState.RUNNING)
        assert await relay.depth() == 0
    records = await topics.read_all(kafka_bootstrap, unique_topic)
    received = [decode(record.headers, record.value) for record in records]
    assert received == await stream.events_of(["a"])
    assert {record.key for record in records} == {b"a"}


async def test_a_write_wakes_the_relay(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "POLL_SECONDS", 60)
    async with relaying(stream, Scripted()) as relay:
        await eventually(lambda: relay.state is RelayState.RUNNING)
        await grown(stream, "a", [[Opened(number=1)]])
        await emptied(stream, within=2)


async def test_what_nobody_woke_it_for_is_found_by_looking(stream: Stream) -> None:
    async with relaying(stream, Scripted()) as relay:
        await eventually(lambda: relay.state is RelayState.RUNNING)
        stream.on_append = lambda: None  # as from another process
        await grown(stream, "a", [[Opened(number=1)]])
        await emptied(stream, within=2)


async def test_order_of_every_aggregate_is_kept_while_they_grow(
    stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    told = on(unique_topic)
    names = [f"thing-{n}" for n in range(40)]

    async def grow(name: str) -> None:
        await grown(stream, name, [[told(number=n), told(number=n)] for n in range(6)])

    async with relaying(stream, real(kafka_bootstrap)):
        await asyncio.gather(*map(grow, names))
        await emptied(stream)
    found = await sequences_on(kafka_bootstrap, unique_topic)
    assert found == {name: list(range(1, 13)) for name in names}


async def test_a_backlog_of_several_pages_arrives_once(
    stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    told = on(unique_topic)
    documents = [fresh(stream, told(number=n), told(number=n)) for n in range(2500)]
    await stream.collection.insert_many(documents)
    async with relaying(stream, real(kafka_bootstrap)) as relay:
        await emptied(stream)
        await eventually(lambda: relay.published == 5000)
    found = await sequences_on(kafka_bootstrap, unique_topic)
    assert found == {document["_id"]: [1, 2] for document in documents}
    assert await stream.log.count_documents({}) == 5000


async def test_a_refused_aggregate_waits_and_the_others_go_on(stream: Stream) -> None:
    producer, log = Scripted(), CapturingLogger()
    producer.refuses = {"a"}
    async with relaying(stream, producer, log=log) as relay:
        for name in ("a", "b", "c"):
            await grown(stream, name, [[Opened(number=1)], [Opened(number=2)]])
        await eventually(lambda: relay.published == 4)
        pending = await Outbox(stream).pending()
        assert [(row.aggregate_id, row.seq) for row in pending] == [("a", 1), ("a", 2)]
        await eventually(lambda: relay.state is RelayState.WAITING)
        producer.refuses.clear()
        await emptied(stream)
    assert [call.method_name for call in log.calls].count("warning") <= 2


async def test_a_refused_stream_does_not_hold_up_the_one_after_it(
    client: Client, database_name: str
) -> None:
    database = client.database(database_name)
    refused, other = stream_of(database["refused"]), stream_of(database["other"])
    producer = Scripted()
    bad, good = str(uuid4()), str(uuid4())
    await grown(refused, bad, [[Opened(number=1)]])
    await grown(other, good, [[Opened(number=1)]])
    producer.refuses = {bad}
    relay = Relay(
        [refused, other],
        producer=cast("Producer", producer),
        leases=Leases(database, str(uuid4()), seconds=5.0),
        log=cast("FilteringBoundLogger", CapturingLogger()),
    )
    await relay.start()
    try:
        await emptied(other)
        assert good in {row.aggregate_id for rows in producer.given for row in rows}
        assert await Outbox(refused).depth() == 1
        producer.refuses = set()
        await emptied(refused)
    finally:
        await relay.stop()


async def test_no_aggregate_is_under_way_twice_at_once(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PAGE", 3)
    producer = Scripted()
    names = [f"thing-{n}" for n in range(10)]
    async with relaying(stream, producer):
        await asyncio.gather(
            *(grown(stream, name, [[Opened(number=n)] for n in range(5)]) for name in names)
        )
        await emptied(stream)
    seen: dict[str, list[int]] = defaultdict(list)
    for row in (row for rows in producer.given for row in rows):
        seen[row.aggregate_id].append(row.seq)
    assert seen == {name: [1, 2, 3, 4, 5] for name in names}


async def test_while_kafka_is_away_it_waits_and_says_so_once(stream: Stream) -> None:
    producer, log = Scripted(), CapturingLogger()
    producer.away = True
    async with relaying(stream, producer, log=log) as relay:
        await grown(stream, "a", [[Opened(number=1)]])
        await eventually(lambda: relay.state is RelayState.WAITING)
        await asyncio.sleep(1)
        assert [call.method_name for call in log.calls] == ["warning"]
        producer.away = False
        await emptied(stream)
        await eventually(lambda: relay.state is RelayState.RUNNING)
    assert [call.method_name for call in log.calls] == ["warning", "info"]


async def test_kafka_may_be_away_at_the_start(
    stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    port = await _free_port()
    told = on(unique_topic)
    producer = Producer([f"127.0.0.1:{port}"], client_id="test")
    async with relaying(stream, producer) as relay:
        await grown(stream, "a", [[told(number=1)]])
        await eventually(lambda: relay.state is RelayState.WAITING)
        async with _door(port, kafka_bootstrap[0]):
            await emptied(stream)
    assert await sequences_on(kafka_bootstrap, unique_topic) == {"a": [1]}


async def test_a_topic_nobody_made_does_not_hold_up_the_others(
    stream: Stream, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    told, lost = on(unique_topic), on(f"{unique_topic}.not-made")
    await grown(stream, "a", [[lost(number=1)]])
    await grown(stream, "b", [[told(number=1)], [told(number=2)]])
    async with relaying(stream, real(kafka_bootstrap)) as relay:
        await eventually(lambda: relay.published == 2)
        assert [row.aggregate_id for row in await Outbox(stream).pending()] == ["a"]


async def test_mongodb_may_be_away(stream: Stream, mongo_url: str, database_name: str) -> None:
    away = connect("mongodb://127.0.0.1:1/?directConnection=true", seconds=0.2)
    there = connect(mongo_url)
    nowhere = stream_of(away.database(database_name)["things"])
    async with relaying(nowhere, Scripted()) as relay:
        await eventually(lambda: relay.state is RelayState.WAITING)
    await away.close()
    await there.close()


async def test_what_nobody_foresaw_does_not_end_it(stream: Stream) -> None:
    producer, log = Scripted(), CapturingLogger()

    producer.breaks = True
    async with relaying(stream, producer, log=log):
        await grown(stream, "a", [[Opened(number=1)]])
        await emptied(stream)
    assert "error" in [call.method_name for call in log.calls]


async def test_of_two_replicas_one_publishes_and_the_other_takes_over(stream: Stream) -> None:
    first, second = Scripted(), Scripted()
    async with relaying(stream, second) as standing_by:
        await eventually(lambda: standing_by.state is RelayState.RUNNING)
        async with relaying(stream, first) as late:
            await grown(stream, "a", [[Opened(number=1)]])
            await emptied(stream)
            await eventually(lambda: late.state is RelayState.STANDBY)
            assert not first.given
            await standing_by.stop()
            await grown(stream, "a", [[], [Opened(number=2)]])
            await emptied(stream, within=2)
            assert first.given


@asynccontextmanager
async def _door(port: int, bootstrap: str) -> AsyncIterator[None]:
    """Let connections to the port through to Kafka."""
    host, _, number = bootstrap.partition(":")
    pumps: set[asyncio.Task[None]] = set()

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(host, int(number))
        for one, other in ((reader, there[1]), (there[0], writer)):
            pump = asyncio.create_task(_pump(one, other))
            pumps.add(pump)
            pump.add_done_callback(pumps.discard)

    server = await asyncio.start_server(through, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for pump in list(pumps):
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    finally:
        writer.close()


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
