import asyncio

import pytest

from shared.telemetry import health
from shared.telemetry.health import Health, Status


def fine() -> Status:
    return Status(ok=True)


async def stalled() -> Status:
    return Status(ok=False, detail_code="STALLED")


def broken() -> Status:
    raise ValueError("19121212-1212")


async def slow() -> Status:
    await asyncio.sleep(60)
    return Status(ok=True)


async def test_a_service_without_checks_is_well() -> None:
    assert (await Health().live()).ok
    assert (await Health().ready()).ok


async def test_only_live_checks_decide_about_the_process() -> None:
    checks = Health()
    checks.add("kafka", stalled)
    checks.add("loop", fine, live=True)
    assert (await checks.live()).ok
    ready = await checks.ready()
    assert not ready.ok
    assert ready.checks["kafka"].detail_code == "STALLED"


async def test_a_check_that_breaks_or_hangs_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    checks = Health()
    checks.add("broken", broken)
    checks.add("slow", slow)
    answer = await checks.ready()
    assert [status.detail_code for status in answer.checks.values()] == ["FAILED", "TIMEOUT"]
