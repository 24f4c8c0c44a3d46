"""Every subscriber is made the way that loses nothing; and the watch over them."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy

from shared.bus import watch as watch_module
from shared.bus.broker import Consumers, make_broker
from shared.bus.codec import Records
from shared.bus.meters import Meters
from shared.bus.reading import Consumer, Pulse, Reading
from shared.bus.retry import BackOff, StrayCancellation, own_cancellation_only
from shared.bus.router import subscribe
from shared.bus.watch import Watch, reachable
from shared.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[2]
NOWHERE = ["127.0.0.1:9"]


class Idle:
    """A reader that does nothing."""

    async def take(self, records: Records, consumer: Consumer) -> None: ...

    async def gained(self, partitions: Iterable[int], consumer: Consumer) -> None: ...

    async def losing(self) -> None: ...

    async def close(self) -> None: ...


def test_the_router_makes_subscribers_that_lose_nothing() -> None:
    subscriber: Any = subscribe(make_broker(NOWHERE), Reading("t", "g", Idle()))
    assert subscriber.ack_policy is AckPolicy.NACK_ON_ERROR
    assert subscriber.group_id == "g"
    settings = subscriber._connection_args  # noqa: SLF001 - FastStream shows them nowhere else
    assert settings["auto_offset_reset"] == "earliest"
    assert settings["enable_auto_commit"] is False
    assert subscriber.max_records == 2000
    assert 20 <= subscriber.batch_timeout_ms <= 50
    assert subscriber.specification.include_in_schema is False


def test_nobody_else_makes_subscribers_or_brokers() -> None:
    makes = re.compile(r"\.subscriber\(|KafkaBroker\(|KafkaRouter\(")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("shared", "services")
        for path in (ROOT / folder).rglob("*.py")
        if makes.search(path.read_text("utf-8"))
    }
    assert found == {"shared/bus/router.py", "shared/bus/broker.py"}


def _watched(pulse: Pulse, *, bootstrap: list[str], seconds: float) -> tuple[Watch, list[str]]:
    consumers = Consumers(NOWHERE)
    consumers.add(Reading("t", "g", Idle(), pulse))
    stalls: list[str] = []
    watch = Watch(
        consumers,
        bootstrap,
        Meters(Metrics("test")),
        on_stall=lambda: stalls.append("stalled"),
        seconds=seconds,
    )
    return watch, stalls


@pytest.fixture
async def listening() -> AsyncIterator[list[str]]:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    yield [f"127.0.0.1:{server.sockets[0].getsockname()[1]}"]
    server.close()
    await server.wait_closed()


async def test_a_reading_that_gets_no_partitions_while_kafka_is_there_ends_the_process(
    listening: list[str],
) -> None:
    watch, stalls = _watched(Pulse(), bootstrap=listening, seconds=0.05)
    await watch.look()
    assert (watch.live().ok, watch.ready().ok, stalls) == (True, False, [])
    await asyncio.sleep(0.06)
    await watch.look()
    assert (watch.live().ok, stalls) == (False, ["stalled"])
    assert watch.live().detail_code == "CONSUMER_STALLED"


async def test_a_missing_kafka_is_no_stall() -> None:
    watch, stalls = _watched(Pulse(), bootstrap=NOWHERE, seconds=0.01)
    await asyncio.sleep(0.02)
    await watch.look()
    assert (watch.live().ok, stalls) == (True, [])


async def test_a_reading_that_goes_on_is_alive_and_ready(listening: list[str]) -> None:
    pulse = Pulse()
    pulse.assigned()
    watch, stalls = _watched(pulse, bootstrap=listening, seconds=5)
    await watch.look()
    assert (watch.live().ok, watch.ready().ok, stalls) == (True, True, [])


async def test_the_watch_looks_by_itself(listening: list[str]) -> None:
    watch, stalls = _watched(Pulse(), bootstrap=listening, seconds=0.04)
    task = asyncio.create_task(watch.run())
    async with asyncio.timeout(5):
        while not stalls:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_address_that_is_none_is_not_reachable() -> None:
    assert not await reachable(["nonsense", "127.0.0.1:x", *NOWHERE])


def test_the_process_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    watch_module.end_process()
    assert codes == [watch_module.EXIT_CODE]


async def test_consumers_without_kafka_start_at_once_and_stop() -> None:
    consumers = Consumers(NOWHERE)
    reading = Reading("t", "g", Idle())
    consumers.add(reading)
    async with asyncio.timeout(15):
        await consumers.start()
        await asyncio.sleep(0.2)
        assert consumers.idle_seconds(reading) >= 0
        await consumers.stop()


async def test_a_cancellation_that_a_library_lets_out_is_an_error() -> None:
    async def closes_what_it_has_just_cancelled() -> None:
        inner = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        inner.cancel()
        await inner

    with pytest.raises(StrayCancellation), own_cancellation_only():
        await closes_what_it_has_just_cancelled()


async def test_a_cancellation_that_was_meant_for_us_is_one() -> None:
    async def patient() -> None:
        with own_cancellation_only():
            await asyncio.sleep(60)

    task = asyncio.create_task(patient())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await patient()


def test_waits_grow_to_a_bound_with_jitter() -> None:
    back_off = BackOff(first=0.1, most=1.0)
    waits = [back_off.next() for _ in range(12)]
    assert 0.05 <= waits[0] <= 0.1
    assert all(0.5 <= wait <= 1.0 for wait in waits[4:])
    assert len(set(waits)) == len(waits)
    back_off.reset()
    assert back_off.next() <= 0.1
