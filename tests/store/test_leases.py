"""Promises of a lease: one owner at a time, and no longer than it says."""

import asyncio

import pytest

from shared.store.client import Database
from shared.store.leases import Leases

pytestmark = pytest.mark.stack


async def test_one_owner_at_a_time(database: Database) -> None:
    replicas = [Leases(database, f"replica {n}") for n in range(8)]
    held = await asyncio.gather(*(leases.hold("shard") for leases in replicas))
    assert held.count(True) == 1
    again = await asyncio.gather(*(leases.hold("shard") for leases in replicas))
    assert again == held


async def test_a_released_lease_is_free_at_once(database: Database) -> None:
    one, other = Leases(database, "$owner"), Leases(database, "other")
    assert await one.hold("shard")
    await other.release("shard")
    assert not await other.hold("shard")
    await one.release("shard")
    assert await other.hold("shard")
    assert not await one.hold("shard")


async def test_a_lease_that_is_not_prolonged_runs_out(database: Database) -> None:
    one, other = (Leases(database, name, seconds=0.3) for name in ("one", "other"))
    assert await one.hold("shard")
    assert not await other.hold("shard")
    await asyncio.sleep(0.35)
    assert await other.hold("shard")
    assert not await one.hold("shard")


async def test_a_lease_in_use_is_prolonged(database: Database) -> None:
    one, other = (Leases(database, name, seconds=0.3) for name in ("one", "other"))
    for _ in range(10):
        assert await one.hold("shard")
        assert not await other.hold("shard")
        await asyncio.sleep(0.05)


async def test_leases_of_shards_are_independent(database: Database) -> None:
    one, other = Leases(database, "one"), Leases(database, "other")
    assert await one.hold("a")
    assert await other.hold("b")
