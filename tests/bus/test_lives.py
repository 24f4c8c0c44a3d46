"""Processes and brokers come and go: the projector goes on, exactly once."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.bus.bus import Bus
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from tests.bus.support import (
    VIEWS,
    Stage,
    client_of,
    concern,
    consuming,
    mixture,
    projected,
    send,
    topic_of,
    until,
    until_caught_up,
)
from tests.store.conftest import OwnMongo
from tests.support.topics import create, delete

pytestmark = pytest.mark.stack


async def test_a_projector_killed_inside_its_transaction_is_succeeded_at_once(
    stage: Stage, mongo_url: str
) -> None:
    await send(stage.bootstrap, stage.topic, mixture(100))
    arguments = (stage.bootstrap[0], mongo_url, stage.database_name, stage.topic, stage.group)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bus.killed", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert (await process.stdout.readline()).strip() == b"HELD"
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    begun = time.monotonic()
    async with consuming(stage):
        await until_caught_up(stage)
    took = time.monotonic() - begun
    assert took < 5
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


async def test_members_that_come_and_go_lose_and_repeat_nothing(stage: Stage) -> None:
    other = stage.elsewhere("other")
    other.database_name, other.group = stage.database_name, stage.group
    sending = asyncio.create_task(_trickle(stage, 12))
    async with consuming(stage):
        await asyncio.sleep(0.5)
        async with consuming(other):
            await until(lambda: _has_applied(other))
        await sending
        await until_caught_up(stage)
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()
    applied = [each.count("bus_events", outcome="applied") for each in (stage, other)]
    assert sum(applied) == 12 * 50
    assert min(applied) > 0


async def test_while_mongodb_is_away_the_projector_waits_and_then_goes_on(
    stage: Stage, own_mongo: OwnMongo
) -> None:
    stage.client = client_of(own_mongo.url)
    await send(stage.bootstrap, stage.topic, mixture(50))
    async with consuming(stage):
        await until_caught_up(stage)
        own_mongo.signal(signal.SIGSTOP)
        try:
            await send(stage.bootstrap, stage.topic, mixture(50, prefix="later"))
            await until(lambda: _has_failed(stage))
        finally:
            own_mongo.signal(signal.SIGCONT)
        await until_caught_up(stage)
    assert await stage.database["dead_letters"].count_documents({}) == 0
    assert stage.count("bus_events", outcome="applied") == 250
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()
    await stage.client.close()


async def test_a_projector_that_begins_while_mongodb_is_away_takes_its_fences_later(
    stage: Stage, own_mongo: OwnMongo
) -> None:
    stage.client = client_of(own_mongo.url)
    await send(stage.bootstrap, stage.topic, mixture(50))
    own_mongo.signal(signal.SIGSTOP)
    try:
        async with consuming(stage):
            await until(lambda: _has_failed(stage))
            own_mongo.signal(signal.SIGCONT)
            await until_caught_up(stage)
    finally:
        own_mongo.signal(signal.SIGCONT)
    assert stage.count("bus_events", outcome="applied") == 125
    assert stage.count("bus_events", outcome="duplicate") == 0
    await stage.client.close()


async def test_a_bus_starts_while_kafka_is_away_and_consumes_when_it_comes(stage: Stage) -> None:
    health = Health()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    bus = Bus(
        service="test",
        bootstrap=[f"127.0.0.1:{port}"],
        client=stage.client,
        database=stage.database,
        metrics=Metrics("test"),
        health=health,
    )
    bus.project(topic_of(stage.topic), *VIEWS)
    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(20)])
    begun = time.monotonic()
    await bus.start()
    assert time.monotonic() - begun < 1
    try:
        assert not (await health.ready()).ok
        assert (await health.live()).ok
        async with _door(port, stage.bootstrap[0]):
            await until(lambda: _is_ready(health))
            await until_caught_up(stage)
    finally:
        await bus.stop()
    assert await stage.database["concerns"].count_documents({}) == 20


async def test_a_kafka_that_wants_longer_sessions_gets_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.router.SESSION_MS", 300)  # refused by the embedded one
    monkeypatch.setattr("shared.bus.router.HEARTBEAT_MS", 100)
    await send(stage.bootstrap, stage.topic, [concern(1)])
    await projected(stage)
    assert await stage.database["concerns"].count_documents({}) == 1


async def test_a_topic_that_is_made_later_is_consumed_then(stage: Stage) -> None:
    late = stage.elsewhere("late")
    late.topic = f"{stage.topic}.late"
    async with consuming(late):
        await asyncio.sleep(0.3)
        await create(stage.bootstrap, late.topic)
        await send(stage.bootstrap, late.topic, [concern(1)])
        await until_caught_up(late)
    assert await late.database["concerns"].count_documents({}) == 1
    await delete(stage.bootstrap, late.topic)


async def _trickle(stage: Stage, portions: int) -> None:
    for n in range(portions):
        await send(stage.bootstrap, stage.topic, mixture(20, prefix=f"t{n}."))
        await asyncio.sleep(0.15)


async def _has_applied(stage: Stage) -> bool:
    return stage.count("bus_events", outcome="applied") > 0


async def _has_failed(stage: Stage) -> bool:
    return stage.count("bus_batch_failures") > 1


async def _is_ready(health: Health) -> bool:
    return (await health.ready()).ok


@asynccontextmanager
async def _door(port: int, to: str) -> AsyncIterator[None]:
    """Let connections to the port through to another address while the block runs."""
    host, _, number = to.partition(":")
    pipes: set[asyncio.Task[None]] = set()

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(host, int(number))
        for source, target in ((reader, forth), (back, writer)):
            pipe = asyncio.create_task(_pipe(source, target))
            pipes.add(pipe)

    server = await asyncio.start_server(passed, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for pipe in pipes:
            pipe.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    finally:
        target.close()
