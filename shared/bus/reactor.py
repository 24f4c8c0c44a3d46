"""Reactions to facts: at least once, in order per partition, and never stopped by one bad event.

An outage is waited out. What can never succeed (`PermanentError`) becomes a dead letter of that
one event. Any other error is met a few times first, alone with its event: a fault of ours must
not lose an event, and must not stop everybody behind it either.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.bus.codec import Arrived, Poison, Records, Thing, decoded
from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.bus.reading import Consumer, commit, seek
from shared.bus.retry import BackOff
from shared.bus.workplace import Workplace
from shared.contracts.envelope import Event, Received
from shared.store.errors import Conflict, Unavailable
from shared.telemetry import context

Reaction = Callable[[Sequence[Received[Any]]], Awaitable[None]]
ATTEMPTS = 5
LOSING_SECONDS = 10.0
SLICE = 100  # events between two signs of life
PASSING = (Unavailable, Conflict, KafkaError, OSError, TimeoutError)


class PermanentError(Exception):
    """This event can never be dealt with; `code` says why without saying what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def one_by_one(table: Mapping[type[Event], Callable[[Received[Any]], Awaitable[None]]]) -> Reaction:
    """A reaction that gives each event to the function of its type; others pass by."""

    async def react(events: Sequence[Received[Any]]) -> None:
        for received in events:
            handler = table.get(type(received.event))
            if handler is not None:
                with context.bind(received.meta.correlation_id, received.meta.traceparent):
                    await handler(received)

    return react


class Reactor:
    """Gives one topic's events to a reaction; a `Reader`."""

    def __init__(self, *, topic: str, group: str, reaction: Reaction, place: Workplace) -> None:
        self._topic = topic
        self._group = group
        self._reaction = reaction
        self._place = place
        self._letters = DeadLetters(place.database)
        self._back_off = BackOff()
        self._turn = asyncio.Lock()
        self._mine: set[int] = set()
        self._faults: dict[tuple[int, int], int] = {}
        self.alive: Callable[[], None] = _nobody

    async def gained(self, partitions: Iterable[int], consumer: Consumer) -> None:  # noqa: ARG002 - Kafka's commit says where to go on
        """Take these partitions' events from now on."""
        self._mine = set(partitions)

    async def losing(self) -> None:
        """Wait, bounded, for what is in flight; the next owner may meet it again."""
        self._mine = set()
        try:
            async with asyncio.timeout(LOSING_SECONDS), self._turn:
                self._faults.clear()
        except TimeoutError as error:
            self._place.failed(self._group, "LOST_UNDER_WAY", error)

    async def close(self) -> None:
        """Nothing is held."""

    async def take(self, records: Records, consumer: Consumer) -> None:
        """React to one poll, some at a time; what has not succeeded is read again after a wait.

        A slow poll is no stall, and of one that is broken off only the last slice comes again.
        """
        parts = await decoded(record for record in records if record.partition in self._mine)
        things = [thing for each in parts.values() for thing in each]
        async with self._turn:
            while things and self._mine:  # else they are somebody else's now
                left = _Left(things[:SLICE])
                try:
                    await self._deal(left)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                    left.things += things[SLICE:]
                    left.put_back(self._topic, consumer)
                    self._place.failed(self._group, "REACTION_PUT_BACK", error)
                    await self._back_off.wait()
                    return
                self._back_off.reset()
                self._faults.clear()
                self.alive()
                await commit(consumer, self._after(things[:SLICE]))
                things = things[SLICE:]

    def _after(self, things: Sequence[Thing]) -> dict[TopicPartition, int]:
        records = [thing.record for thing in things]
        return {TopicPartition(self._topic, r.partition): r.offset + 1 for r in records}

    async def _deal(self, left: "_Left") -> None:
        events = [thing.received for thing in left.things if isinstance(thing, Arrived)]
        try:
            await self._reaction(events)
        except PASSING:
            raise
        except Exception:  # noqa: BLE001 - which event it was shows one at a time
            await self._one_at_a_time(left)
            return
        await self._bury(
            [(thing, thing.reason) for thing in left.things if isinstance(thing, Poison)]
        )
        self._count("applied", len(events))

    async def _one_at_a_time(self, left: "_Left") -> None:
        for thing in tuple(left.things):
            reason = thing.reason if isinstance(thing, Poison) else await self._tried(thing)
            if reason is None:
                self._count("applied", 1)
            else:
                await self._bury([(thing, reason)])
            left.done(thing)

    async def _tried(self, arrived: Arrived) -> str | None:
        """None when the reaction succeeded, else why it never will; raises to be tried again."""
        try:
            await self._reaction([arrived.received])
        except PASSING:
            raise
        except PermanentError as error:
            return error.code
        except Exception:
            place = (arrived.record.partition, arrived.record.offset)
            self._faults[place] = self._faults.get(place, 0) + 1
            if self._faults[place] < ATTEMPTS:
                raise
            return "REACTION_FAILED"
        return None

    async def _bury(self, lost: Sequence[tuple[Thing, str]]) -> None:
        await self._letters.keep(
            DeadLetter(self._group, thing.record, reason) for thing, reason in lost
        )
        for thing, reason in lost:
            self._count("dead", 1)
            self._place.tell(self._group, reason, thing.record.partition)

    def _count(self, outcome: str, n: int) -> None:
        self._place.count(self._group, outcome, n)


class _Left:
    """What of a poll has still to be dealt with, in order."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.things = list(things)

    def done(self, thing: Thing) -> None:
        """This one need not come again."""
        self.things.remove(thing)

    def put_back(self, topic: str, consumer: Consumer) -> None:
        """Let the consumer read again from each partition's first that is left."""
        for thing in reversed(self.things):
            seek(consumer, TopicPartition(topic, thing.record.partition), thing.record.offset)


def _nobody() -> None:
    """Nobody watches."""
