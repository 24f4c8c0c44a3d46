"""The whole bus of one service: what it appends is published, projected and reacted to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.bus.bus import Bus
from shared.contracts.codes import Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Provenance, Received
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.topics import Topic
from shared.store.stream import Stream
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from tests.bus.support import CONCERNS, START, Stage, concern, registered, topic_of, until

pytestmark = pytest.mark.stack


async def test_a_fact_goes_round_the_whole_bus(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic: Topic = topic_of(stage.topic)
    monkeypatch.setattr(ConcernRegistered, "topic", topic)
    monkeypatch.setitem(ConcernRegistered.known, ConcernRegistered.type_name(), ConcernRegistered)
    health = Health()
    seen: set[str] = set()

    async def react(events: Sequence[Received[Any]]) -> None:
        seen.update(each.meta.subject for each in events)

    bus = Bus(
        service="test",
        bootstrap=stage.bootstrap,
        client=stage.client,
        database=stage.database,
        metrics=Metrics("test"),
        health=health,
    )
    stream = Stream(stage.database["things"], source="/test")
    await stream.prepare()
    bus.publish(stream)
    bus.project(topic, replace(CONCERNS, name="seen"))
    bus.react(topic, react, name="reaction")
    await bus.start()
    keys = {concern(n).key for n in range(20)}
    for n, key in enumerate(sorted(keys)):
        await stream.append(
            key, expected=None, state={}, events=[registered(n)], provenance=_why(key)
        )

    async def round_and_round() -> bool:
        rows: int = await stage.database["seen"].count_documents({})
        return rows == len(keys) and seen == keys and (await health.ready()).ok

    await until(round_and_round)
    await bus.stop()
    assert (await health.live()).ok
    assert not (await health.ready()).ok


def _why(key: str) -> Provenance:
    return Provenance(
        time=START,
        district=DistrictCode("KUNGSHOLMEN"),
        agency=AgencyCode("FIELD_WORKERS"),
        actor_role=Role.REPORTER,
        correlation_id=key,
    )
