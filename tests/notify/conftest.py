from collections.abc import AsyncIterator

import pytest

from services.notify.store import Store
from shared.store.client import Client, Database, connect
from tests.notify.given import Sink, sink


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    made = connect(mongo_url)
    yield made
    await made.close()


@pytest.fixture
def database(client: Client, database_name: str) -> Database:
    return client.database(f"{database_name}_notify")


@pytest.fixture
async def store(client: Client, database: Database) -> Store:
    made = Store(client, database)
    await made.prepare()
    return made


@pytest.fixture
async def mail() -> AsyncIterator[Sink]:
    async with sink() as server:
        yield server
