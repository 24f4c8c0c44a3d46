"""What intake does by itself goes on, whatever breaks, and says so."""

import asyncio
from datetime import datetime
from typing import cast

import pytest

from services.intake.commands import upkeep
from services.intake.commands.contacts import Contacts
from services.intake.commands.upkeep import Upkeep
from services.intake.commands.vault import Vault
from services.intake.store import Store
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Status
from tests.support.waiting import eventually


class Breaking:
    """A store and a vault that break in ways nobody foresaw, until told not to."""

    def __init__(self) -> None:
        self.broken = True
        self.swept = 0

    async def prepare(self) -> None:
        return

    async def forget_diverted(self, _now: datetime) -> int:
        if self.broken:
            raise KeyError("written")
        return 0

    async def announce(self) -> None:
        return

    async def leave(self) -> None:
        return

    async def sweep(self, _now: datetime | None = None) -> int:
        self.swept += 1
        return 0

    async def stop(self) -> None:
        if self.broken:
            raise RuntimeError


@pytest.fixture
def breaking() -> Breaking:
    return Breaking()


@pytest.fixture
def kept(breaking: Breaking, monkeypatch: pytest.MonkeyPatch) -> Upkeep:
    monkeypatch.setattr(upkeep, "AGAIN_SECONDS", 0.001)
    return Upkeep(
        cast("Store", breaking), cast("Vault", breaking), cast("Contacts", breaking), SystemClock()
    )


async def test_a_fault_nobody_foresaw_is_told_and_outlived(
    breaking: Breaking, kept: Upkeep
) -> None:
    assert kept.running() == Status(ok=False, detail_code="STOPPED")
    await kept.start()
    await eventually(lambda: kept.running() == Status(ok=False, detail_code="FAILING"))
    breaking.broken = False
    await eventually(lambda: breaking.swept and kept.running().ok)
    await kept.stop()
    assert kept.running() == Status(ok=False, detail_code="STOPPED")


async def test_a_stop_ends_in_order_whatever_is_broken(breaking: Breaking, kept: Upkeep) -> None:
    await kept.start()
    await asyncio.sleep(0)
    await kept.stop()
    assert breaking.broken
