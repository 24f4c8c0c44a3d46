"""Events on a real Kafka become rows and counters, the same bytes however often they come."""

import random
from functools import partial
from typing import Any

import bson
import pytest

from services.reporting import handlers
from shared.bus.views import View
from shared.contracts.concerns import ConcernQuarantined
from shared.contracts.envelope import Event, Received, encode, to_headers
from shared.store import connect
from tests.bus.support import Stage, caught_up, consuming, produce
from tests.reporting.support import days_apart, example, life, many, proposed
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

VIEWS: tuple[View, ...] = (handlers.CONCERNS, handlers.DIVERSIONS)
COLLECTIONS = ("concerns", "concern_counters", "agency_counters", "quarantine_counters")


def raw(received: Received[Event]) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Return the event as a record."""
    return received.meta.subject.encode(), encode(received.event), to_headers(received.meta)


def week() -> list[Received[Event]]:
    """Return concerns of a week, shuffled, a few of them quarantined."""
    events = [
        *many("ORD.LOUD_GATHERING", "PL-HORN", 60),
        *many("ENV.LITTER", "PL-HORN", 40, "LIBRARIES"),
        *many("THF.BIKE", None, 20, "HOUSING_COOPS"),
        *[
            received
            for n in range(5)
            for received in life("concern", f"quarantined {n}", example(ConcernQuarantined))
        ],
    ]
    random.Random(3).shuffle(events)  # noqa: S311 - the same order each time
    return events


@pytest.fixture
async def stage(
    kafka_bootstrap: list[str], mongo_url: str, database_name: str, unique_topic: str
) -> Any:  # noqa: ANN401 - a generator
    client = connect(mongo_url)
    yield Stage(kafka_bootstrap, client, database_name, unique_topic, f"samlad.{database_name}")
    await client.close()


async def contents(stage: Stage, *names: str) -> dict[str, list[bytes]]:
    return {
        name: [
            bson.encode(row) for row in await stage.database[name].find().sort("_id").to_list(None)
        ]
        for name in names
    }


async def test_registered_concerns_become_rows_and_counters(stage: Stage) -> None:
    await produce(stage.bootstrap, stage.topic, map(raw, week()))
    async with consuming(stage, stage.projector(VIEWS)):
        await eventually(lambda: caught_up(stage), within=30)
    rows = await stage.database["concerns"].find({"state": "REGISTERED"}).to_list(None)
    counters = await stage.database["concern_counters"].find().to_list(None)
    effort = await stage.database["agency_counters"].find().to_list(None)
    quarantined = await stage.database["quarantine_counters"].find().to_list(None)
    assert len(rows) == sum(row["n"] for row in counters) == sum(row["n"] for row in effort) == 120
    assert sum(row["n"] for row in quarantined) == 5
    assert sum(row["n"] for row in counters if row["place_id"] == "-") == 20


async def test_every_event_twice_leaves_the_same_bytes(stage: Stage) -> None:
    events = week()
    await produce(stage.bootstrap, stage.topic, map(raw, events))
    async with consuming(stage, stage.projector(VIEWS)):
        await eventually(lambda: caught_up(stage), within=30)
        once = await contents(stage, *COLLECTIONS)
        await produce(stage.bootstrap, stage.topic, map(raw, events))
        await eventually(lambda: caught_up(stage), within=30)
    assert await contents(stage, *COLLECTIONS) == once


async def test_a_fresh_projection_of_the_same_topic_has_the_same_bytes(stage: Stage) -> None:
    events = [each for n in range(20) for each in days_apart(f"a{n}", proposed())]
    await produce(stage.bootstrap, stage.topic, map(raw, events))
    other = stage.elsewhere("again")
    for one in (stage, other):
        async with consuming(one, one.projector((handlers.ASSIGNMENTS,))):
            await eventually(partial(caught_up, one), within=30)
    live, fresh = [await contents(one, "assignments") for one in (stage, other)]
    assert len(live["assignments"]) == 20
    assert live == fresh
