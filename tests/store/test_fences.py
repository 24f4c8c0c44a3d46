"""Promises of a fence: it moves with its transaction only, and only for its owner."""

import time

import pytest

from shared.store.client import Client, Database, Session, identity_of
from shared.store.errors import Conflict, StoreError, translated
from shared.store.fences import Fences, fence_id

pytestmark = pytest.mark.stack
ID = fence_id("reporting.concerns", "intake.concerns", 3)


@pytest.fixture
def fences(client: Client, database: Database) -> Fences:
    return Fences(client, database)


async def test_a_new_fence_begins_at_the_beginning(client: Client, fences: Fences) -> None:
    session = await client.session()
    fence = await fences.take(ID, session, incarnation="one")
    assert (fence.next, fence.incarnation, fence.owner) == (0, "one", identity_of(session))
    assert await fences.load([ID, "another"]) == {ID: fence}
    await session.end_session()


async def test_a_fence_moves_with_its_transaction(
    client: Client, database: Database, fences: Fences
) -> None:
    session = await client.session()
    fence = await fences.take(ID, session)
    await database["rows"].insert_one({"_id": 1})
    with pytest.raises(RuntimeError):
        await _apply(client, database, fences, session, breaks=True)
    assert (await fences.load([ID]))[ID] == fence
    assert await database["rows"].count_documents({}) == 1
    await _apply(client, database, fences, session, breaks=False)
    assert (await fences.load([ID]))[ID].next == 10
    assert await database["rows"].count_documents({}) == 2
    await session.end_session()


async def _apply(
    client: Client, database: Database, fences: Fences, session: Session, *, breaks: bool
) -> None:
    fence = (await fences.load([ID]))[ID]
    async with client.transaction(session) as transaction:
        await database["rows"].insert_one({"_id": 2}, session=transaction)
        await fences.advance(fence, 10, transaction)
        if breaks:
            raise RuntimeError


async def test_a_batch_that_does_not_start_at_the_fence_changes_nothing(
    client: Client, fences: Fences
) -> None:
    session = await client.session()
    fence = await fences.take(ID, session)
    async with client.transaction(session) as transaction:
        await fences.advance(fence, 10, transaction)
    with pytest.raises(Conflict):
        async with client.transaction(session) as transaction:
            await fences.advance(fence, 20, transaction)
    assert (await fences.load([ID]))[ID].next == 10
    await session.end_session()


async def test_a_successor_does_not_wait_for_an_open_transaction(
    client: Client, fences: Fences
) -> None:
    dead, successor = await client.session(), await client.session()
    fence = await fences.take(ID, dead)
    dead.start_transaction()
    await fences.advance(fence, 10, dead)  # and here its process is killed
    begun = time.monotonic()
    taken = await fences.take(ID, successor)
    assert time.monotonic() - begun < 2
    assert (taken.next, taken.owner) == (0, identity_of(successor))
    with pytest.raises(StoreError), translated():
        await dead.commit_transaction()
    for session in (dead, successor):
        await session.end_session()


async def test_an_owner_that_was_succeeded_changes_nothing(
    client: Client, database: Database, fences: Fences
) -> None:
    slow, successor = await client.session(), await client.session()
    fence = await fences.take(ID, slow)
    await fences.take(ID, successor)
    await database["rows"].insert_one({"_id": 1})
    with pytest.raises(Conflict):  # noqa: PT012 - the block is the promise
        async with client.transaction(slow) as transaction:
            await database["rows"].insert_one({"_id": 2}, session=transaction)
            await fences.advance(fence, 10, transaction)
    assert await database["rows"].count_documents({}) == 1
    for session in (slow, successor):
        await session.end_session()


async def test_only_the_previous_owners_session_is_ended(client: Client, fences: Fences) -> None:
    owner, successor, bystander = [await client.session() for _ in range(3)]
    await fences.take(ID, owner)
    other = await fences.take("another", bystander)
    bystander.start_transaction()
    await fences.advance(other, 5, bystander)
    await fences.take(ID, successor)
    await bystander.commit_transaction()
    assert (await fences.load(["another"]))["another"].next == 5
    for session in (owner, successor, bystander):
        await session.end_session()


async def test_a_session_that_gave_its_fence_up_is_not_ended_by_the_next(
    client: Client, fences: Fences
) -> None:
    polite, successor = await client.session(), await client.session()
    await fences.take(ID, polite)
    await fences.release(polite)
    other = await fences.take("another", polite)
    polite.start_transaction()
    await fences.advance(other, 5, polite)
    assert (await fences.take(ID, successor)).owner == identity_of(successor)
    await polite.commit_transaction()
    await fences.release(polite)
    owners = {each.id: each.owner for each in (await fences.load([ID, "another"])).values()}
    assert owners == {ID: identity_of(successor), "another": None}
    for session in (polite, successor):
        await session.end_session()


async def test_another_incarnation_of_a_topic_starts_over(client: Client, fences: Fences) -> None:
    session = await client.session()
    fence = await fences.take(ID, session, incarnation="one")
    assert await fences.set(fence, 500) == (await fences.load([ID]))[ID]
    assert (await fences.take(ID, session, incarnation="one")).next == 500
    assert (await fences.take(ID, session, incarnation="two")).next == 0
    with pytest.raises(Conflict):
        await fences.set(fence, 501)
    await session.end_session()


async def test_a_transaction_nobody_ends_is_given_up_in_time(
    client: Client, database: Database, fences: Fences
) -> None:
    """A holder the fence does not know: `take` waits, bounded, and says so."""
    owner, stranger = await client.session(), await client.session()
    fence = await fences.take(ID, owner)
    stranger.start_transaction()
    await database["fences"].update_one({"_id": ID}, {"$set": {"next": 7}}, session=stranger)
    begun = time.monotonic()
    with pytest.raises(Conflict, match="CONTENDED"):
        await fences.take(ID, owner, incarnation="two")
    assert time.monotonic() - begun < 9
    await stranger.abort_transaction()
    assert (await fences.load([ID]))[ID] == fence
    for session in (owner, stranger):
        await session.end_session()
