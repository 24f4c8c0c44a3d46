"""Promises of the client: all or nothing in a transaction, and errors in our words."""

import asyncio
from typing import Any

import pytest
from bson.errors import InvalidDocument
from pymongo import errors as driver

from shared.store.client import Client, Database, Document, connect, encode, of_one_moment
from shared.store.errors import (
    DuplicateId,
    Rejected,
    StoreError,
    Unavailable,
    WriteUncertain,
    translate,
    translated,
)


def labelled(error: driver.PyMongoError, label: str) -> driver.PyMongoError:
    error._add_error_label(label)  # noqa: SLF001 - as the driver does
    return error


def bulk(*codes: int, concern: bool = False) -> driver.BulkWriteError:
    details: dict[str, Any] = {"writeErrors": [{"index": 0, "code": code} for code in codes]}
    details["writeConcernErrors"] = [{"code": 64}] if concern else []
    return driver.BulkWriteError(details)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (driver.ServerSelectionTimeoutError("x"), Unavailable),
        (driver.WaitQueueTimeoutError("x"), Unavailable),
        (driver.AutoReconnect("x"), WriteUncertain),
        (driver.NetworkTimeout("x"), WriteUncertain),
        (driver.NotPrimaryError("x"), WriteUncertain),
        (driver.ExecutionTimeout("x", 50), WriteUncertain),
        (driver.WriteConcernError("x", 64), WriteUncertain),
        (driver.WTimeoutError("x", 64), WriteUncertain),
        (driver.DuplicateKeyError("x", 11000), DuplicateId),
        (driver.OperationFailure("x", 11600), WriteUncertain),
        (driver.OperationFailure("x", 2), Rejected),
        (driver.WriteError("x", 121), Rejected),
        (driver.DocumentTooLarge("x"), Rejected),
        (InvalidDocument("x"), Rejected),
        (driver.InvalidOperation("x"), Rejected),
        (labelled(driver.OperationFailure("x", 112), "TransientTransactionError"), Unavailable),
        (labelled(driver.AutoReconnect("x"), "TransientTransactionError"), Unavailable),
        (
            labelled(driver.AutoReconnect("x"), "UnknownTransactionCommitResult"),
            WriteUncertain,
        ),
        (labelled(driver.OperationFailure("x", 2), "RetryableWriteError"), WriteUncertain),
        (bulk(11000), DuplicateId),
        (bulk(11000, 121), Rejected),
        (bulk(11000, 11600), WriteUncertain),
        (bulk(11000, concern=True), WriteUncertain),
        (bulk(), WriteUncertain),
    ],
)
def test_every_error_of_the_driver_has_our_word(
    error: driver.PyMongoError, kind: type[StoreError]
) -> None:
    assert type(translate(error)) is kind


def test_a_word_of_ours_carries_no_content() -> None:
    secret = "E11000 dup key: { _id: 19121212-1212 }"
    error = translate(driver.DuplicateKeyError(secret, 11000, {"keyValue": {"_id": secret}}))
    assert error.code == "DuplicateKeyError.11000"
    assert str(error) == error.code


def test_other_errors_pass_untouched() -> None:
    with pytest.raises(LookupError), translated():
        raise LookupError
    with translated():
        pass


def test_what_bson_cannot_hold_is_rejected_before_it_is_sent() -> None:
    for value in (2**70, "\ud800", object(), {1: 2}):
        with pytest.raises(Rejected):
            encode({"_id": 1, "value": value})


async def test_without_a_server_every_answer_is_unavailable_and_quick() -> None:
    client = connect("mongodb://127.0.0.1:1/?directConnection=true", seconds=0.3)
    async with asyncio.timeout(3):
        with pytest.raises(Unavailable):
            await client.ping()
        with pytest.raises(Unavailable), translated():
            await client.database("any")["any"].insert_one({})
        with pytest.raises(Unavailable):
            async with client.transaction() as session:
                await client.database("any")["any"].insert_one({}, session=session)
    await client.close()


