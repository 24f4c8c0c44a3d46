"""What agencies see while a part is away, and that everything arrives afterwards."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest

from deploy.samlad.demo.client import Actor, FrontDoor, Json, Refusal
from deploy.samlad.demo.summary import COORDINATOR
from tests.support.running import System
from tests.support.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

GUARDS = Actor("GUARDS", "REPORTER")


REPORT: Json = {
    "category": "ENV.LITTER",
    "place_id": "PL-RALI",
    "place_type": "OUTDOOR",
    "observed_from": (datetime.now(UTC) - timedelta(hours=3)).isoformat(),
    "certainty": "SEEN",
    "recurrence": "FIRST",
    "severity": 1,
    "synthetic": True,
}


async def send(system: System, door: FrontDoor, key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {door.key_of(GUARDS)}", "Idempotency-Key": key}
    async with httpx.AsyncClient(trust_env=False, timeout=25) as http:
        url = f"{system.state.front}/intake/v1/concerns"
        return await http.post(url, json=REPORT, headers=headers)


async def visible(door: FrontDoor, concern_id: str) -> bool:
    try:
        await door.get(f"/reporting/v1/concerns/{concern_id}", COORDINATOR)
    except Refusal as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


async def test_intake_accepts_while_kafka_is_away_and_everything_arrives_after(
    system: System,
) -> None:
    async with system.door() as door:
        with system.frozen("kafka"):
            began = time.monotonic()
            answers = [await send(system, door, f"kafka-away-{n}") for n in range(20)]
            assert time.monotonic() - began < 10, "intake waited for Kafka"
            await asyncio.sleep(8)  # long enough for sends and sessions to time out
        assert {answer.status_code for answer in answers} == {202}
        for answer in answers:
            concern_id = answer.json()["concern_id"]
            await eventually(partial(visible, door, concern_id), within=30)


async def test_mongodb_away_is_a_503_that_may_be_repeated(system: System) -> None:
    async with system.door() as door:
        with system.frozen("mongod"):
            began = time.monotonic()
            answer = await send(system, door, "mongo-away")
            assert time.monotonic() - began < 20, "the caller hangs"
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["Content-Type"] == "application/problem+json"

        async def accepted() -> httpx.Response | None:
            again = await send(system, door, "mongo-away")
            return again if again.status_code == 202 else None

        again = await eventually(accepted, within=30)
        assert again is not None
        await eventually(lambda: visible(door, again.json()["concern_id"]), within=30)


async def test_the_same_key_ten_times_at_once_is_one_concern(system: System) -> None:
    async with system.door() as door:
        before = await door.get("/intake/v1/concerns", GUARDS, limit=1)
        answers = await asyncio.gather(*(send(system, door, "ten-times") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["concern_id"] for answer in answers}) == 1
        after = await door.get("/intake/v1/concerns", GUARDS, limit=1)
        assert after["total"] == before["total"] + 1
