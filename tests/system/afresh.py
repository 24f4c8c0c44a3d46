"""Reporting's read models once more: folded afresh beside the live ones, or fed all twice."""

import asyncio
from collections.abc import Mapping, Sequence

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from services.reporting.handlers import VIEWS, subscribe
from shared.bus.bus import Bus
from shared.store.client import connect
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from tests.support.running import System
from tests.support.topics import Record, produce, read_all
from tests.support.waiting import eventually

LIVE = "samlad_reporting"
AFRESH = "afresh"
TOPICS = [topic.name for topic, _ in VIEWS]
NAMES = [
    name
    for _, views in VIEWS
    for view in views
    for name in (view.name, view.unfolded, *(each.name for each in view.counters))
]
Contents = Mapping[str, Sequence[bytes]]


def contents(system: System, database: str = LIVE) -> Contents:
    """Every row and counter of every view, as the bytes that stand there."""
    with MongoClient[RawBSONDocument](
        system.state.mongo_url, document_class=RawBSONDocument
    ) as client:
        return {
            name: [bytes(row.raw) for row in client[database][name].find().sort("_id")]
            for name in NAMES
        }


async def folded_afresh(system: System) -> None:
    """Folds all topics from their start into a database of its own, by groups of its own."""
    client = connect(system.state.mongo_url)
    bus = Bus(
        service=AFRESH,
        bootstrap=system.state.kafka,
        client=client,
        database=client.database(AFRESH),
        metrics=Metrics(AFRESH),
        health=Health(),
    )
    subscribe(bus)
    await bus.start()
    try:
        await caught_up(system, AFRESH)
    finally:
        await bus.stop()
        await client.close()


async def deliver_everything_twice(system: System) -> int:
    """Puts every record of reporting's topics on its topic once more; returns how many."""
    count = 0
    for topic in TOPICS:
        records = await read_all(system.state.kafka, topic)
        await produce(system.state.kafka, topic, [_again(each) for each in records])
        count += len(records)
    await caught_up(system, LIVE)
    return count


def _again(record: Record) -> tuple[bytes, bytes, Sequence[tuple[str, bytes | None]]]:
    return record.key or b"", record.value or b"", list(record.headers)


async def caught_up(system: System, database: str) -> None:
    """Waits until the fences of a database stand at the ends of the topics."""
    ends = dict.fromkeys(TOPICS, 0)
    for topic in TOPICS:
        ends[topic] = await _end(system, topic)
    with MongoClient[dict[str, object]](system.state.mongo_url) as client:

        def standing() -> bool:
            sums = dict.fromkeys(TOPICS, 0)
            for fence in client[database]["fences"].find():
                topic = str(fence["_id"]).split("|")[1]
                if topic in sums:
                    sums[topic] += int(str(fence["next"]))
            return sums == ends

        await eventually(lambda: asyncio.to_thread(standing), within=60)


async def _end(system: System, topic: str) -> int:
    """The sum of the partitions' ends: nothing has been deleted from a topic this young."""
    last: dict[int, int] = {}
    for record in await read_all(system.state.kafka, topic):
        last[record.partition] = record.offset + 1
    return sum(last.values())
