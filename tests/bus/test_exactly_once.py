"""Exactly-once effect: whatever is read again changes nothing, byte for byte."""

from collections import Counter

import pytest

from tests.bus.support import (
    Stage,
    consuming,
    forget_offsets,
    mixture,
    projected,
    send,
    until_caught_up,
)
from tests.support.topics import create, delete

pytestmark = pytest.mark.stack


async def test_rows_and_counters_show_every_event_once(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(200))
    await projected(stage)
    rows = await stage.database["concerns"].find().to_list(None)
    assert len(rows) == 100
    assert {row["state"] async for row in stage.database["assignments"].find()} == {"COMPLETED"}
    counted: Counter[tuple[str, str]] = Counter()
    async for each in stage.database["concern_counters"].find():
        counted[each["place"], each["category"]] += each["n"]
    assert counted == Counter((row["place"], row["category"]) for row in rows)
    assert sum(counted.values()) == 100


async def test_every_event_delivered_twice_has_the_effect_of_once(stage: Stage) -> None:
    events = mixture(200)
    await send(stage.bootstrap, stage.topic, events)
    once = await projected(stage)
    twice = stage.elsewhere("twice")
    twice.topic = f"{stage.topic}.twice"
    await create(stage.bootstrap, twice.topic)
    await send(stage.bootstrap, twice.topic, [each for each in events for _ in range(2)])
    await send(stage.bootstrap, twice.topic, events)
    assert await projected(twice) == once
    await delete(stage.bootstrap, twice.topic)


async def test_a_replay_from_the_start_leaves_a_live_projection_as_it_was(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(200))
    before = await projected(stage)
    await stage.database["fences"].update_many({}, {"$set": {"next": 0}})
    assert await projected(stage) == before
    assert stage.count("bus_events", outcome="duplicate") == 500


async def test_a_fresh_projection_is_equal_with_the_one_that_grew(stage: Stage) -> None:
    events = mixture(300)
    async with consuming(stage):
        for begin in range(0, len(events), 150):
            await send(stage.bootstrap, stage.topic, events[begin : begin + 150])
            await until_caught_up(stage)
    fresh = stage.elsewhere("fresh")
    assert await projected(fresh) == await stage.contents()


async def test_offsets_reset_in_kafka_change_nothing(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(100))
    before = await projected(stage)
    await forget_offsets(stage)
    assert await projected(stage) == before
    assert stage.count("bus_events", outcome="duplicate") == 0


async def test_a_restart_goes_on_where_the_fences_stand(stage: Stage) -> None:
    events = mixture(200)
    await send(stage.bootstrap, stage.topic, events[:250])
    await projected(stage)
    await send(stage.bootstrap, stage.topic, events[250:])
    await projected(stage)
    assert stage.count("bus_events", outcome="applied") == len(events)
    assert stage.count("bus_events", outcome="duplicate") == 0
