"""Promises while MongoDB does not answer: a bounded wait, a clear word, a harmless repeat."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

import pytest

from shared.store.client import connect
from shared.store.errors import Conflict, DuplicateId, Unavailable
from shared.store.group_commit import GroupCommit
from tests.store.conftest import OwnMongo
from tests.store.support import WHY, Opened, fresh, grown, stream_of

pytestmark = pytest.mark.stack


async def test_a_paused_mongod_is_unavailable_and_a_repeat_is_safe(own_mongo: OwnMongo) -> None:
    client = connect(own_mongo.url, seconds=1.5)
    stream = stream_of(client.database("paused")["things"])
    await stream.prepare()
    loaded = await grown(stream, "a", [[Opened(number=1)]])
    commit = GroupCommit(stream)
    documents = [fresh(stream) for _ in range(30)]
    own_mongo.signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        inserts = (commit.insert(document) for document in documents)
        append = stream.append(
            "a", expected=loaded, state={}, events=[Opened(number=2)], provenance=WHY
        )
        told = await asyncio.gather(*inserts, append, stream.load("a"), return_exceptions=True)
        assert {isinstance(answer, Unavailable) for answer in told} == {True}
        assert time.monotonic() - begun < 6
    finally:
        own_mongo.signal(signal.SIGCONT)

    async def again() -> None:
        for document in documents:
            try:
                await commit.insert(document)
            except DuplicateId:
                continue

    await _when_back(again)
    try:
        await stream.append(
            "a", expected=loaded, state={}, events=[Opened(number=2)], provenance=WHY
        )
    except Conflict:
        assert (await stream.load("a")) is not None
    assert await stream.collection.count_documents({}) == 31
    assert [one.meta.sequence for one in await stream.events_of(["a"])] == [1, 2]
    await commit.stop()
    await client.close()


async def _when_back(work: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                return await work()
            except Unavailable:
                await asyncio.sleep(0.1)
