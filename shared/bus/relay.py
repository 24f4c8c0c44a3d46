"""The relay: takes what waits in the outboxes to Kafka, in order, at least once.

The truth is a look at the outboxes every 250 ms; a wake after a write only makes it sooner. While
one page is under way the next is read; an aggregate is never in two pages under way at once. Of
several replicas the one that holds an outbox's lease publishes it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Final

from structlog.typing import FilteringBoundLogger

from shared.bus.producer import KafkaAway, Producer
from shared.bus.retry import BackOff, own_cancellation_only
from shared.store.entries import Pending
from shared.store.errors import StoreError
from shared.store.leases import Leases
from shared.store.outbox import PAGE, Outbox
from shared.store.stream import Stream

POLL_SECONDS: Final = 0.25
LONGEST_BACK_OFF: Final = 3.0
STOP_WITHIN: Final = 10.0
MOST_PAGES: Final = 10  # of one outbox before the others have their turn


class RelayState(StrEnum):
    """What the relay is doing."""

    STOPPED = "STOPPED"
    RUNNING = "RUNNING"
    STANDBY = "STANDBY"
    WAITING = "WAITING"


class _RefusedError(KafkaAway):
    """Kafka is there but does not take what one outbox sends; the others may still have luck."""


class Relay:
    """Publishes the outboxes of one service's streams until it is stopped."""

    def __init__(
        self,
        streams: Sequence[Stream],
        *,
        producer: Producer,
        leases: Leases,
        log: FilteringBoundLogger,
    ) -> None:
        self.published = 0
        self.state = RelayState.STOPPED
        self._unprepared = list(streams)
        self._outboxes = [Outbox(stream) for stream in streams]
        self._producer = producer
        self._leases = leases
        self._log = log
        self._back_off = BackOff(first=POLL_SECONDS, most=LONGEST_BACK_OFF)
        self._woken: set[Outbox] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._next_look = 0.0
        self._task: asyncio.Task[None] | None = None
        for stream, outbox in zip(streams, self._outboxes, strict=True):
            stream.on_append = partial(self.wake, outbox)

    def wake(self, outbox: Outbox) -> None:
        """Something was stored there; look soon."""
        self._woken.add(outbox)
        self._wake.set()

    async def start(self) -> None:
        """Begin in the background; waits neither for Kafka nor for MongoDB."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Finish what is under way, bounded, and let another replica go on."""
        self._stopping.set()
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_WITHIN)
            self._task.cancel()
            await asyncio.wait([self._task])
        with suppress(StoreError):  # with MongoDB away they end by themselves
            for outbox in self._outboxes:
                await self._leases.release(_shard(outbox))
        await self._producer.stop()
        self.state = RelayState.STOPPED

    async def depth(self) -> int:
        """How many aggregates have something that waits to be published."""
        return sum([await outbox.depth() for outbox in self._outboxes])

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with own_cancellation_only():
                    await self._look()
            except (KafkaAway, StoreError) as error:
                await self._wait_out(error.code)
            except Exception as error:  # noqa: BLE001 - the relay must outlive what nobody foresaw
                self._log.error("relay failed", exc_info=error)
                await self._wait_out(type(error).__name__)
            else:
                self._went_well()
                await self._rest()

    async def _look(self) -> None:
        """Publish what waits: in all outboxes when a look is due, else in those woken for."""
        while self._unprepared:  # the index is the relay's own: MongoDB may have been away before
            await self._unprepared[-1].prepare()
            self._unprepared.pop()
        due = monotonic() >= self._next_look
        if due:  # the next round begins one further: nobody's trouble always comes first
            self._outboxes.append(self._outboxes.pop(0))
        outboxes = [each for each in self._outboxes if due or each in self._woken]
        self._woken.difference_update(outboxes)
        if due:
            self._next_look = monotonic() + POLL_SECONDS
        held, refused = False, None
        for outbox in outboxes:
            if await self._leases.hold(_shard(outbox)):
                held = True
                try:
                    await self._drain(outbox)
                except _RefusedError as error:
                    refused = refused or error
        if refused:
            raise refused
        if due:
            self.state = RelayState.RUNNING if held else RelayState.STANDBY

    async def _drain(self, outbox: Outbox) -> None:
        under_way: asyncio.Task[None] | None = None
        busy: set[str] = set()
        async with aclosing(outbox.pages(PAGE)) as pages:
            try:
                taken = 0
                async for page in pages:
                    rows = [row for row in page if row.aggregate_id not in busy]
                    sending = asyncio.create_task(self._send(outbox, rows))
                    before, under_way = under_way, sending
                    if before is not None:
                        await before
                    busy = {row.aggregate_id for row in rows}
                    taken += 1
                    if taken >= MOST_PAGES:
                        self.wake(outbox)
                        break
                    if self._stopping.is_set() or not await self._leases.hold(_shard(outbox)):
                        break
            finally:
                if under_way is not None:
                    await under_way

    async def _send(self, outbox: Outbox, rows: Sequence[Pending]) -> None:
        outcome = await self._producer.publish(rows)
        await outbox.mark_published(outcome.acked)
        self.published += len(outcome.acked)
        if outcome.errors:
            unknown = "NOT_ACKNOWLEDGED" in outcome.errors
            raise (KafkaAway if unknown else _RefusedError)("+".join(sorted(outcome.errors)))
        self.state = RelayState.RUNNING  # also while a long backlog is on its way

    async def _rest(self) -> None:
        if not self._woken and not self._stopping.is_set():
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(0.0, self._next_look - monotonic()))

    async def _wait_out(self, code: str) -> None:
        """Say it once, then wait longer each time, up to a bound."""
        if not self._back_off.failures:
            self._log.warning("relay waits", reason=code)
        self.state = RelayState.WAITING
        self._next_look = 0.0
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._back_off.next())

    def _went_well(self) -> None:
        if self._back_off.failures:
            self._log.info("relay goes on", attempts=self._back_off.failures)
            self._back_off.reset()


def _shard(outbox: Outbox) -> str:
    return f"relay|{outbox.name}"
