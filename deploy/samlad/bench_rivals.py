"""Three other ways to build the same read model, as a competent engineer would write them.

All are at-least-once loops: they apply a batch, then commit, and a crash in between counts twice.
They decode the same contracts, write through the same client with the same durability, and set
the same fields.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any

from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from deploy.samlad.bench_events import changes, counted
from shared.contracts.envelope import Received, decode
from shared.store.client import Database, Document, UpdateOne

POLL = 2000
Writes = dict[str, list[UpdateOne]]
Plan = Callable[[Sequence[Received[Any]]], Writes]


def rows_of(received: Received[Any]) -> str:
    """Return the collection an event's row lies in."""
    return f"{received.event.aggregate}s"


def counters_of(received: Received[Any]) -> str:
    """Return the collection an event's counters lie in."""
    return f"{received.event.aggregate}_counters"


def fields_of(received: Received[Any]) -> Document:
    """Return everything an event sets on its row."""
    meta = received.meta
    return {"seq": meta.sequence, "district": meta.district, **changes(received)}


def upsert(received: Received[Any]) -> UpdateOne:
    """Return the update of one event's row."""
    return UpdateOne({"_id": received.meta.subject}, {"$set": fields_of(received)}, upsert=True)


def added(key: str, n: int) -> UpdateOne:
    """Return the update of one counter."""
    return UpdateOne({"_id": key}, {"$inc": {"n": n}}, upsert=True)


def plain(batch: Sequence[Received[Any]]) -> Writes:
    """One upsert per event, one per counter moved."""
    writes: Writes = {}
    for received in batch:
        writes.setdefault(rows_of(received), []).append(upsert(received))
        moves = [added(key, n) for key, n in counted(received).items()]
        writes.setdefault(counters_of(received), []).extend(moves)
    return writes


def folded_counters(batch: Sequence[Received[Any]]) -> Writes:
    """One upsert per event, counters summed over the batch first."""
    writes: Writes = {}
    for received in batch:
        writes.setdefault(rows_of(received), []).append(upsert(received))
    return writes | _summed(batch)


def folded_rows(batch: Sequence[Received[Any]]) -> Writes:
    """One upsert per row and one per counter, both summed over the batch first."""
    rows: dict[tuple[str, str], Document] = {}
    for received in batch:
        rows.setdefault((rows_of(received), received.meta.subject), {}).update(fields_of(received))
    writes: Writes = {}
    for (name, key), fields in rows.items():
        writes.setdefault(name, []).append(UpdateOne({"_id": key}, {"$set": fields}, upsert=True))
    return writes | _summed(batch)


def _summed(batch: Iterable[Received[Any]]) -> Writes:
    sums: dict[str, Counter[str]] = {}
    for received in batch:
        sums.setdefault(counters_of(received), Counter()).update(counted(received))
    return {name: [added(key, n) for key, n in found.items() if n] for name, found in sums.items()}


async def loop(plan: Plan, place: "Course", group: str) -> float:
    """Poll, decode, write in bulk, commit, until `place.events` are done; return the seconds."""
    consumer = AIOKafkaConsumer(
        place.topic,
        bootstrap_servers=place.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    started, done = perf_counter(), 0
    try:
        while done < place.events:
            polled = await consumer.getmany(timeout_ms=20, max_records=POLL)
            batch = [decode(r.headers, r.value) for part in polled.values() for r in part]
            for name, writes in plan(batch).items():
                if writes:
                    await place.database[name].bulk_write(writes, ordered=plan is not folded_rows)
            if batch:
                await consumer.commit()
            done += len(batch)
        return perf_counter() - started
    finally:
        await consumer.stop()


async def per_message(place: "Course", group: str) -> float:
    """FastStream as its tutorial has it, with the ack policy that loses nothing."""
    broker = KafkaBroker(place.bootstrap, logger=None)
    finished = asyncio.Event()
    done = 0

    @broker.subscriber(
        place.topic,
        group_id=group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def take(_body: bytes, message: KafkaMessage) -> None:
        nonlocal done
        record: Any = message.raw_message
        received = decode(record.headers, record.value)
        rows = place.database[rows_of(received)]
        fields = {"$set": fields_of(received)}
        await rows.update_one({"_id": received.meta.subject}, fields, upsert=True)
        counters = place.database[counters_of(received)]
        for key, n in counted(received).items():
            await counters.update_one({"_id": key}, {"$inc": {"n": n}}, upsert=True)
        done += 1
        if done >= place.events:
            finished.set()

    await broker.start()
    started = perf_counter()
    await finished.wait()
    seconds = perf_counter() - started
    await broker.stop()
    return seconds


class Course:
    """Where a contestant runs: a filled topic and an empty database."""

    def __init__(
        self, *, bootstrap: list[str], topic: str, database: Database, events: int
    ) -> None:
        self.bootstrap = bootstrap
        self.topic = topic
        self.database = database
        self.events = events
