"""Fixtures of the tests of the store."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.samlad.stack.mongo import Mongo
from deploy.samlad.stack.part import Child
from shared.store.client import Client, Database, connect
from shared.store.stream import Stream
from tests.store.support import stream_of


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    client = connect(mongo_url)
    yield client
    await client.close()


@pytest.fixture
def database(client: Client, database_name: str) -> Database:
    return client.database(database_name)


@pytest.fixture
async def stream(database: Database) -> Stream:
    stream = stream_of(database["things"])
    await stream.prepare()
    return stream


class OwnMongo:
    """A mongod of one test, which may be paused."""

    def __init__(self, mongo: Mongo, child: Child) -> None:
        self.url = mongo.url
        self._child = child

    def signal(self, number: int) -> None:
        """Send the process a signal."""

        pid = self._child.pid
        assert pid is not None
        os.kill(pid, number)


@pytest.fixture
async def own_mongo(tmp_path: Path) -> AsyncIterator[OwnMongo]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mongo = Mongo(folder=tmp_path / "db", port=port)
    child = Child(mongo.part(), log=tmp_path / "mongod.log", changed=lambda: None)
    await asyncio.wait_for(child.start(), 60)
    own = OwnMongo(mongo, child)
    yield own
    await child.stop()
