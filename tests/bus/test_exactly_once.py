"""Exactly-once effect: whatever is read again changes nothing, byte for byte."""

import pytest

from tests.bus.support import Stage, caught_up, consuming, mixture, send
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


async def _project(stage: Stage) -> dict[str, list[bytes]]:
    async with consuming(stage):
        await eventually(lambda: caught_up(stage), within=20)
    return await stage.contents()


async def test_every_event_delivered_twice_changes_nothing_but_once(stage: Stage) -> None:
    events = mixture(200)
    await send(stage.bootstrap, stage.topic, events)
    once = await _project(stage)
    assert len(once["concerns"]) == 100
    assert len(once["assignments"]) == 100
