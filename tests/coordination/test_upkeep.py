"""What coordination does by itself goes on, whatever breaks, and says so."""

import asyncio
from datetime import datetime
from typing import cast

import pytest

from services.coordination.commands import upkeep
from services.coordination.commands.reminders import Reminders
from services.coordination.commands.upkeep import Upkeep
from services.coordination.store import Store
from shared.store.errors import Unavailable
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Status
from tests.support.waiting import eventually


class Breaking:
    """A store and its reminders that break, until told not to."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.reminded = 0

    async def prepare(self) -> None:
        return

    async def remind(self, _now: datetime) -> None:
        if self.error is not None:
            raise self.error
        self.reminded += 1


def kept(breaking: Breaking, every: float | None) -> Upkeep:
    store, reminders = cast("Store", breaking), cast("Reminders", breaking)
    return Upkeep(store, reminders, SystemClock(), every=every)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "AGAIN_SECONDS", 0.001)


async def test_a_fault_nobody_foresaw_is_told_and_outlived() -> None:
    breaking = Breaking(KeyError("due"))
    ours = kept(breaking, 0.001)
    assert ours.running() == Status(ok=False, detail_code="STOPPED")
    await ours.start()
    await eventually(lambda: ours.running() == Status(ok=False, detail_code="FAILING"))
    breaking.error = None
    await eventually(lambda: breaking.reminded and ours.running().ok)
    await ours.stop()
    assert ours.running() == Status(ok=False, detail_code="STOPPED")


async def test_mongodb_away_is_waited_out_and_no_fault_of_ours() -> None:
    breaking = Breaking(Unavailable("AWAY"))
    ours = kept(breaking, 0.001)
    await ours.start()
    assert ours.running().ok
    breaking.error = None
    await eventually(lambda: breaking.reminded)
    await ours.stop()


async def test_in_the_demo_only_ticks_remind() -> None:
    breaking = Breaking(KeyError("due"))
    ours = kept(breaking, None)
    await ours.start()
    await asyncio.sleep(0.01)
    await ours.stop()
    assert ours.running().ok, "nothing is left to do"
    assert not breaking.reminded
