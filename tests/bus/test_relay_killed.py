"""A relay killed at any moment loses nothing: its successor goes on, repeats at most, in order."""

import asyncio
import random
import signal
import sys
from collections import defaultdict
from typing import ClassVar, cast
from uuid import uuid4

import pytest
from structlog.testing import CapturingLogger
from structlog.typing import FilteringBoundLogger

from shared.bus.producer import Producer
from shared.bus.relay import Relay
from shared.contracts.envelope import from_headers
from shared.contracts.topics import Topic
from shared.store.client import connect
from shared.store.leases import Leases
from shared.store.outbox import Outbox
from shared.store.stream import Stream
from tests.store.support import FIRST, Opened, grown, stream_of
from tests.support import topics
from tests.support.waiting import eventually

AGGREGATES = 24
KILLS = 3
LEASE_SECONDS = 0.5


async def relay_forever(mongo_url: str, database: str, bootstrap: str) -> None:
    """Relay the stream of the test until the process is killed."""
    stores = connect(mongo_url).database(database)
    relay = Relay(
        [stream_of(stores["things"])],
        producer=Producer(bootstrap.split(","), client_id="killed"),
        leases=Leases(stores, str(uuid4()), seconds=LEASE_SECONDS),
        log=cast("FilteringBoundLogger", CapturingLogger()),
    )
    await relay.start()
    await asyncio.Event().wait()


async def _process(*arguments: str) -> asyncio.subprocess.Process:
    call = f"import asyncio; from {__name__} import relay_forever as r; asyncio.run(r(*%r))"
    return await asyncio.create_subprocess_exec(sys.executable, "-c", call % (arguments,))


async def _grow_until(stream: Stream, told: type[Opened], enough: asyncio.Event) -> None:
    async def grow(name: str) -> None:
        while not enough.is_set():
            await grown(stream, name, [[told(number=1), told(number=2)]])

    await asyncio.gather(*(grow(f"thing-{number}") for number in range(AGGREGATES)))


@pytest.mark.stack
async def test_a_killed_relay_loses_nothing_and_keeps_the_order(
    mongo_url: str, database_name: str, kafka_bootstrap: list[str], unique_topic: str
) -> None:
    class Told(Opened):
        topic: ClassVar[Topic] = Topic(unique_topic, "test", None, FIRST.disclosure)

    client = connect(mongo_url)
    stream = stream_of(client.database(database_name)["things"])
    await stream.prepare()
    enough = asyncio.Event()
    growing = asyncio.create_task(_grow_until(stream, Told, enough))
    arguments = (mongo_url, database_name, ",".join(kafka_bootstrap))
    for _ in range(KILLS):
        logged = await stream.log.estimated_document_count()
        victim = await _process(*arguments)
        await eventually(lambda seen=logged: _more_logged(stream, seen), within=20)  # type: ignore[misc]
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311 - any moment will do
        victim.send_signal(signal.SIGKILL)
        await victim.wait()
    enough.set()
    await growing
    last = await _process(*arguments)
    try:
        await eventually(lambda: _empty(stream), within=30)
    finally:
        last.kill()
        await last.wait()
    await _check(stream, await _on_topic(kafka_bootstrap, unique_topic))
    await client.close()


async def _more_logged(stream: Stream, seen: int) -> bool:
    return await stream.log.estimated_document_count() > seen


async def _empty(stream: Stream) -> bool:
    return await Outbox(stream).depth() == 0


async def _on_topic(bootstrap: list[str], topic: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for record in await topics.read_all(bootstrap, topic):
        meta = from_headers(record.headers)
        found[meta.subject].append(meta.sequence)
    return found


async def _check(stream: Stream, found: dict[str, list[int]]) -> None:
    stored = {d["_id"]: sum(d["seqs"].values()) async for d in stream.collection.find()}
    assert found.keys() == stored.keys()
    for name, sequences in found.items():
        applied = 0
        for sequence in sequences:
            assert sequence <= applied + 1, "a reader would meet a hole"
            applied = max(applied, sequence)
        assert applied == stored[name]
    assert await stream.log.count_documents({}) == sum(stored.values())