@pytest.mark.stack
async def test_a_transaction_stands_whole_or_not_at_all(client: Client, database: Database) -> None:
    rows = database["rows"]
    await rows.insert_one({"_id": 0})
    async with client.transaction() as session:
        await rows.insert_one({"_id": 1}, session=session)
        await rows.insert_one({"_id": 2}, session=session)
    with pytest.raises(LookupError):  # noqa: PT012 - the block is the promise
        async with client.transaction() as session:
            await rows.insert_one({"_id": 3}, session=session)
            raise LookupError
    with pytest.raises(DuplicateId):  # noqa: PT012 - the block is the promise
        async with client.transaction() as session:
            await rows.insert_one({"_id": 4}, session=session)
            await rows.insert_one({"_id": 0}, session=session)
    assert await rows.distinct("_id") == [0, 1, 2]


@pytest.mark.stack
async def test_two_transactions_on_one_document_do_not_both_stand(
    client: Client, database: Database
) -> None:
    rows = database["rows"]
    await rows.insert_one({"_id": 0, "n": 0})
    with pytest.raises(Unavailable):  # noqa: PT012 - the block is the promise
        async with client.transaction() as one:
            await rows.update_one({"_id": 0}, {"$inc": {"n": 1}}, session=one)
            async with client.transaction() as other:
                await rows.update_one({"_id": 0}, {"$inc": {"n": 1}}, session=other)
    found = await rows.find_one({"_id": 0})
    assert found is not None
    assert found["n"] == 0


@pytest.mark.stack
async def test_a_cancelled_transaction_holds_nothing(client: Client, database: Database) -> None:
    rows = database["rows"]
    await rows.insert_one({"_id": 0, "n": 0})
    inside = asyncio.Event()

    async def stuck() -> None:
        async with client.transaction() as session:
            await rows.update_one({"_id": 0}, {"$set": {"n": 1}}, session=session)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        await rows.update_one({"_id": 0}, {"$set": {"n": 2}})
    found = await rows.find_one({"_id": 0})
    assert found is not None
    assert found["n"] == 2


@pytest.mark.stack
async def test_the_life_of_transactions_can_be_limited(client: Client) -> None:
    await client.ping()
    await client.limit_transactions(10)
    name = "transactionLifetimeLimitSeconds"
    answer = await client.database("admin").command({"getParameter": 1, name: 1})
    assert answer[name] == 10


@pytest.mark.stack
async def test_what_is_counted_of_one_moment_adds_up_while_documents_move(
    database: Database,
) -> None:
    rows, states, number = database["rows"], ("A", "B", "C"), 2_000
    await rows.create_index("state")
    await rows.insert_many([{"_id": n, "state": states[n % 3]} for n in range(number)])
    by_state: list[Document] = [
        {"$match": {"state": {"$gte": "A"}}},
        {"$group": {"_id": "$state", "n": {"$sum": 1}}},
    ]

    async def move(worker: int) -> None:
        for n in range(worker, number, 4):
            await rows.update_one({"_id": n}, {"$set": {"state": states[(n + 1) % 3]}})

    moving = asyncio.gather(*(move(worker) for worker in range(4)))
    counts = 0
    while not moving.done():
        found = await of_one_moment(rows, by_state)
        assert sum(each["n"] for each in found) == number
        counts += 1
    await moving
    assert counts > 10


@pytest.mark.stack
async def test_what_is_counted_while_its_collection_is_made_is_told_all_the_same(
    database: Database, mongo_url: str
) -> None:
    maker = connect(mongo_url)
    try:
        for n in range(20):
            name = f"rows{n}"
            making = asyncio.ensure_future(
                maker.database(database.name)[name].insert_one({"_id": 0})
            )
            asked = [of_one_moment(database[name], [{"$count": "n"}]) for _ in range(20)]
            for found in await asyncio.gather(*asked):
                assert found in ([], [{"n": 1}])
            await making
    finally:
        await maker.close()


@pytest.mark.stack
async def test_a_dropped_database_is_gone(client: Client, database: Database) -> None:
    await database["rows"].insert_one({"_id": 0})
    await client.drop(database.name)
    assert await database["rows"].count_documents({}) == 0
