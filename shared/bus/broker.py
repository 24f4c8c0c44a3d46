"""The consumers of one service: started in the background, again and again until Kafka is there.

FastStream's broker starts its subscribers one after the other and fails with the first that finds
no Kafka or no topic. Here every subscriber has a task of its own, which starts it, starts it
again after a failure with back-off, and so makes a service that can start before its Kafka.

The same task looks after it from then on: what aiokafka does in the background ends for ever on
an error nobody foresaw (a connection cut while something is written to it, under uvloop), while
FastStream goes on asking in vain: coordination, fetching, finding out who leads. Then the
subscriber is started afresh.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka.errors import InvalidSessionTimeoutError
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.bus.reading import Reading
from shared.bus.retry import BackOff, own_cancellation_only
from shared.bus.router import lengthen_session, subscribe
from shared.telemetry import log

REQUEST_MS = 10_000
METADATA_MS = 30_000
RETRY_MS = 400  # while Kafka is away, every part of every consumer tries so often
STOP_SECONDS = 8.0
GRACE_SECONDS = 5.0
HEALTHY_SECONDS = 30.0
DEAF_SECONDS = 0.5
COORDINATING = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task")
_log = log.get(__name__)


class _Words:
    """FastStream's own messages without their texts, which may quote a payload."""

    def log(
        self,
        level: int,
        msg: object,  # noqa: ARG002 - the text is what must not be logged
        /,
        *,
        exc_info: BaseException | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell that something happened and what kind of error it was."""
        if level > logging.INFO and exc_info is not None:
            group = (extra or {}).get("group_id", "")
            _log.warning("consumer", group=group, exc_info=exc_info)


def make_broker(bootstrap: Sequence[str]) -> KafkaBroker:
    """A broker that only consumes; connects nowhere yet."""
    return KafkaBroker(
        list(bootstrap),
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        request_timeout_ms=REQUEST_MS,
        metadata_max_age_ms=METADATA_MS,
        retry_backoff_ms=RETRY_MS,
        graceful_timeout=GRACE_SECONDS,
        client_id="samlad",
        logger=_Words(),
    )


class Consumers:
    """The readings of one service and the tasks that keep them going."""

    def __init__(self, bootstrap: Sequence[str]) -> None:
        self.broker = make_broker(bootstrap)
        self._readings: list[tuple[Reading, BatchSubscriber]] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def readings(self) -> list[Reading]:
        """Everything that is read."""
        return [reading for reading, _ in self._readings]

    def add(self, reading: Reading) -> None:
        """Read this too, from the next start on."""
        self._readings.append((reading, subscribe(self.broker, reading)))

    async def start(self) -> None:
        """Begin to begin: returns at once, whether or not Kafka is there."""
        await self.broker.connect()
        self._tasks = [
            asyncio.create_task(_keep_going(reading, subscriber), name=reading.group)
            for reading, subscriber in self._readings
        ]

    async def stop(self) -> None:
        """Finish what is in flight, leave the groups, let go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(_stopped(subscriber) for _, subscriber in self._readings))
        await asyncio.gather(*(reading.reader.close() for reading, _ in self._readings))
        await self.broker.stop()

    def idle_seconds(self, reading: Reading) -> float:
        """Since when this reading has not polled; 0 while it polls or has not begun."""
        for each, subscriber in self._readings:
            if each is reading and subscriber.consumer is not None:
                idle: float = subscriber.consumer._subscription.fetcher_idle_time  # noqa: SLF001 - aiokafka tells it nowhere else
                return idle
        return 0.0


async def _keep_going(reading: Reading, subscriber: BatchSubscriber) -> None:
    back_off = BackOff(first=0.1, most=2.0)
    while True:
        await _start(reading, subscriber, back_off)
        started = time.monotonic()
        await _broken(subscriber)
        if time.monotonic() - started > HEALTHY_SECONDS:
            back_off.reset()
        _log.warning("consumer broke and is started again", group=reading.group)
        reading.pulse.revoked()
        await _stopped(subscriber)
        await back_off.wait()


async def _start(reading: Reading, subscriber: BatchSubscriber, back_off: BackOff) -> None:
    while True:
        try:
            with own_cancellation_only():
                await subscriber.start()
        except Exception as error:  # noqa: BLE001 - whatever is missing may come
            _log.info(
                "not consuming yet",
                group=reading.group,
                topic=reading.topic,
                attempt=back_off.failures + 1,
                code=type(error).__name__,
            )
            reading.pulse.revoked()
            if isinstance(error, InvalidSessionTimeoutError):
                lengthen_session(subscriber)
            await _stopped(subscriber)
            await back_off.wait()
        else:
            _log.info("consuming", group=reading.group, topic=reading.topic)
            return


async def _broken(subscriber: BatchSubscriber) -> None:
    """Wait until one of the tasks that must go on, aiokafka's or FastStream's, has ended."""
    consumer = subscriber.consumer
    if consumer is not None:
        coordinating = consumer._coordinator._coordination_task  # noqa: SLF001 - told nowhere else
        fetching = consumer._fetcher._fetch_task  # noqa: SLF001 - told nowhere else
        finding = consumer._client._sync_task  # noqa: SLF001 - told nowhere else
        tasks = (coordinating, fetching, finding, *subscriber.tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _stopped(subscriber: BatchSubscriber) -> None:
    consumer = subscriber.consumer
    with contextlib.suppress(Exception):  # it goes away; how, is of no use to anybody
        async with asyncio.timeout(STOP_SECONDS):
            with own_cancellation_only():
                await subscriber.stop()
    if consumer is not None and subscriber.consumer is not None:  # it fell over while it closed
        subscriber.consumer = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(STOP_SECONDS):
                with own_cancellation_only():
                    await _abandon(consumer)


async def _abandon(consumer: Any) -> None:  # noqa: ANN401 - aiokafka has no types
    """End what would go on for ever: heartbeats for nobody, fetching for nobody, connections.

    Again and again, for a task may lose a cancellation to one that it awaits; a coordination that
    lived on would join the group again, with partitions nobody reads.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - no public way
    if coordinator is not None and not coordinator._closing.done():  # noqa: SLF001 - as above
        coordinator._closing.set_result(None)  # noqa: SLF001 - as above
    try:
        while running := [task for task in _background(consumer) if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=DEAF_SECONDS)
    finally:
        consumer._client._sync_task = None  # noqa: SLF001 - `close` would fall over a broken one
        await consumer._client.close()  # noqa: SLF001 - as above


def _background(consumer: Any) -> list[asyncio.Task[object]]:  # noqa: ANN401 - as above
    coordinator, fetcher = consumer._coordinator, consumer._fetcher  # noqa: SLF001 - as above
    tasks = [getattr(coordinator, name, None) for name in COORDINATING]
    tasks.append(consumer._client._sync_task)  # noqa: SLF001 - as above
    if fetcher is not None:
        tasks += [fetcher._fetch_task, *fetcher._pending_tasks]  # noqa: SLF001 - as above
    return [task for task in tasks if task is not None]
